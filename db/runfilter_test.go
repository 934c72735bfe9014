package db_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// oneRun is a run as the tests below know it.
type oneRun struct {
	name, display, state, author, group, job string
	tags                                     []string
	values                                   map[string]any // float64 or string
	created                                  time.Time
	lasted                                   float64 // seconds; -1 while it goes on
	id                                       int
}

// randomRuns logs n runs with all that filters ask about, some of it missing, some
// of it odd. The last two are deleted and not returned.
func randomRuns(t *testing.T, d *db.DB, h dbtest.House, project string, n int) (runs []oneRun) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for i := range n + 2 {
		run := oneRun{
			name: fmt.Sprintf("r%03d", i), display: pick("calm", "Brisk", "amber_", "10%") + "-" + pick("river", "<b>lake</b>", `o"p'`), id: i,
			author: pick("ada", "bob"), state: pick("running", "finished", "failed"), group: pick("", "g1", "G 2"), job: pick("", "eval"), values: map[string]any{}, lasted: -1, tags: []string{},
		}
		for _, tag := range []string{"edge case", "Nightly", "x,y"} {
			if r.IntN(3) == 0 {
				run.tags = append(run.tags, tag)
			}
		}
		config, summary := []string{}, []string{}
		add := func(list *[]string, name, key, form, json string, v any) {
			run.values[name] = v
			*list = append(*list, fmt.Sprintf(form, key, json))
		}
		if lr := float64(r.IntN(5)) / 100; r.IntN(5) > 0 {
			add(&config, "config.lr", "lr", `"%s":{"value":%s}`, fmt.Sprint(lr), lr)
		}
		switch opt := pick("adamw", "sgd", "64", "NaN"); r.IntN(4) {
		case 0:
			add(&config, "config.opt", "opt", `"%s":{"value":%s}`, "64", 64.0)
		case 1, 2:
			add(&config, "config.opt", "opt", `"%s":{"value":%s}`, `"`+opt+`"`, opt)
		}
		switch acc := float64(r.IntN(20)) / 20; r.IntN(6) {
		case 0:
			add(&summary, "summary.val/acc", "val/acc", `"%s":%s`, "NaN", "NaN")
		case 1:
			add(&summary, "summary.val/acc", "val/acc", `"%s":%s`, "-Infinity", math.Inf(-1))
		case 2, 3, 4:
			add(&summary, "summary.val/acc", "val/acc", `"%s":%s`, fmt.Sprint(acc), acc)
		}
		by := h.Bob
		if run.author == "ada" {
			by = h.Ada
		}
		logRun(t, d, by, project, run.name, registry.RunEdit{
			DisplayName: &run.display, Group: &run.group, JobType: &run.job, Tags: &run.tags,
			Config: new("{" + strings.Join(config, ",") + "}"), Summary: new("{" + strings.Join(summary, ",") + "}"),
		})
		run.created = time.Date(2026, 1, 1+i/7, i%24, 0, 0, 0, time.UTC)
		if run.state != "running" {
			run.lasted = float64(r.IntN(4) * 1800)
		}
		must(t, dbtest.Exec(t, d, `update runs set state = $2, created_at = $3::timestamptz, ended_at = case when $4::float8 < 0 then null else $3::timestamptz + make_interval(secs => $4::float8) end where name = $1`,
			run.name, run.state, run.created, run.lasted))
		if i >= n {
			must(t, d.DeleteRun(t.Context(), h.Ada, registry.RunRef{Place: registry.Project("vision", project), Name: run.name}))
			continue
		}
		runs = append(runs, run)
	}
	return runs
}

// holds says whether a run passes a condition, in the plainest way.
func (r oneRun) holds(c registry.RunCondition) bool {
	any := slices.ContainsFunc(c.Values, func(want string) bool { return r.is(c, want) })
	return any != (c.Op == registry.NotEqual)
}

