package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

const (
	// groupRoom is how many runs of an open group its page shows.
	groupRoom = 20
	// meansOf is how many runs may be found for means to be made of them: those
	// of all runs of a large project would take longer than anybody waits.
	meansOf = 5000
)

// fillGroups makes groups of the runs that the page has found, of which sample are
// the first; all says that there are no others.
func (t *tx) fillGroups(ctx context.Context, runs runsAsked, sample []int64, all bool, after registry.RunMark, p *registry.ProjectPage) error {
	rows, err := t.runsOf(ctx, sample, p)
	if err != nil {
		return err
	}
	by := p.Query.Group
	if all {
		p.Groups = registry.GroupRuns(rows, by, p.Columns)
		for i := range p.Groups {
			p.Groups[i].Open = len(p.Query.Open) == 0 || p.Query.Opens(p.Groups[i].Is)
		}
		return nil
	}
	if err := t.countGroups(ctx, runs, after, p); err != nil {
		return err
	}
	if p.Found <= meansOf {
		if err := t.meanGroups(ctx, runs, p); err != nil {
			return err
		}
	}
	for i, g := range p.Groups {
		if !p.Query.Opens(g.Is) {
			continue
		}
		p.Groups[i].Open = true
		within := runs.with(g.Is)
		page, err := t.sortRuns(ctx, &within, p.Query.Order, registry.RunMark{}, groupRoom)
		if err != nil {
			return err
		}
		p.Groups[i].Runs, err = t.runsOf(ctx, page.ids, p)
		return err // one is open at a time
	}
	return nil
}

// groupValue is what runs r of a table, or values v of theirs, are grouped by.
func groupValue(by string) string {
	switch by {
	case "state":
		return "r.state"
	case "by":
		return "coalesce((select e.name from entities e where e.id = r.created_by), 'greenroom')"
	case "group":
		return "r.group_name"
	case "job":
		return "r.job_type"
	}
	return "coalesce(v.num::text, v.text)"
}

// countedGroups is a page of groups: those with numbers, those with texts, and how
// many runs are in any of them.
type countedGroups struct {
	numbers, texts   pq.StringArray
	ofNumber, ofText pq.Int64Array
	grouped          int
}

// countGroups finds a page of groups, in the order of what their runs have in
// common, and last of all those that do not have it.
func (t *tx) countGroups(ctx context.Context, runs runsAsked, after registry.RunMark, p *registry.ProjectPage) (err error) {
	a := &asked{}
	q := composed + "with "
	if !runs.all() {
		q += "found as materialized (" + runs.found(a) + "), "
	}
	by, size := p.Query.Group, a.arg(registry.PageSize+1)
	isValue := registry.RunOrder{Field: by}.IsValue()
	where := func(condition string) string {
		source, id := "", "r.id"
		if isValue {
			source, id = "run_values v where v.key_id = "+a.arg(runs.keys[by]), "v.run_id"
		} else {
			source = runs.inPlace(a)
		}
		if !runs.all() {
			source = strings.Replace(source, " where ", " join found f on f.id = "+id+" where ", 1)
		}
		return source + " and " + condition
	}
	beyond := func(part registry.RunPartOf, column, as string) string {
		switch {
		case after.Part > part:
			return "false"
		case after.Part == part:
			return column + " > " + a.arg(after.Value) + "::text" + as
		}
		return "true"
	}
	numbers, texts, grouped := "select '' as value, 0 as count where false", "", "0"
	switch {
	case isValue:
		number, text := "v.num is not null and "+beyond(registry.WithNumber, "v.num", "::float8"), "v.num is null and "+beyond(registry.WithText, `v.text collate "C"`, "")
		if runs.all() {
			numbers = steps("v.num", where(number)) + size
			texts = steps(`v.text collate "C"`, where(text)) + size
		} else {
			numbers = "select v.num::text as value, count(*) from " + where(number) + " group by v.num order by v.num limit " + size
			texts = `select max(v.text) as value, count(*) from ` + where(text) + ` group by v.text collate "C" order by v.text collate "C" limit ` + size
		}
		grouped = "case when (select count(*) from numbers) + (select count(*) from texts) > " + a.arg(registry.PageSize) + " then 0 "
		if after.Part == "" {
			grouped += "else (select coalesce(sum(count), 0)::bigint from (select count from numbers union all select count from texts) n) end"
		} else { // those of the pages before as well
			grouped += "else (select count(*) from " + where("v.num is not null") + ") + (select count(*) from " + where("v.num is null") + ") end"
		}
	default:
		texts = "select value, sum(count)::bigint as count from (select " + groupValue(by) + " as value, count from (select r." + groupColumn(by) + ", count(*) as count from " +
			where("true") + " group by 1) r) g where " + beyond(registry.WithText, `value collate "C"`, "") + ` group by value order by value collate "C" limit ` + size
	}
	q += "numbers as materialized (" + numbers + "), texts as materialized (" + texts + ") select array(select value from numbers), array(select count from numbers), array(select value from texts), array(select count from texts), " + grouped
	var found countedGroups
	scan := func() error {
		return t.QueryRowxContext(ctx, q, a.args...).Scan(&found.numbers, &found.ofNumber, &found.texts, &found.ofText, &found.grouped)
	}
	if runs.all() {
		err = scan()
	} else {
		err = t.bySets(ctx, scan)
	}
	if err != nil {
		return fmt.Errorf("db: group runs: %w", err)
	}
	marks := []registry.RunMark{}
	add := func(part registry.RunPartOf, value string, count int) {
		p.Groups = append(p.Groups, registry.RunGroup{Is: registry.GroupOf(by, part, value), Count: count, Means: map[string]float64{}})
		marks = append(marks, registry.RunMark{Part: part, Value: value})
	}
	for i, value := range found.numbers {
		add(registry.WithNumber, value, int(found.ofNumber[i]))
	}
	for i, value := range found.texts {
		add(registry.WithText, value, int(found.ofText[i]))
	}
	if lacking := p.Found - found.grouped; isValue && lacking > 0 && after.Part != registry.WithNothing {
		add(registry.WithNothing, "", lacking)
	}
	if p.Next = ""; len(p.Groups) > registry.PageSize {
		p.Groups = p.Groups[:registry.PageSize]
		p.Next = marks[registry.PageSize-1].String()
	}
	return nil
}

