package ui

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
)

var tags = regexp.MustCompile(`<span class="[kscp]">|</span>`)

// Code reads as it was written, whatever its parts are.
func TestColours(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		language   Language
		code, want string
	}{
		{Python, "import os\nx = 'a<b>' # no\n", "<span class=\"k\">import</span> os\nx = <span class=\"s\">&#39;a&lt;b&gt;&#39;</span> <span class=\"c\"># no</span>\n"},
		{"PY", `"""a` + "\n\n" + `b"""`, "<span class=\"s\">&#34;&#34;&#34;a</span>\n\n<span class=\"s\">b&#34;&#34;&#34;</span>"},
		{Shell, "export A=$B\r\n# all", "<span class=\"k\">export</span> <span class=\"p\">A</span>=<span class=\"p\">$B</span>\r\n<span class=\"c\"># all</span>"},
		{"json", `{"a": [1, "b", null]}`, `{<span class="k">&#34;a&#34;</span>: [<span class="p">1</span>, <span class="s">&#34;b&#34;</span>, <span class="p">null</span>]}`},
		{"yml", "lr: 0.1 # low", `<span class="k">lr</span>: <span class="p">0.1</span> <span class="c"># low</span>`},
		{"toml", "a = 1", `a = <span class="p">1</span>`},
		{"md", "# Title\n- `x` and <b>\n", "<span class=\"k\"># Title</span>\n<span class=\"k\">- </span><span class=\"s\">`x`</span> and &lt;b&gt;\n"},
		{PlainText, "import <os>", "import &lt;os&gt;"},
		{"brainfuck", "import os", "import os"},
		{Python, "", ""},
		{Python, strings.Repeat("import os\n", 4000), strings.Repeat("import os\n", 4000)},
	} {
		if got := NewColours().HTML(tc.language, tc.code); got != tc.want {
			t.Errorf("%s: %.40q becomes\n%.300s, want\n%.300s", tc.language, tc.code, got, tc.want)
		}
	}
}

// A page has only so many colours.
func TestColoursEnd(t *testing.T) {
	t.Parallel()
	c := NewColours()
	code := strings.Repeat("import os\n", 1000)
	if !strings.HasPrefix(c.HTML(Python, code), "<span") || strings.Contains(c.HTML(Python, code), "<span") {
		t.Error("the second piece of code has colours, or the first has none")
	}
}

// What lexers read for very long is shown soon all the same, and whole. Left alone, that of YAML
// takes a minute for brackets and 20 seconds for quotes.
func TestColoursOfHostileCode(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		"'", "[[", "\t \n", "<!--", "(a", "|\n  a\n  b\n\n", "<<a ", "\"\\", "é\u0301☃\x00", "\r",
	} {
		code := strings.Repeat(part, mostColoured/len(part))
		for _, language := range []Language{Python, Shell, "json", "yaml", "toml", "markdown"} {
			began := time.Now()
			got := NewColours().HTML(language, code)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s takes %v for %q", language, took, part)
			}
			if html.UnescapeString(tags.ReplaceAllString(got, "")) != code {
				t.Errorf("%s does not read %q as it was written", language, part)
			}
		}
	}
}
