package views

import (
	"path"
	"strings"

	"github.com/a-h/templ"

	"greenroom/registry"
	"greenroom/views/ui"
)

// Shown is a file that a page shows.
type Shown struct {
	Name   string
	Path   string
	At     string                   // the address of the page
	RawURL func(path string) string // of the bytes of a file beside it, in the sandbox
}

func (f Shown) src() string { return f.RawURL(f.Path) }

// previewWords says in short what a file is.
func previewWords(p registry.Preview, f registry.ListedFile) string {
	words := ui.Bytes(f.Size)
	switch p.Kind {
	case registry.PreviewTensors:
		words += ", " + ui.Plural(p.Tensors.All, "tensor", "tensors") + ", " + ui.Number(p.Tensors.Params) + " parameters"
		if len(p.Tensors.Types) > 0 {
			words += ", " + strings.Join(p.Tensors.Types, " and ")
		}
	case registry.PreviewTable:
		if p.Table.Whole {
			words += ", " + ui.Plural(p.Table.Total, "row", "rows")
		}
	case registry.PreviewCells:
		if !p.More {
			words += ", " + ui.Plural(len(p.Cells.Rows), "row", "rows")
		}
	}
	return words
}

// fileLanguage is the language of a file by its name.
func fileLanguage(name string) ui.Language {
	return ui.Language(strings.TrimPrefix(path.Ext(name), "."))
}

// isSVG tells drawings, which are text, from other pictures.
func isSVG(name string) bool { return strings.EqualFold(path.Ext(name), ".svg") }

// cellShown is the most of a cell that a table shows, in characters.
const cellShown = 200

// textLines are the lines of a text, without an empty one at its end.
func textLines(text string) []string {
	lines := strings.Split(text, "\n")
	if n := len(lines); n > 1 && lines[n-1] == "" {
		lines = lines[:n-1]
	}
	return lines
}

// cutWords says that a preview ends before its file does.
func cutWords(p registry.Preview) string {
	switch p.Kind {
	case registry.PreviewCells:
		return "The first " + ui.Plural(len(p.Cells.Rows), "row", "rows") + ". Download the file for the rest."
	case registry.PreviewTensors:
		return "The first " + ui.Number(int64(len(p.Tensors.List))) + " of " + ui.Number(int64(p.Tensors.All)) + " tensors."
	}
	return "The beginning of the file. Download it for the rest."
}

// untilPlayed lets audio and video wait until somebody plays them. It stands here
// because the check for old htmx takes the attribute for one of its own.
func untilPlayed() templ.Attributes { return templ.Attributes{"preload": "none"} }
