package views

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestFigureColumn(t *testing.T) {
	t.Parallel()
	nan := func() float64 { var zero float64; return zero / zero }()
	for _, tc := range []struct {
		values []float64
		logged []bool
		lower  bool
		texts  []string
		best   int
	}{
		{[]float64{0.9941, 0.99, 1}, []bool{true, true, true}, false, []string{"0.9941", "0.9900", "1.0000"}, 2},
		{[]float64{1.6, 2, 0.9}, []bool{true, true, true}, true, []string{"1.6", "2.0", "0.9"}, 2},
		{[]float64{1, 2, 3}, []bool{true, false, true}, false, []string{"1", "", "3"}, 2},
		{[]float64{nan, 0.5, 0.25}, []bool{true, true, true}, true, []string{"NaN", "0.50", "0.25"}, 2},
		{[]float64{3.75e-5, -0.5, 12345}, []bool{true, true, true}, false, []string{"3.75e−5", "−0.5", "12,345"}, 2},
		{[]float64{7, 7, 7}, []bool{true, true, true}, false, []string{"7", "7", "7"}, -1},
	} {
		c := newFigureColumn(tc.values, tc.logged, tc.lower)
		if !slices.Equal(c.Texts, tc.texts) || slices.Index(c.Best, true) != tc.best || c.Bars != (tc.best >= 0) {
			t.Errorf("%v: %q, best %v, bars %v, want %q, best %d", tc.values, c.Texts, c.Best, c.Bars, tc.texts, tc.best)
		}
	}
}

