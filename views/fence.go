package views

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"greenroom/views/ui"
)

// fenceHTML is the attribute of fenced code that holds it with its colours.
const fenceHTML = "html"

// colourFences gives the fenced code of a document its colours, as many as one page
// may cost.
func colourFences(doc ast.Node, source []byte) {
	colours := ui.NewColours()
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // never fails
		if fence, ok := n.(*ast.FencedCodeBlock); ok && entering {
			var code strings.Builder
			for i := range fence.Lines().Len() {
				line := fence.Lines().At(i)
				code.Write(line.Value(source))
			}
			fence.SetAttributeString(fenceHTML, colours.HTML(ui.Language(fence.Language(source)), code.String()))
		}
		return ast.WalkContinue, nil
	})
}

// colouredFences writes what colourFences made.
type colouredFences struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (colouredFences) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if code, ok := n.AttributeString(fenceHTML); ok && entering {
			_, err := w.WriteString("<pre><code>" + code.(string) + "</code></pre>\n")
			return ast.WalkSkipChildren, err
		}
		return ast.WalkContinue, nil
	})
}
