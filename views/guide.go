package views

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"greenroom/docs"
	"greenroom/views/ui"
)

// What the guide's pages name; readers see the address of their own server, and
// where their own runs go.
const (
	guideAddress = "http://127.0.0.1:8080"
	guideEntity  = "your-team"
)

// guideWriter writes the guide's pages, whose headings can be linked to. They are
// our own, so nothing has to be taken out of them.
var guideWriter = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
})

var (
	guideFence = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```\n?")
	guideLink  = regexp.MustCompile(`\]\((\w+)\.md\)`)
)

// guideText shows a page of the guide as it reads for somebody who starts there.
func guideText(p docs.GuidePage, start Start) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text := strings.NewReplacer(guideAddress, start.Address, guideEntity, cmp.Or(start.Entity, guideEntity)).Replace(p.Text)
		text = guideLink.ReplaceAllStringFunc(text, func(link string) string {
			return "](" + GuidePageURL(guideLink.FindStringSubmatch(link)[1]) + ")"
		})
		for {
			fence := guideFence.FindStringSubmatchIndex(text)
			if fence == nil {
				return guideProse(w, text)
			}
			if err := guideProse(w, text[:fence[0]]); err != nil {
				return err
			}
			if err := ui.CodeBlock(ui.Language(text[fence[2]:fence[3]]), strings.TrimSuffix(text[fence[4]:fence[5]], "\n")).Render(ctx, w); err != nil {
				return err
			}
			text = text[fence[1]:]
		}
	})
}

func guideProse(w io.Writer, markdown string) error {
	var html bytes.Buffer
	if err := guideWriter().Convert([]byte(markdown), &html); err != nil {
		return err
	}
	_, err := html.WriteTo(w)
	return err
}
