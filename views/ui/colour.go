package ui

import (
	"embed"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/alecthomas/chroma/v2"
	lru "github.com/hashicorp/golang-lru/v2"
)

// Language is what code is written in. It may be the ending of a file's name or
// what people write at a fence in Markdown, too; any other is not coloured.
type Language string

// The languages of our own examples.
const (
	Python    Language = "python"
	Shell     Language = "bash"
	PlainText Language = ""
)

// aliases are other names of languages.
var aliases = map[Language]Language{
	"py": Python, "py3": Python, "python3": Python, "pyi": Python, "sh": Shell, "shell": Shell, "zsh": Shell, "yml": "yaml", "md": "markdown",
}

// The lexers are a part of those that chroma brings: all of them would make the
// program larger by millions of bytes, and slower to start.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// lexers are kept, since it takes long to make one.
var lexers = sync.OnceValue(func() map[Language]chroma.Lexer {
	known := map[Language]chroma.Lexer{"markdown": chroma.MustNewLexer(&chroma.Config{Name: "Markdown"}, markdownRules)}
	for _, language := range []Language{Python, Shell, "json", "yaml", "toml"} {
		known[language] = chroma.MustNewXMLLexer(lexerFiles, "lexers/"+string(language)+".xml")
	}
	return known
})

// markdownRules tell what stands out in Markdown that is shown as it was typed.
func markdownRules() chroma.Rules {
	return chroma.Rules{"root": {
		{Pattern: `^#{1,6} .*\n?`, Type: chroma.Keyword},
		{Pattern: "^(```|~~~).*\\n?", Type: chroma.Comment},
		{Pattern: "`[^`\\n]+`", Type: chroma.String},
		{Pattern: `^\s*(?:[-*+>]|\d+\.) `, Type: chroma.Keyword},
		{Pattern: `<!--.*?-->`, Type: chroma.Comment},
		{Pattern: `[^\n` + "`" + `<]+\n?|\n|.`, Type: chroma.Text},
	}}
}

// What colours may cost a page. Lexers read a few hundred thousand bytes a second,
// go back and forth over some texts for very long, and make several bytes of each.
const (
	mostColoured = 16 << 10 // bytes; what is longer is shown without any
	lexingTime   = 100 * time.Millisecond
)

// Colours is what is left of that for one page.
type Colours struct {
	bytes int
	time  time.Duration
}

// NewColours is for a page.
func NewColours() *Colours { return &Colours{mostColoured, lexingTime} }

// HTML writes code as HTML whose parts have the classes that the style sheet
// colours. No element spans two lines.
func (c *Colours) HTML(language Language, code string) string {
	if len(code) > c.bytes {
		return templ.EscapeString(code)
	}
	if html, ok := coloured.Get(source{language, code}); ok {
		c.bytes -= len(code)
		return html
	}
	var b strings.Builder
	done := 0
	for class, text := range c.parts(language, code) {
		writeCode(&b, class, text)
		done += len(text)
	}
	writeCode(&b, "", code[done:])
	if done == len(code) {
		coloured.Add(source{language, code}, b.String())
	}
	return b.String()
}

// source is code in a language.
type source struct {
	language Language
	code     string
}

// coloured is the code of the pages that were looked at last: to colour it takes
// as long as the rest of a page.
var coloured, _ = lru.New[source, string](256) // which fails for less than one

func writeCode(b *strings.Builder, class, text string) {
	if class == "" {
		b.WriteString(templ.EscapeString(text))
		return
	}
	for line := range strings.Lines(text) {
		words := strings.TrimRight(line, "\r\n")
		if words != "" {
			b.WriteString(`<span class="` + class + `">` + templ.EscapeString(words) + `</span>`)
		}
		b.WriteString(line[len(words):])
	}
}

// parts yields code from its beginning in parts of one class, until it ends or
// what it may cost is spent.
func (c *Colours) parts(language Language, code string) iter.Seq2[string, string] {
	return func(yield func(class, text string) bool) {
		language = Language(strings.ToLower(string(language)))
		if known, ok := aliases[language]; ok {
			language = known
		}
		lexer := lexers()[language]
		if lexer == nil {
			return
		}
		c.bytes -= len(code)
		defer func() { _ = recover() }() // lexers panic at their mistakes: the rest is shown without colours
		next, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, code)
		if err != nil {
			return
		}
		began := time.Now() // after the lexer was made, once
		defer func() { c.time -= time.Since(began) }()
		from, to, class := 0, 0, ""
		for token := range next.Stdlib() {
			if !strings.HasPrefix(code[to:], token.Value) {
				break // it lost some of the text
			}
			if is := classOf(token.Type); is != class {
				if to > from && !yield(class, code[from:to]) {
					return
				}
				from, class = to, is
			}
			to += len(token.Value)
			if time.Since(began) > c.time {
				break
			}
		}
		yield(class, code[from:to])
	}
}

// classOf is the class of a part of code, "" for most.
func classOf(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Comment):
		return "c"
	case t.InSubCategory(chroma.LiteralString):
		return "s"
	case t.InSubCategory(chroma.LiteralNumber), t == chroma.KeywordConstant, t == chroma.NameDecorator, t == chroma.NameVariable:
		return "p"
	case t.InCategory(chroma.Keyword), t == chroma.NameTag, t == chroma.NameBuiltin, t == chroma.OperatorWord:
		return "k"
	}
	return ""
}
