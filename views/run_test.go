package views

import (
	"testing"

	"github.com/tidwall/gjson"
)

func TestPrinted(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"plain":                             "plain",
		"\x1b[1;32mgreen\x1b[0m and \x1b[K": "green and ",
		"\x1b]0;title\x07text":              "text",
		" 10%|#   |\r 50%|##  |\r":          " 50%|##  |",
		"a\rb\rc":                           "c",
		"\r":                                "",
		"":                                  "",
	} {
		if got := printed(line); got != want {
			t.Errorf("%q is printed as %q, want %q", line, got, want)
		}
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
