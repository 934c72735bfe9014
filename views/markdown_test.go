package views

import (
	"strings"
	"testing"
)

func written(t *testing.T, card string) string {
	t.Helper()
	var b strings.Builder
	if err := Markdown(card).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Nothing that people write acts by itself, or asks another site for anything.
func TestMarkdownDoesNothing(t *testing.T) {
	t.Parallel()
	for _, card := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
		"[x](java\nscript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)", "<javascript:alert(1)>", "[x](vbscript:x)",
		"![x](https://tracker.example/pixel.png)", "![x](//tracker.example/pixel.png)", "![x](javascript:alert(1))", "![x](data:image/svg+xml,<svg onload=alert(1)>)",
		"<iframe src=https://evil.example></iframe>", "<style>*{display:none}</style>", "<form action=/-/delete><button>", "<a href='javascript:alert(1)'>x</a>",
		"<svg><script>alert(1)</script></svg>", "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">", "[x]: javascript:alert(1)\n\n[x]",
		"<div onclick=alert(1) style=position:fixed>", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "`<script>`",
		"[![x](https://tracker.example/p.png)](https://ok.example)", "<input autofocus onfocus=alert(1)>",
	} {
		html := strings.ToLower(written(t, card))
		for _, bad := range []string{"<script", "<img", "<iframe", "<style", "<form", "<svg", "<math", "<base", "<meta", "<input", "onerror", "onclick", "href=\"javascript", "href=\"data", "href=\"vbscript", "style="} {
			if strings.Contains(html, bad) {
				t.Errorf("%q becomes %q", card, html)
			}
		}
	}
}

func TestMarkdownShows(t *testing.T) {
	t.Parallel()
	for card, want := range map[string]string{
		"# Title": "<h2>Title</h2>", "> ## Said": "<h2>Said</h2>", "## A\n\n#### B": "<h4>B</h4>",
		"![confusion](https://elsewhere.example/a.png)": `<a href="https://elsewhere.example/a.png"`,
		"![](https://elsewhere.example/a.png)":          `>https://elsewhere.example/a.png</a>`,
		"![curve](/vision/digits/curve.png)":            `<img src="/vision/digits/curve.png" alt="curve"`,
		"[home](/vision)":                               `<a href="/vision"`,
		"| a | b |\n|---|---|\n| 1 | 2 |":               "<td>2</td>",
		"|a|\n|---|":                                    `<table tabindex="0">`,
		strings.Repeat("[", 5000):                       `<pre tabindex="0">[[[`,
		"```python\nimport <os> # \"\n```":              `<pre tabindex="0"><code><span class="k">import</span> &lt;os&gt; <span class="c"># &#34;</span>`,
		"```html\n<span class=\"k\">\n```":              "<pre tabindex=\"0\"><code>&lt;span class=&#34;k&#34;&gt;\n</code></pre>",
		"    <b> indented":                              `<pre tabindex="0"><code>&lt;b&gt; indented`,
		"a < b & c":                                     "a &lt; b &amp; c",
	} {
		if html := written(t, card); !strings.Contains(html, want) {
			t.Errorf("%.60q becomes %.200q, want %q in it", card, html, want)
		}
	}
}

// Of classes, only those of code come through, and only on what colours it.
func TestMarkdownClasses(t *testing.T) {
	t.Parallel()
	for made, want := range map[string]string{
		`<span class="k">a</span>`: `<span class="k">a</span>`, `<span class="btn">a</span>`: `<span>a</span>`, `<span class="k btn">a</span>`: `<span>a</span>`,
		`<p class="k">a</p>`: `<p>a</p>`, `<span class="k" style="color:red" onclick="x()">a</span>`: `<span class="k">a</span>`,
	} {
		if got := cardPolicy().Sanitize(made); got != want {
			t.Errorf("%s becomes %s, want %s", made, got, want)
		}
	}
}

func TestDiffLines(t *testing.T) {
	t.Parallel()
	words := func(before, after string) string {
		var b strings.Builder
		for _, l := range diffLines(before, after) {
			b.WriteByte(l.Sign)
			b.WriteString(l.Text + "|")
		}
		return b.String()
	}
	long := strings.Repeat("same\n", 20)
	for _, tc := range []struct{ before, after, want string }{
		{"", "", ""}, {"a", "a", ""}, {"a", "a\n", ""}, {"", "a", "+a|"}, {"a\nb", "a\nc", " a|-b|+c|"}, {"a\n\nb", "a\n\nc", " a| |-b|+c|"},
		{"-- x", "++ y", "-" + "-- x|+++ y|"}, {"<b>", "@@", "-<b>|+@@|"},
		{long + "old", long + "new", "@| same| same| same|-old|+new|"},
	} {
		if got := words(tc.before, tc.after); got != tc.want {
			t.Errorf("from %q to %q: %q, want %q", tc.before, tc.after, got, tc.want)
		}
	}
}