func (r oneRun) is(c registry.RunCondition, want string) bool {
	compared := func(order int) bool {
		switch c.Op {
		case registry.Less:
			return order < 0
		case registry.AtMost:
			return order <= 0
		case registry.More:
			return order > 0
		case registry.AtLeast:
			return order >= 0
		}
		return order == 0
	}
	switch c.Field {
	case "state":
		return r.state == want
	case "tag":
		return slices.Contains(r.tags, want)
	case "name":
		if c.Op == registry.Is {
			return strings.Contains(strings.ToLower(r.display), strings.ToLower(want)) || strings.Contains(r.name, strings.ToLower(want))
		}
		return r.display == want || r.name == want
	case "by":
		return r.author == strings.ToLower(want) || want == "me" && r.author == "bob"
	case "group":
		return r.group == want
	case "job":
		return r.job == want
	case "created":
		from, to, _ := registry.Moment(want)
		switch {
		case r.created.Before(from):
			return compared(-1)
		case r.created.Before(to):
			return compared(0)
		}
		return compared(1)
	case "runtime":
		length, _ := registry.Length(want)
		return r.lasted >= 0 && compared(cmp.Compare(r.lasted, length.Seconds()))
	case "has", "no":
		return (r.values[want] != nil) == (c.Field == "has")
	}
	number, numeric := registry.Number(want)
	switch v := r.values[c.Field].(type) {
	case float64:
		return numeric && compared(cmp.Compare(v, number))
	case string:
		if c.Op.Orders() {
			return !numeric && v != "NaN" && compared(strings.Compare(v, want))
		}
		return v == want
	}
	return false
}

// Every filter finds what looking at each run would find.
func TestFiltersFindWhatLookingWould(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	runs := randomRuns(t, d, h, "digits", 120)
	conditions := []string{
		"config.lr < 0.02", "config.lr <= 0.02", "config.lr > 0.02", "config.lr >= 0.02", "config.lr = 0.02", "config.lr: 0.01, 0.03", "config.lr != 0.02",
		"config.opt = adamw", "config.opt: adamw, sgd", "config.opt = 64", "config.opt != 64", "config.opt > adamw", "config.opt <= 64", "config.opt = NaN",
		"summary.val/acc > 0.5", "summary.val/acc < 0", "summary.val/acc = NaN", "summary.val/acc = -inf", "summary.val/acc != 0.5", "summary.never = 1", "summary.never != 1", "summary.never < a",
		"state: running", "state: failed, finished", "state != running", `tag: "edge case"`, `tag: Nightly, "x,y"`, `tag != Nightly`, "tag: nightly",
		"name: RIVER", "name: r01", "name: _", `name: "%"`, `name: "o\"p'"`, "name = r017", `name != "calm-river"`, "by: ada", "by: BOB, nobody", "by: me", "by != ada",
		`group: ""`, `group: "G 2"`, "group != g1", "job: eval", "created > 2026-01-05", "created < 2026-01-05", "created: 2026-01-07", "created >= 2026-01-15", "created <= 2026-01-03", `created != 2026-01`, `created < "2026-01-02 05:30"`,
		"runtime > 30m", "runtime >= 1800", "runtime = 0", "runtime < 1h", "runtime != 1h", "has: config.lr", "has: config.lr, summary.val/acc", "no: config.opt", "no: summary.never",
	}
	r := rand.New(rand.NewPCG(3, 4))
	filters := slices.Clone(conditions)
	for range 150 {
		filters = append(filters, conditions[r.IntN(len(conditions))]+" "+conditions[r.IntN(len(conditions))]+[]string{"", " river", " edge bob"}[r.IntN(3)])
	}
	for _, text := range filters {
		query := runsWith(text)
		var want []string
		for _, run := range slices.Backward(runs) {
			told := strings.ToLower(strings.Join(append([]string{run.display, run.name, run.group, run.job, run.author}, run.tags...), " "))
			if !slices.ContainsFunc(query.Filter.Conditions, func(c registry.RunCondition) bool { return !run.holds(c) }) &&
				!slices.ContainsFunc(query.Filter.Words, func(w string) bool { return !strings.Contains(told, w) }) {
				want = append(want, run.name)
			}
		}
		got, found := everyPage(t, d, h.Bob, query)
		if !slices.Equal(got, want) || found != len(want) {
			t.Errorf("%s finds %d runs\n%v, want %d\n%v", query.Filter, found, got, len(want), want)
		}
	}
}