func TestReadMetadata(t *testing.T) {
	t.Parallel()
	v, ok := readMetadata(json.RawMessage(`{"z":1.50,"a":{"deep":[1,"two",null,true]},"big":12345678901234567890,"none":{},"s":"1"}`))
	if !ok || len(v.Members) != 5 {
		t.Fatalf("%+v, %v", v, ok)
	}
	if v.Members[0].Key != "z" || v.Members[0].Text != "1.50" || v.Members[2].Text != "12345678901234567890" || v.Members[3].Text != "{}" || !v.Members[4].IsText {
		t.Errorf("members: %+v", v.Members)
	}
	if line, ok := v.Members[1].Members[0].inline(); !ok || line != "[1, two, null, true]" {
		t.Errorf("a short array: %q, %v", line, ok)
	}
	deep := strings.Repeat(`{"k":`, 40) + "1" + strings.Repeat("}", 40)
	if v, ok = readMetadata(json.RawMessage(deep)); !ok {
		t.Error("deep metadata is not read")
	}
	long := `{"k":[` + strings.TrimSuffix(strings.Repeat("7,", 5000), ",") + `]}`
	if v, ok = readMetadata(json.RawMessage(long)); !ok || len(v.Members[0].Members) != metadataShown-1 || v.Members[0].size() != 5000 {
		t.Errorf("of a long array, %d members are shown of %d", len(v.Members[0].Members), v.Members[0].size())
	}
	// What stands after a long list is shown, and of two the shorter one.
	v, more, ok := readMost(json.RawMessage(`{"long":[1,2,3,4,5,6],"short":{"a":1},"rate":0.1}`), 5)
	if !ok || !more || len(v.Members) != 3 || v.Members[2].Text != "0.1" || len(v.Members[1].Members) != 1 || len(v.Members[0].Members) != 1 || v.Members[0].Left != 5 {
		t.Errorf("of a document of ten values, five are shown as %+v, more %v", v, more)
	}
	if _, more, _ = readMost(json.RawMessage(`{"long":[1,2,3,4,5,6],"short":{"a":1},"rate":0.1}`), 10); more {
		t.Error("of a document of ten values, ten are not all")
	}
	for _, nothing := range []string{"", "{}", "null", "[]", "7", `{"a":`} {
		if _, ok := readMetadata(json.RawMessage(nothing)); ok {
			t.Errorf("%q has something to show", nothing)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"# Title\n\nText":                     "<h2>Title</h2>\n<p>Text</p>\n",
		"| a |\n|---|\n| 1 |":                 "<table tabindex=\"0\">\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n",
		"<script>alert(1)</script>":           "\n",
		"[a](javascript:alert(1))":            "<p>a</p>\n",
		"a <b onclick=x style=y>b</b>":        "<p>a b</p>\n",
		"![x](https://tracker.example/a.png)": "<p><a href=\"https://tracker.example/a.png\" rel=\"nofollow noreferrer\">x</a></p>\n",
	} {
		var b strings.Builder
		if err := Markdown(source).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"": "",
		"# Title\n\nFirst *part*,\nsecond `code` part.\n\nNext": "First part, second code part.",
		"<script>x</script>\n\n![a](b) Text":                    "Text",
		strings.Repeat("ä", 300):                                strings.Repeat("ä", 239) + "…",
	} {
		if got := excerpt(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	own := registry.Place{Kind: registry.RegistryPlace, EntityName: "vision", Name: registry.OwnRegistry}
	shared := registry.Place{Kind: registry.RegistryPlace, EntityName: "acme", Name: "ünï %"}
	project := registry.Place{Kind: registry.ProjectPlace, EntityName: "vision", Name: "a b"}
	for got, want := range map[string]string{
		PlaceURL(own): "/vision/model-registry",
		CollectionURL(shared, "model", "100% 🚀"):                               "/acme/registry/%C3%BCn%C3%AF%20%25/100%25%20%F0%9F%9A%80",
		VersionURL(project, "a?b#c", "m", 3):                                   "/vision/a%20b/artifacts/a%3Fb%23c/m/v3",
		RunURL(project, "z7"):                                                  "/vision/a%20b/runs/z7",
		LandingURL(&own, registry.LandingQuery{Search: "a&b"}):                 "/vision/model-registry?q=a%26b",
		LandingURL(nil, registry.LandingQuery{Order: registry.ModelsByChange}): "/",
		LandingURL(nil, registry.LandingQuery{Tag: "edge case", Stage: registry.NoStage, Starred: true, Order: registry.ModelsByName}): "/?sort=name&stage=%3Anone&starred=1&tag=edge+case",
		registry.ClientName(shared, "m", "v1"): "acme/wandb-registry-ünï %/m:v1",
		registry.ClientName(own, "m", ""):      "vision/model-registry/m",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestChangeWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, payload, want string }{
		{"version.linked", `{"version":"acme/registry/model/churn:v3"}`, "linked v3"},
		{"alias.set", `{"version":"a/b:v3","alias":"production"}`, "set production on v3"},
		{"alias.moved", `{"version":"a/b:v3","from":"a/b:v2","alias":"production"}`, "moved production to v3"},
		{"alias.removed", `{"version":"a/b:v3","alias":"x"}`, "took x from v3"},
		{"collection.updated", `{"after":{"description":"new"}}`, "edited the card"},
		{"collection.updated", `{"after":{"tags":["a"]}}`, "changed the tags"},
		{"collection.created", `{}`, "created it"},
		{"something.new", `{}`, "changed it"},
		{"alias.set", `nonsense`, "changed it"},
	} {
		if got := changeWords(registry.Entry{Name: tc.name, Payload: json.RawMessage(tc.payload)}); got != tc.want {
			t.Errorf("%s %s: %q, want %q", tc.name, tc.payload, got, tc.want)
		}
	}
}

// Whoever writes a card must not be able to keep everybody's pages waiting.
func TestChangeValues(t *testing.T) {
	t.Parallel()
	const payload = `{"version":"a/b:v3","before":{"metadata":{"layers":2,"same":1,"data":{"rows":10}}},"after":{"metadata":{"layers":3,"same":1,"data":{"rows":12},"acc":0.9666666666666667,"note":"a \"b\""}}}`
	before, after := changeValues(registry.Entry{Name: "artifact.updated", Payload: json.RawMessage(payload)})
	if before != "data.rows 10, layers 2" || after != `acc 0.966667, data.rows 12, layers 3, note a "b"` {
		t.Errorf("before %q, after %q", before, after)
	}
}

func TestMarkdownIsQuick(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"[a](", "[", ">", "> ", "1. ", "- ", "[a](((", "![[]()"} {
		card := "<b>\n\n" + strings.Repeat(part, (1<<20)/len(part))
		var b strings.Builder
		if err := Markdown(card).Render(t.Context(), &b); err != nil || !strings.HasPrefix(b.String(), `<pre tabindex="0">&lt;b&gt;`) {
			t.Errorf("%q: shown as %.40q, %v", part, b.String(), err)
		}
		if got := excerpt(card); got != "" {
			t.Errorf("%q: the excerpt is %.40q", part, got)
		}
	}
	long := strings.Repeat("## Data\n\n> Some *words* about [it](https://example.com).\n> - and\n>   - more\n\n", 500)
	var b strings.Builder
	if err := Markdown(long).Render(t.Context(), &b); err != nil || !strings.Contains(b.String(), "<h2") {
		t.Errorf("an ordinary card: %.80q, %v", b.String(), err)
	}
}
