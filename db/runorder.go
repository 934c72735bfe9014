package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// sortedRuns is a page of sorted runs.
type sortedRuns struct {
	ids   []int64
	next  registry.RunMark
	more  bool
	found int
}

// sortRuns finds a page of the runs asked for, from after a mark on, and counts
// them, unless they are all. A list has parts, each sorted by an index: most pages
// stand in one.
func (t *tx) sortRuns(ctx context.Context, runs *runsAsked, order registry.RunOrder, after registry.RunMark, size int) (page sortedRuns, err error) {
	if !runs.all() {
		if page.found, err = t.findRuns(ctx, runs); err != nil || page.found == 0 {
			return page, err
		}
	}
	if order.Field == "" && runs.noted != nil {
		page.byID(runs.noted, order.Rising, after, size)
		return page, nil
	}
	var marks []registry.RunMark
	for _, part := range partsOf(order) {
		if part < after.Part {
			continue
		}
		found, err := t.sortPart(ctx, *runs, order, part, after, size+1-len(page.ids), page.found)
		if err != nil {
			return page, err
		}
		for i, id := range found.IDs {
			page.ids = append(page.ids, id)
			marks = append(marks, registry.RunMark{Part: part, Value: found.Values[i], ID: id})
		}
		if len(page.ids) > size {
			page.ids, page.next, page.more = page.ids[:size], marks[size-1], true
			return page, nil
		}
	}
	return page, nil
}

// byID fills the page from the IDs of all runs that it is of.
func (page *sortedRuns) byID(ids []int64, rising bool, after registry.RunMark, size int) {
	page.ids = slices.Sorted(slices.Values(ids))
	if !rising {
		slices.Reverse(page.ids)
	}
	if after.Part != "" {
		page.ids = slices.DeleteFunc(page.ids, func(id int64) bool { return id == after.ID || (id > after.ID) != rising })
	}
	if page.more = len(page.ids) > size; page.more {
		page.ids = page.ids[:size]
		page.next = registry.RunMark{Part: registry.WithText, ID: page.ids[size-1]}
	}
}

const (
	// fewRuns is how many runs are sorted once they have been found, rather than
	// looked for where they stand in the list.
	fewRuns = 1500
	// notedRuns is how many runs are noted when they have been found, so that they need
	// not be found again.
	notedRuns = 10_000
)

// findRuns counts the runs asked for and, unless they are very many, notes which they
// are.
func (t *tx) findRuns(ctx context.Context, runs *runsAsked) (count int, err error) {
	a := &asked{}
	q := composed + "select count(*), case when count(*) <= " + a.arg(notedRuns) + " then array_agg(id) end from (" + runs.found(a) + ") found"
	var ids pq.Int64Array
	scan := func() error { return t.QueryRowxContext(ctx, q, a.args...).Scan(&count, &ids) }
	if err := t.bySets(ctx, scan); err != nil {
		return 0, fmt.Errorf("db: find runs: %w", err)
	}
	if count == len(ids) {
		runs.noted = ids
	}
	return count, nil
}

// partsOf are the parts of a list in an order.
func partsOf(order registry.RunOrder) []registry.RunPartOf {
	switch {
	case order.IsValue():
		return []registry.RunPartOf{registry.WithNumber, registry.WithText, registry.WithNothing}
	case order.Field == registry.ByRuntime:
		return []registry.RunPartOf{registry.WithNumber, registry.WithNothing}
	}
	return []registry.RunPartOf{registry.WithText}
}

// listPart is where one part of a sorted list comes from.
type listPart struct {
	id     string // of the run
	source string // table and conditions
	by     string // what it is sorted by, beside the ID; "" for the ID alone
	value  string // of by, as a mark has it
	from   string // the mark's value, as by has it: %s
}