// steps finds the values of a column that an index is sorted by, as text, and how
// many runs have each: it steps from one to the next, so that only the runs of those
// shown are read. A limit follows.
func steps(column, from string) string {
	return "with recursive step (value) as ((select " + column + " from " + from + " order by " + column + " limit 1) union all " +
		"select (select " + column + " from " + from + " and " + column + " > step.value order by " + column + " limit 1) from step where step.value is not null) " +
		"select step.value::text as value, (select count(*) from " + from + " and " + column + " = step.value) as count from step where step.value is not null limit "
}

// groupColumn is the column of runs behind groupValue.
func groupColumn(by string) string {
	return map[string]string{"state": "state", "by": "created_by", "group": "group_name", "job": "job_type"}[by]
}

// meanGroups tells groups the means of the columns.
func (t *tx) meanGroups(ctx context.Context, runs runsAsked, p *registry.ProjectPage) error {
	a := &asked{}
	found := runs.found(a)
	var names []string
	for _, c := range p.Columns {
		names = append(names, c.Name)
	}
	by := p.Query.Group
	source := "found f join runs r on r.id = f.id"
	if (registry.RunOrder{Field: by}).IsValue() {
		source = "found f left join run_values v on v.run_id = f.id and v.key_id = " + a.arg(runs.keys[by])
	}
	q := composed + "with found as materialized (" + found + ") select coalesce(" + groupValue(by) + ", '') as value, " + groupValue(by) + " is null as lacking, k.name, avg(c.num) as mean from " + source +
		" join run_values c on c.run_id = f.id join run_keys k on k.id = c.key_id and k.place_id = " + a.arg(runs.place) + " and k.name = any(" + a.arg(pq.Array(names)) + ")" +
		" where abs(c.num) < 1e300 group by 1, 2, 3"
	var rows []struct {
		Value   string
		Lacking bool
		Name    string
		Mean    float64
	}
	if err := t.SelectContext(ctx, &rows, q, a.args...); err != nil {
		return fmt.Errorf("db: means of groups: %w", err)
	}
	for _, row := range rows {
		part := registry.WithNumber // no matter which of the two that have values
		if row.Lacking {
			part = registry.WithNothing
		}
		is := registry.GroupOf(by, part, row.Value).String()
		for _, g := range p.Groups {
			if g.Is.String() == is {
				g.Means[row.Name] = row.Mean
			}
		}
	}
	return nil
}
