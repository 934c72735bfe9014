package views

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// cardWriter turns a card into HTML; cardPolicy lets through what a card may
// hold. Both are dear to make and never change.
var (
	cardWriter = sync.OnceValue(func() goldmark.Markdown {
		return goldmark.New(
			goldmark.WithExtensions(extension.GFM),
			goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(forOurPages{}, 100))),
			goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(colouredFences{}, 100))),
		)
	})
	cardPolicy = sync.OnceValue(func() *bluemonday.Policy {
		p := bluemonday.UGCPolicy()
		p.RequireNoReferrerOnLinks(true)
		p.AllowAttrs("class").Matching(regexp.MustCompile("^[kscp]$")).OnElements("span")
		return p
	})
)

// forOurPages moves headings below the title of the page, the first of them right
// below it whatever it was written as, and makes a link of each picture that another site would have to send: that
// site would learn who reads the card, and browsers are told not to ask it.
type forOurPages struct{}

// Transform implements parser.ASTTransformer.
func (forOurPages) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var remote []*ast.Image
	var headings []*ast.Heading
	highest := 6
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // never fails
		switch n := n.(type) {
		case *ast.Heading:
			if entering {
				headings, highest = append(headings, n), min(highest, n.Level)
			}
		case *ast.Image:
			if u, err := url.Parse(string(n.Destination)); entering && (err != nil || u.Scheme != "" || u.Host != "") {
				remote = append(remote, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, h := range headings {
		h.Level = min(6, h.Level-highest+2)
	}
	for _, picture := range remote {
		link := ast.NewLink()
		link.Destination, link.Title = picture.Destination, picture.Title
		if !picture.HasChildren() {
			link.AppendChild(link, ast.NewString(picture.Destination))
		}
		for n := picture.FirstChild(); n != nil; n = picture.FirstChild() {
			link.AppendChild(link, n)
		}
		picture.Parent().ReplaceChild(picture.Parent(), picture, link)
	}
}

// What a card can hold and still be read as Markdown. Reading takes time that
// grows with the square of what is open at once, and every reader would wait.
const (
	longestCard = 256 << 10 // bytes
	mostLinks   = 4_000     // brackets
	deepestNest = 100       // quotes and lists within each other on one line
)

// tangled reports whether a text would take too long to read as Markdown.
func tangled(source string) bool {
	if len(source) > longestCard || strings.Count(source, "[") > mostLinks {
		return true
	}
	for line := range strings.Lines(source) {
		nested := line[:len(line)-len(strings.TrimLeft(line, " \t>-+*.)0123456789"))]
		if strings.Count(nested, ">")+len(strings.Fields(nested)) > deepestNest {
			return true
		}
	}
	return false
}

// reachable lets the keyboard scroll what may be wider than the card.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<table tabindex="0">`)

// Markdown shows what people wrote, with nothing in it that acts by itself. What
// would take too long to read as Markdown is shown as it was typed.
func Markdown(source string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if tangled(source) {
			_, err := reachable.WriteString(w, "<pre>"+templ.EscapeString(source)+"</pre>")
			return err
		}
		raw := []byte(source)
		doc := cardWriter().Parser().Parse(text.NewReader(raw))
		colourFences(doc, raw)
		var html bytes.Buffer
		if err := cardWriter().Renderer().Render(&html, raw, doc); err != nil {
			return err
		}
		_, err := reachable.WriteString(w, cardPolicy().SanitizeReader(&html).String())
		return err
	})
}

// excerptLength is how much of a card stands under a model's name, in
// characters.
const excerptLength = 240

// excerpt is the first paragraph of a card as plain text, "" without one.
func excerpt(source string) string {
	if tangled(source) {
		return ""
	}
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