// part is where a part of a list of all runs comes from, which is an index, or of
// those alone whose IDs found holds.
func (r runsAsked) part(a *asked, order registry.RunOrder, part registry.RunPartOf, all bool) (p listPart) {
	if order.IsValue() && part != registry.WithNothing {
		p = listPart{id: "v.run_id", source: "run_values v where v.key_id = " + a.arg(r.keys[order.Field])}
		if part == registry.WithNumber {
			p.source += " and v.num is not null"
			for _, c := range r.filter.Conditions { // so that looking begins where there is something
				if n, ok := registry.Number(c.Values[0]); ok && c.Field == order.Field && c.Op.Orders() {
					p.source += " and v.num " + string(c.Op) + " " + a.arg(n)
				}
			}
			p.by, p.value, p.from = "v.num", "v.num::text", "%s::text::float8"
		} else {
			p.source += " and v.num is null"
			p.by, p.value, p.from = `v.text collate "C"`, "v.text", "%s::text"
		}
		if !all {
			p.source = "found f join " + strings.Replace(p.source, " where", " on v.run_id = f.id where", 1)
		}
		return p
	}
	p = listPart{id: "r.id", source: "found f join runs r on r.id = f.id where true"}
	if all {
		p.source = r.inPlace(a)
	}
	switch {
	case order.IsValue():
		p.source += " and not exists (select from run_values v where v.run_id = r.id and v.key_id = " + a.arg(r.keys[order.Field]) + ")"
	case order.Field == registry.ByRuntime && part == registry.WithNothing:
		p.source += " and r.ended_at is null"
	case order.Field == registry.ByRuntime:
		p.source += " and r.ended_at is not null"
		p.by, p.value, p.from = "(r.ended_at - r.created_at)", "extract(epoch from r.ended_at - r.created_at)::text", "make_interval(secs => %s::text::float8)"
	case order.Field == registry.ByName && !all: // the titles stand apart from the runs, whose rows are wide
		p.id, p.source = "w.run_id", "found f join run_words w on w.run_id = f.id where true"
		p.by, p.value, p.from = `lower(w.title) collate "C"`, "lower(w.title)", "%s::text"
	case order.Field == registry.ByName:
		p.by, p.value, p.from = `lower(r.display_name) collate "C"`, "lower(r.display_name)", "%s::text"
	case order.Field == registry.ByState:
		p.by, p.value, p.from = "r.state", "r.state", "%s::text"
	case !all:
		p.source = "found r where true"
	}
	return p
}

// sortedPart is what one statement finds of a sorted list.
type sortedPart struct {
	IDs    pq.Int64Array
	Values pq.StringArray
	Looked int // at how many, if they are not enough
}

// sortPart finds the runs of one part of a list, of which that many are asked for.
func (t *tx) sortPart(ctx context.Context, runs runsAsked, order registry.RunOrder, part registry.RunPartOf, after registry.RunMark, size, count int) (found sortedPart, err error) {
	if runs.all() {
		return t.listPart(ctx, runs, order, part, after, size, 0)
	}
	// As many as it takes if those asked for are spread evenly, and some more: that is
	// less than to sort them all, if they are many.
	if look := 3 * size * runs.total() / count; count > fewRuns && look > 0 && look < count {
		if found, err = t.listPart(ctx, runs, order, part, after, size, look); err != nil || len(found.IDs) == size || found.Looked < look {
			return found, err
		}
	}
	return t.listPart(ctx, runs, order, part, after, size, 0)
}

// listPart finds the first runs of a part of a list, by looking at so many of all
// runs in their order, or by sorting those asked for if look is 0.
func (t *tx) listPart(ctx context.Context, runs runsAsked, order registry.RunOrder, part registry.RunPartOf, after registry.RunMark, size, look int) (found sortedPart, err error) {
	a := &asked{}
	q := composed + "with "
	sets := !runs.all() && look == 0
	if sets {
		q += "found as materialized (" + runs.found(a) + "), "
	}
	p := runs.part(a, order, part, !sets)
	falls, beyond := " desc", " < "
	if order.Rising {
		falls, beyond = "", " > "
	}
	value, key, sorted := "''", p.id, p.id+falls
	if p.by != "" {
		value, key, sorted = p.value, p.by+", "+p.id, p.by+falls+", "+sorted
	}
	if after.Part == part {
		mark := a.arg(after.ID)
		if p.by != "" {
			mark = fmt.Sprintf(p.from, a.arg(after.Value)) + ", " + mark
		}
		p.source += " and (" + key + ")" + beyond + "(" + mark + ")"
	}
	list := "select " + p.id + " as id, " + value + " as value from " + p.source + " order by " + sorted + " limit "
	looked := "0"
	if look > 0 {
		q += "list as materialized (" + list + a.arg(look) + "), "
		list = "select id, value from list where " + runs.holds(a, "list.id") + " limit "
		looked = "case when (select count(*) from page) < " + a.arg(size) + " then (select count(*) from list) else 0 end"
	}
	q += "page as materialized (" + list + a.arg(size) + ") select array(select id from page), array(select value from page), " + looked
	scan := func() error {
		return t.QueryRowxContext(ctx, q, a.args...).Scan(&found.IDs, &found.Values, &found.Looked)
	}
	if sets && runs.noted == nil {
		err = t.bySets(ctx, scan)
	} else {
		err = scan()
	}
	if err != nil {
		return found, fmt.Errorf("db: sort runs: %w", err)
	}
	return found, nil
}

// bySets does what meets sets of runs. How many runs have a value Postgres guesses
// far too low, and would look up each where two sets are put side by side in a
// fraction of the time: it is kept from that.
func (t *tx) bySets(ctx context.Context, do func() error) error {
	if _, err := t.ExecContext(ctx, `set local enable_nestloop = off`); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `set local enable_nestloop = on`)
	return err
}
