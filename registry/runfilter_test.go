package registry

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseRunFilter(t *testing.T) {
	t.Parallel()
	one := func(field string, op RunOp, values ...string) RunFilter {
		return RunFilter{Conditions: []RunCondition{{field, op, values}}}
	}
	for text, want := range map[string]RunFilter{
		"":                             {},
		" \n":                          {},
		"calm  river":                  {Words: []string{"calm", "river"}},
		"config.lr < 0.01":             one("config.lr", Less, "0.01"),
		"config.lr<0.01":               one("config.lr", Less, "0.01"),
		"config.lr<=-1e-3":             one("config.lr", AtMost, "-1e-3"),
		"config.lr == 3":               one("config.lr", Equal, "3"),
		"summary.val/acc >= 0.9":       one("summary.val/acc", AtLeast, "0.9"),
		"config.opt: adamw,sgd , x":    one("config.opt", Is, "adamw", "sgd", "x"),
		"config.opt != adamw":          one("config.opt", NotEqual, "adamw"),
		`config."grad norm" > 3`:       one("config.grad norm", More, "3"),
		`"config.grad norm">3`:         one("config.grad norm", More, "3"),
		`config.say = "a \"b\" \\"`:    one("config.say", Equal, `a "b" \`),
		`config.empty = ""`:            one("config.empty", Equal, ""),
		"config.Ünï = <b>":             one("config.Ünï", Equal, "<b>"),
		"State: running":               one("state", Is, "running"),
		"tags: a:b":                    one("tag", Is, "a:b"),
		"user: Mira":                   one("by", Is, "Mira"),
		"created > 2026-11-01":         one("created", More, "2026-11-01"),
		`created < "2026-11-01 15:30"`: one("created", Less, "2026-11-01 15:30"),
		"runtime >= 1h30m":             one("runtime", AtLeast, "1h30m"),
		"has: summary.val/acc":         one("has", Is, "summary.val/acc"),
		`wow! "state: running" "#1"`:   {Words: []string{"wow!", "state: running", "#1"}},
		"river state:failed lake":      {Words: []string{"river", "lake"}, Conditions: []RunCondition{{"state", Is, []string{"failed"}}}},
	} {
		got, err := ParseRunFilter(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v, %v", text, got, err)
		}
		again, err := ParseRunFilter(got.String())
		if err != nil || !reflect.DeepEqual(again, want) {
			t.Errorf("%s is written as %s, which is read as %+v, %v", text, got, again, err)
		}
	}
}

// What cannot be is explained in the words of who typed it.
func TestFiltersThatCannotBe(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"config.lr":                         "not compared",
		"config.lr <":                       "not finished",
		"config.lr = 1,":                    "not finished",
		"config.lr < 1, 2":                  "one value",
		"= 3":                               "Nothing stands before =",
		"stat: running":                     "nothing called stat",
		"config. = 3":                       "nothing called config.",
		"state: walking":                    `no state of a run called "walking"`,
		"state > running":                   "Write state: running",
		"tag < x":                           "Write tag: baseline",
		"created > yesterday":               "not a day",
		"runtime > long":                    "not a length of time",
		"runtime > -1s":                     "not a length of time",
		"has: lr":                           "the name of a value",
		"no = config.lr":                    "Write no: config.seed",
		`name: "half`:                       "not closed",
		strings.Repeat("a:b ", 2000):        "too long",
		strings.Repeat("w ", 20):            "more than 16 words",
		strings.Repeat("tag: x ", 17):       "more than 16 conditions",
		"tag: x" + strings.Repeat(",x", 60): "more than 50 alternatives",
	} {
		_, err := ParseRunFilter(text)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Invalid || !strings.Contains(e.Fields["q"], says) {
			t.Errorf("%.40s: %v, want %q", text, err, says)
		}
	}
}

// While somebody types, what is finished holds already.
func TestTypedRunFilter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		"riv":                   "riv",
		"river ":                "river",
		"river conf":            "river",
		"river config.l":        "river",
		"tag: a config.lr":      "tag: a",
		"tag: a config.lr <":    "tag: a",
		"tag: a config.lr < 0.": "tag: a config.lr < 0.",
		`river name: "half of`:  "river",
		"river state: runn":     "river",
	} {
		if f := TypedRunFilter(text); f.String() != want {
			t.Errorf("%s is %q", text, f)
		}
	}
}

func TestMomentAndLength(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90": 90 * time.Second, "1.5": 1500 * time.Millisecond, "5m": 5 * time.Minute, "2d": 48 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := Length(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"2026-11-01": "2026-11-01T00:00:00Z 24h0m0s", "2026-11": "2026-11-01T00:00:00Z 720h0m0s", "2026": "2026-01-01T00:00:00Z 8760h0m0s",
		"2026-11-01 15:30": "2026-11-01T15:30:00Z 1m0s", "2026-11-01T15:30:00+01:00": "2026-11-01T14:30:00Z 1s",
	} {
		from, to, err := Moment(text)
		if got := from.Format(time.RFC3339) + " " + to.Sub(from).String(); err != nil || got != want {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
}

func FuzzRunFilter(f *testing.F) {
	for _, text := range []string{`config.lr<0.01 river`, `config."a b" != "x\"y", z`, `state: running, failed`, `"half`, `a!b`, "no:config.\u00a0x", `"" = ""`, `created >= 2026-13-40`, "\xff: \x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		TypedRunFilter(text)
		read, err := ParseRunFilter(text)
		if err != nil {
			if KindOf(err) != Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(read.String()) > maxFilterText {
			return
		}
		again, err := ParseRunFilter(read.String())
		if err != nil || !reflect.DeepEqual(again, read) {
			t.Fatalf("%q is read as %+v, written as %q and read as %+v, %v", text, read, read.String(), again, err)
		}
	})
}
