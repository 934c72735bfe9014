package db

import (
	"context"
	"fmt"
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
// them all. A list has parts, each sorted by an index: most pages stand in one.
func (t *tx) sortRuns(ctx context.Context, runs runsAsked, order registry.RunOrder, after registry.RunMark, size int) (page sortedRuns, err error) {
	var marks []registry.RunMark
	counted := false
	for _, part := range partsOf(order) {
		if part < after.Part {
			continue
		}
		found, err := t.sortPart(ctx, runs, order, part, after, size+1-len(page.ids), !counted)
		if err != nil {
			return page, err
		}
		if !counted {
			page.found, counted = found.Found, true
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

// part is where a part of a list comes from. Without conditions that is an index;
// with some, found holds the IDs of the runs asked for.
func (r runsAsked) part(a *asked, order registry.RunOrder, part registry.RunPartOf) (p listPart) {
	if order.IsValue() && part != registry.WithNothing {
		p = listPart{id: "v.run_id", source: "run_values v where v.key_id = " + a.arg(r.keys[order.Field])}
		if part == registry.WithNumber {
			p.source += " and v.num is not null"
			p.by, p.value, p.from = "v.num", "v.num::text", "%s::text::float8"
		} else {
			p.source += " and v.num is null"
			p.by, p.value, p.from = `v.text collate "C"`, "v.text", "%s::text"
		}
		if !r.all() {
			p.source = "found f join " + strings.Replace(p.source, " where", " on v.run_id = f.id where", 1)
		}
		return p
	}
	p = listPart{id: "r.id", source: "found f join runs r on r.id = f.id where true"}
	if r.all() {
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
	case order.Field == registry.ByName:
		p.by, p.value, p.from = `lower(r.display_name) collate "C"`, "lower(r.display_name)", "%s::text"
	case order.Field == registry.ByState:
		p.by, p.value, p.from = "r.state", "r.state", "%s::text"
	case !r.all():
		p.source = "found r where true"
	}
	return p
}

// sortedPart is what one statement finds of a sorted list.
type sortedPart struct {
	Found  int
	IDs    pq.Int64Array
	Values pq.StringArray
}

// sortPart finds the runs of one part of a list, and counts those of all parts if
// that is asked.
func (t *tx) sortPart(ctx context.Context, runs runsAsked, order registry.RunOrder, part registry.RunPartOf, after registry.RunMark, size int, count bool) (found sortedPart, err error) {
	a := &asked{}
	q, total := composed+"with ", "0"
	if !runs.all() {
		q += "found as materialized (" + runs.found(a) + "), "
		if count {
			total = "(select count(*) from found)"
		}
	}
	p := runs.part(a, order, part)
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
	q += "page as (select " + p.id + " as id, " + value + " as value from " + p.source + " order by " + sorted + " limit " + a.arg(size) + ")" +
		" select " + total + ", array(select id from page), array(select value from page)"
	scan := func() error {
		return t.QueryRowxContext(ctx, q, a.args...).Scan(&found.Found, &found.IDs, &found.Values)
	}
	if err := t.bySets(ctx, runs, scan); err != nil {
		return found, fmt.Errorf("db: sort runs: %w", err)
	}
	return found, nil
}

// bySets does what meets sets of runs, if there are some to meet. How many runs
// have a value Postgres guesses far too low, and would look up each where two sets
// are put side by side in a fraction of the time: it is kept from that.
func (t *tx) bySets(ctx context.Context, runs runsAsked, do func() error) error {
	if runs.all() {
		return do()
	}
	if _, err := t.ExecContext(ctx, `set local enable_nestloop = off`); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `set local enable_nestloop = on`)
	return err
}
