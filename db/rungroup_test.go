package db_test

import (
	"math"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// Groups count the runs that their own condition finds, and miss none, whether all
// of them fit a page or not.
func TestGroupsAreWhatTheirConditionFinds(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	randomRuns(t, d, h, "digits", 130)
	page := func(query registry.ProjectQuery) registry.ProjectPage {
		t.Helper()
		p, err := d.ProjectPage(t.Context(), h.Vera, registry.Project("vision", "digits"), query)
		must(t, err)
		return p
	}
	for _, filter := range []string{"", "config.lr > 0.01", "state: failed by: ada", "summary.never = 1"} {
		for _, by := range []string{"state", "by", "group", "job", "config.lr", "config.opt", "summary.val/acc", "summary.never"} {
			query := runsWith(filter)
			query.Group = by
			p := page(query)
			sum := 0
			for _, g := range p.Groups {
				sum += g.Count
				within := runsWith(filter)
				within.Filter = within.Filter.With(g.Is)
				if found := page(within).Found; found != g.Count && g.Is.String() != "config.opt = 64" { // a number and a text
					t.Errorf("%s by %s: %s has %d runs, and finds %d", filter, by, g.Is, g.Count, found)
				}
				if small := p.Found <= registry.PageSize; g.Open != small || small && len(g.Runs) != g.Count {
					t.Errorf("%s by %s: %s of %d is open: %t, shows %d", filter, by, g.Is, p.Found, g.Open, len(g.Runs))
				}
			}
			if sum != p.Found || p.Next != "" || len(p.Runs) > 0 {
				t.Errorf("%s by %s: groups of %d runs, found %d", filter, by, sum, p.Found)
			}
		}
	}
	query := registry.ProjectQuery{Group: "state", Open: []string{"state: failed"}, Columns: []string{"config.lr"}}
	p := page(query)
	if len(p.Groups) != 3 || p.Groups[0].Is.String() != "state: failed" || len(p.Groups[0].Runs) != 20 || p.Groups[0].Runs[0].State != registry.Failed || len(p.Groups[1].Runs) != 0 {
		t.Errorf("groups %+v", p.Groups)
	}
	// The mean is the same, whoever makes it.
	few := runsWith("state: failed by: ada")
	few.Group, few.Columns = "by", query.Columns
	mean := page(few).Groups[0].Means["config.lr"]
	sum, n := 0.0, 0.0
	all := runsWith("state: failed by: ada")
	all.Columns = query.Columns
	for _, r := range page(all).Runs {
		if v := r.Values["config.lr"]; v.IsNumber {
			sum, n = sum+v.Number, n+1
		}
	}
	if math.Abs(mean-sum/n) > 1e-12 || p.Groups[0].Means["config.lr"] <= 0 {
		t.Errorf("means %v and %v, want %v", mean, p.Groups[0].Means, sum/n)
	}
}

// There are as many pages of groups as it takes, each group on one of them.
func TestPagesOfGroups(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Bob, "many", "newest", registry.RunEdit{Config: new(`{"lr":{"value":"fast"}}`)})
	manyRuns(t, d, "many", 120)
	must(t, dbtest.Exec(t, d, `insert into runs_without_values select id from runs where name <> 'newest'`))
	must(t, d.Migrate(t.Context()))
	logRun(t, d, h.Bob, "many", "bare", registry.RunEdit{})
	query := registry.ProjectQuery{Group: "config.lr"}
	var got []string
	for {
		p, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "many"), query)
		must(t, err)
		for _, g := range p.Groups {
			got = append(got, g.Is.String())
		}
		if p.Next == "" {
			break
		}
		query.After = p.Next
	}
	if len(got) != 122 || got[0] != "config.lr = 1" || got[119] != "config.lr = 120" || got[120] != "config.lr = fast" || got[121] != "no: config.lr" {
		t.Errorf("%d groups: %q", len(got), got)
	}
}