// everyPage returns the names of the runs on all pages of a list.
func everyPage(t *testing.T, d *db.DB, by registry.Actor, query registry.ProjectQuery) (names []string, found int) {
	t.Helper()
	for {
		p, err := d.ProjectPage(t.Context(), by, registry.Project("vision", "digits"), query)
		if err != nil {
			t.Fatalf("%s sorted by %q after %q: %v", query.Filter, query.Order, query.After, err)
		}
		names, found = append(names, runNames(p)...), p.Found
		if p.Next == "" {
			return names, found
		}
		query.After = p.Next
	}
}

// In every order each run stands on one page, those without a number behind those
// with one.
func TestEveryOrderHasEveryRunOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	runs := randomRuns(t, d, h, "digits", 130)
	part := func(v any) int {
		switch v.(type) {
		case float64:
			return 0
		case string:
			return 1
		}
		return 2
	}
	compare := func(order registry.RunOrder, a, b oneRun) int {
		sign := -1
		if order.Rising {
			sign = 1
		}
		by := 0
		switch order.Field {
		case registry.ByName:
			by = sign * strings.Compare(strings.ToLower(a.display), strings.ToLower(b.display))
		case registry.ByState:
			by = sign * strings.Compare(a.state, b.state)
		case registry.ByRuntime:
			if by = cmp.Compare(min(b.lasted+1, 1), min(a.lasted+1, 1)); by == 0 {
				by = sign * cmp.Compare(a.lasted, b.lasted)
			}
		case "":
		default:
			v, w := a.values[order.Field], b.values[order.Field]
			if by = cmp.Compare(part(v), part(w)); by == 0 && part(v) == 0 {
				by = sign * cmp.Compare(v.(float64), w.(float64))
			} else if by == 0 && part(v) == 1 {
				by = sign * strings.Compare(v.(string), w.(string))
			}
		}
		return cmp.Or(by, sign*cmp.Compare(a.id, b.id))
	}
	for _, text := range []string{"", "created", "name", "-name", "state", "-state", "runtime", "-runtime", "config.lr", "-config.lr", "config.opt", "-config.opt", "summary.val/acc", "-summary.val/acc", "summary.never"} {
		order, err := registry.ParseRunOrder(text)
		must(t, err)
		for _, filter := range []string{"", "config.lr >= 0", "river"} {
			query := runsWith(filter)
			query.Order = order
			var want []oneRun
			for _, run := range runs {
				if _, has := run.values["config.lr"]; filter == "" || filter == "river" && strings.Contains(run.display, "river") || strings.HasPrefix(filter, "config") && has {
					want = append(want, run)
				}
			}
			slices.SortFunc(want, func(a, b oneRun) int { return compare(order, a, b) })
			var names []string
			for _, run := range want {
				names = append(names, run.name)
			}
			if got, _ := everyPage(t, d, h.Bob, query); !slices.Equal(got, names) {
				t.Errorf("%q sorted by %q:\n%v, want\n%v", filter, text, got, names)
			}
		}
	}
}

func TestOrdersAndMarksThatCannotBe(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{Config: new(`{"lr":{"value":1}}`)})
	order := registry.RunOrder{Field: "config.lr"}
	for _, after := range []string{"x", "1", "1q", "n1", "99999999999999999999z", "1nNaN", "1nx", "1n0x1p3", "1n1e300", "1t\x00", "1tx", "0n", "-5z"} {
		for _, o := range []registry.RunOrder{{}, order, {Field: registry.ByName}, {Field: registry.ByRuntime}} {
			_, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "digits"), registry.ProjectQuery{Order: o, After: after})
			if kind := registry.KindOf(err); kind != "" && kind != registry.Invalid {
				t.Errorf("%q sorted by %q: %v", after, o, err)
			}
		}
	}
}
