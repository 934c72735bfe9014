package views

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

func TestPrinted(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"plain":                                 "plain",
		"\x1b[1;32mgreen\x1b[0m and \x1b[K":     "<text-success font-semibold>green< and >",
		"\x1b]0;title\x07text":                  "text",
		" 10%|#   |\r 50%|##  |\r":              " 50%|##  |",
		"a\rb\x1b[31m\rc":                       "<text-error>c",
		"\r":                                    "",
		"":                                      "",
		"\x1b[38;5;196mr\x1b[39mn":              "<text-error>r<>n",
		"\x1b[38;2;40;60;220mb":                 "<text-info>b",
		"\x1b[38;5;250mg\x1b[m-":                "<text-ink-3>g<>-",
		"\x1b[38;2;250;250;250mw":               "w",
		"\x1b[97;41mx\x1b[7mi":                  "<bg-error-wash>x<text-error bg-sunken>i",
		"\x1b[2md\x1b[22;3;4;9ma\x1b[23;24;29m": "<text-ink-3>d<italic underline line-through>a",
		"\x1b[38;5m?\x1b[999m!":                 "?!",
		"\x1b[95mm\x1b[36mc\x1b[93my":           "<ansi-m>m<ansi-c>c<text-warning>y",
	} {
		var looks terminal
		got, class := "", ""
		for _, part := range looks.parts(line) {
			if part.Class != class {
				got += "<" + part.Class + ">"
			}
			got, class = got+part.Text, part.Class
		}
		if want = strings.ReplaceAll(want, "< and >", "<> and "); got != want {
			t.Errorf("%q is printed as %q, want %q", line, got, want)
		}
	}
}

// What a line sets holds for the next one.
func TestPrintedOverLines(t *testing.T) {
	t.Parallel()
	var looks terminal
	looks.parts("\x1b[31mred")
	if got := looks.parts("still\x1b[0m"); len(got) != 1 || got[0].Class != "text-error" {
		t.Errorf("%+v", got)
	}
}

func TestMediaWords(t *testing.T) {
	t.Parallel()
	for json, want := range map[string]string{
		`1`:       "",
		`{"a":1}`: "",
		`{"_type":"image-file","width":28,"height":14,"size":4800}`: "image, 28 × 14, 4.8 kB",
		`{"_type":"images/separated","count":1}`:                    "1 image",
		`{"_type":"table-file","nrows":1000,"ncols":1}`:             "table, 1,000 rows, 1 column",
		`{"_type":"histogram","values":[1,2,3]}`:                    "histogram, 3 bins",
		`{"_type":"something new"}`:                                 "something new",
	} {
		if got := mediaWords(gjson.Parse(json)); got != want {
			t.Errorf("%s is %q, want %q", json, got, want)
		}
	}
}

func TestShownConfig(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{
		`{"lr":{"value":0.1,"desc":null},"_wandb":{"value":{}},"b":{"value":{"value":2}},"plain":3,"nan":{"value":NaN}}`: `{"b":{"value":2},"lr":0.1,"nan":"NaN","plain":3}`,
		`{}`: `{}`,
		``:   `{}`,
	} {
		if got := string(shownConfig(config)); got != want {
			t.Errorf("%s is shown as %s, want %s", config, got, want)
		}
	}
}
