// Package docs holds the pages of the guide, so that the program can show them.
package docs

import (
	"embed"
	"io/fs"
	"regexp"
	"strings"
	"sync"
)

//go:embed guide/*.md
var files embed.FS

// GuidePage is one page of the guide.
type GuidePage struct {
	Name  string // of its file, without .md
	Title string
	Text  string // Markdown below the title
}

// Guide returns the pages of the guide, the index first, the others in the order
// in which it leads to them.
var Guide = sync.OnceValue(func() []GuidePage {
	pages := []GuidePage{guidePage("index")}
	for _, link := range regexp.MustCompile(`\]\((\w+)\.md\)`).FindAllStringSubmatch(pages[0].Text, -1) {
		pages = append(pages, guidePage(link[1]))
	}
	return pages
})

// guidePage reads a page; one that the index leads to and that is not there is
// empty, which the tests find.
func guidePage(name string) GuidePage {
	text, _ := fs.ReadFile(files, "guide/"+name+".md")
	title, rest, _ := strings.Cut(string(text), "\n")
	return GuidePage{Name: name, Title: strings.TrimPrefix(title, "# "), Text: strings.TrimSpace(rest)}
}
