package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// However many log, delete and restore at once, a project's page counts the runs that
// there are, and a tag finds those that have it.
func TestCountsAndTagsOfRunsAreKept(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Ada, "digits", "r0", registry.RunEdit{})
	states := []registry.RunState{registry.Running, registry.Finished, registry.Failed}
	var wg sync.WaitGroup
	for worker := range 4 {
		r := rand.New(rand.NewPCG(7, uint64(worker)))
		wg.Go(func() {
			for range 40 {
				ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: fmt.Sprintf("r%d", r.IntN(8))}
				var err error
				switch r.IntN(5) {
				case 0:
					err = d.DeleteRun(t.Context(), h.Ada, ref)
				case 1:
					_, err = d.RestoreRun(t.Context(), h.Ada, ref)
				default:
					tags := []string{"a", "b", "a"}[r.IntN(3):]
					_, _, err = d.UpsertRun(t.Context(), h.Ada, registry.RunEdit{Run: ref, State: &states[r.IntN(3)], Tags: &tags})
				}
				switch registry.KindOf(err) {
				case "", registry.NotFound, registry.Gone, registry.Busy, registry.Conflict, registry.Invalid:
				default:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	logRun(t, d, h.Ada, "digits", "last", registry.RunEdit{Tags: &[]string{"b", "b"}})
	counted := dbtest.Texts(t, d, `select state || ' ' || sum(runs) from run_counts group by place_id, state having sum(runs) <> 0 order by 1`)
	there := dbtest.Texts(t, d, `select state || ' ' || count(*) from runs where deleted_at is null group by place_id, state order by 1`)
	if !slices.Equal(counted, there) || len(there) == 0 {
		t.Errorf("counted %v, there are %v", counted, there)
	}
	tagged := dbtest.Texts(t, d, `select place_id || ' ' || run_id || ' ' || tag from run_tags order by 1`)
	have := dbtest.Texts(t, d, `select distinct place_id || ' ' || id || ' ' || tag from runs, unnest(tags) as tag where deleted_at is null order by 1`)
	if !slices.Equal(tagged, have) || len(have) == 0 {
		t.Errorf("tagged %v, have %v", tagged, have)
	}
}

// In a project of many runs, pages and counts are what they are in one of few:
// whether what is found is spread evenly over the list, stands all at its end, is
// nearly everything or a handful.
func TestFiltersOfManyRuns(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	const n = 6000
	logRun(t, d, h.Bob, "digits", "r0", registry.RunEdit{DisplayName: new("run")})
	const fill = `
		with at as (
			select id as place_id from places where name = 'digits'
		), keys as (
			insert into run_keys (place_id, name) select place_id, unnest('{config.lr,config.opt}'::text[]) from at returning id, name
		), made as (
			insert into runs (place_id, name, display_name, tags, state, created_by, created_at, ended_at)
			select place_id, 'r' || i, case i % 2 when 0 then 'river' else 'lake' end, case i % 3 when 0 then '{many}' else '{}'::text[] end,
				case i % 10 when 0 then 'failed' else 'finished' end, 0, now(), now()
			from at, generate_series(1, $1::int) as i
			order by i
			returning id, name, created_at
		), progress as (
			insert into run_progress (run_id, heartbeat_at) select id, created_at from made
		)
		insert into run_values (run_id, key_id, num, text)
		select made.id, keys.id, case keys.name when 'config.lr' then i * 7919 % 6000 end, case when keys.name <> 'config.lr' then case when i > 3000 then 'late' else 'early' end end
		from made, keys, cast(substr(made.name, 2) as int) as i
		where keys.name <> 'config.lr' or i % 5 > 0`
	must(t, dbtest.Exec(t, d, fill, n))
	must(t, dbtest.Exec(t, d, `analyze`))
	lr := func(i int) int { return i * 7919 % 6000 }
	newest, byRate := func(a, b int) int { return b - a }, func(a, b int) int {
		if without := min(b%5, 1) - min(a%5, 1); without != 0 || a%5 == 0 {
			return without + (1-without*without)*(a-b)
		}
		return lr(a) - lr(b)
	}
	byName := func(a, b int) int { // lake before river
		if parity := b%2 - a%2; parity != 0 {
			return parity
		}
		return a - b
	}
	rate := registry.RunOrder{Field: "config.lr", Rising: true}
	orders := map[registry.RunOrder]func(a, b int) int{{}: newest, rate: byRate, {Field: registry.ByName, Rising: true}: byName}
	for _, tc := range []struct {
		filter string
		pages  int
		holds  func(i int) bool
	}{
		{"state: finished", 3, func(i int) bool { return i%10 > 0 }},
		{"state: finished config.lr < 4800 tag: many", 3, func(i int) bool { return i%10 > 0 && i%5 > 0 && lr(i) < 4800 && i%3 == 0 }},
		{"state != failed, running", 2, func(i int) bool { return i%10 > 0 }},
		{"state: failed", 3, func(i int) bool { return i%10 == 0 }},
		{"state: failed, finished tag != many", 2, func(i int) bool { return i%3 > 0 }},
		{"config.opt = early", 3, func(i int) bool { return i <= 3000 }}, // the newest first, half of all to look at before the first
		{"config.opt = late", 100, func(i int) bool { return i > 3000 }},
		{"config.opt = late config.lr >= 0", 2, func(i int) bool { return i > 3000 && i%5 > 0 }},
		{"no: config.lr state: finished", 2, func(i int) bool { return i%10 == 5 }},
		{"name: river", 2, func(i int) bool { return i%2 == 0 }}, // last by name
		{"river", 2, func(i int) bool { return i%2 == 0 }},
		{"river tag: many config.lr < 100", 9, func(i int) bool { return i%2 == 0 && i%3 == 0 && i%5 > 0 && lr(i) < 100 }},
		{"has: config.lr, config.opt name: river", 2, func(i int) bool { return i%2 == 0 }},
		{"config.lr < 3000", 40, func(i int) bool { return i%5 > 0 && lr(i) < 3000 }},
		{"config.lr > 3000 config.lr <= 4000", 2, func(i int) bool { return i%5 > 0 && lr(i) > 3000 && lr(i) <= 4000 }},
		{"nothinglikethis", 1, func(int) bool { return false }},
	} {
		var all []int
		for i := 1; i <= n; i++ {
			if tc.holds(i) {
				all = append(all, i)
			}
		}
		for order, compare := range orders {
			query := runsWith(tc.filter)
			query.Order = order
			slices.SortFunc(all, compare)
			var got, want []string
			for page := range tc.pages {
				p, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "digits"), query)
				must(t, err)
				if p.Found != len(all) || p.Total != n+1 {
					t.Errorf("%s finds %d of %d, want %d of %d", tc.filter, p.Found, p.Total, len(all), n+1)
				}
				got = append(got, runNames(p)...)
				if more := len(all) > (page+1)*registry.PageSize; (p.Next != "") != more {
					t.Errorf("%s, page %d: next is %q, of %d runs", tc.filter, page, p.Next, len(all))
				}
				if query.After = p.Next; p.Next == "" {
					break
				}
			}
			for _, i := range all[:min(len(all), tc.pages*registry.PageSize)] {
				want = append(want, fmt.Sprintf("r%d", i))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %q:\n%s, want\n%s", tc.filter, order.Field, strings.Join(got, " "), strings.Join(want, " "))
			}
		}
	}
}
