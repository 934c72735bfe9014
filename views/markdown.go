package views

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// cardWriter turns a card into HTML; cardPolicy lets through what a card may
// hold. Both are dear to make and never change.
var (
	cardWriter = sync.OnceValue(func() goldmark.Markdown {
		return goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(belowThePage{}, 100))),
		)
	})
	cardPolicy = sync.OnceValue(func() *bluemonday.Policy {
		p := bluemonday.UGCPolicy()
		p.RequireNoReferrerOnLinks(true)
		return p
	})
)

// belowThePage moves headings below those of the page: its title and its
// sections.
type belowThePage struct{}

// Transform implements parser.ASTTransformer.
func (belowThePage) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			h.Level = min(6, h.Level+2)
		}
	}
}

// Markdown shows what people wrote, with nothing in it that acts by itself.
func Markdown(source string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var html bytes.Buffer
		if err := cardWriter().Convert([]byte(source), &html); err != nil {
			return err
		}
		_, err := cardPolicy().SanitizeReader(&html).WriteTo(w)
		return err
	})
}

// excerptLength is how much of a card stands under a model's name, in
// characters.
const excerptLength = 240

// excerpt is the first paragraph of a card as plain text, "" without one.
func excerpt(source string) string {
	raw := []byte(source)
	doc := cardWriter().Parser().Parse(text.NewReader(raw))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindParagraph {
			continue
		}
		var b strings.Builder
		_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // never fails
			switch n := n.(type) {
			case *ast.Text:
				if entering {
					b.Write(n.Segment.Value(raw))
					if n.SoftLineBreak() || n.HardLineBreak() {
						b.WriteByte(' ')
					}
				}
			case *ast.RawHTML, *ast.Image:
				return ast.WalkSkipChildren, nil
			}
			return ast.WalkContinue, nil
		})
		if words := strings.TrimSpace(b.String()); words != "" {
			return cut(words, excerptLength)
		}
	}
	return ""
}

// cut shortens s to at most n characters.
func cut(s string, n int) string {
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	return strings.TrimRight(string(letters[:n-1]), " ") + "…"
}
