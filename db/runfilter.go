package db

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// composed begins statements that are put together from what somebody asks, of
// which there is no end: they are not prepared, but planned with what they are
// given.
const composed = "/* composed */ "

// asked is a statement being put together.
type asked struct {
	args []any
}

// arg adds a parameter and returns what stands for it.
func (a *asked) arg(v any) string {
	a.args = append(a.args, v)
	return "$" + strconv.Itoa(len(a.args))
}

// runsAsked is which runs of a project somebody asks for.
type runsAsked struct {
	place  int64
	person int64 // who asks
	filter registry.RunFilter
	keys   map[string]int64 // of the values that are asked about; those without an ID have never been used
}

// all reports whether that is every run.
func (r runsAsked) all() bool { return len(r.filter.Conditions)+len(r.filter.Words) == 0 }

// inPlace is every run, as a table r.
func (r runsAsked) inPlace(a *asked) string {
	return "runs r where r.place_id = " + a.arg(r.place) + " and r.deleted_at is null"
}

// found is a query for the IDs of the runs asked for. Each condition is a set of
// runs that one index holds; where they meet is what is found.
func (r runsAsked) found(a *asked) string {
	var sets, not []string
	var ofRuns, ofWords []string // conditions on rows of runs, and of run_words
	for _, c := range r.filter.Conditions {
		is := ""
		switch {
		case c.IsValue():
			is = r.value(a, c)
		case c.Field == "has" || c.Field == "no":
			is = r.has(a, c)
		case c.Field == "tag" || c.Field == "name":
			ofWords = append(ofWords, negated(c, wordCondition(a, c)))
			continue
		default:
			ofRuns = append(ofRuns, negated(c, r.runCondition(a, c)))
			continue
		}
		if c.Op == registry.NotEqual || c.Field == "no" {
			not = append(not, is)
		} else {
			sets = append(sets, is)
		}
	}
	if len(ofWords) > 0 {
		sets = append(sets, "select w.run_id as id from run_words w where w.place_id = "+a.arg(r.place)+" and "+strings.Join(ofWords, " and "))
	}
	if len(r.filter.Words) > 0 {
		sets = append(sets, r.words(a))
	}
	if len(ofRuns) > 0 || len(sets) == 0 {
		sets = append(sets, "select r.id from "+r.inPlace(a)+strings.Join(append([]string{""}, ofRuns...), " and "))
	}
	q := "select s0.id from (" + sets[0] + ") s0"
	for i, set := range sets[1:] {
		q += fmt.Sprintf(" join (%s) s%d on s%[2]d.id = s0.id", set, i+1)
	}
	for i, set := range not {
		q += fmt.Sprintf(" %s not exists (select from (%s) n where n.id = s0.id)", []string{"where", "and"}[min(i, 1)], set)
	}
	return q
}

func negated(c registry.RunCondition, is string) string {
	if c.Op == registry.NotEqual {
		return "not (" + is + ")"
	}
	return is
}

// words finds the runs in which every word stands somewhere a person would look.
func (r runsAsked) words(a *asked) string {
	var words []string
	for _, w := range r.filter.Words {
		words = append(words, strings.ToLower(w))
	}
	long, short := patterns(words)
	all := a.arg(pq.Array(slices.Concat(long, short)))
	return `
		select w.run_id as id
		from run_words w
		left join (
			select e.id, lower(concat_ws(' ', '', e.name, pp.full_name)) as words
			from entities e
			join people pp on pp.id = e.id
			where lower(concat_ws(' ', '', e.name, pp.full_name)) like any(` + all + `)) n on n.id = w.created_by
		where w.place_id = ` + a.arg(r.place) + ` and (w.words like all(` + all + `) or w.words || n.words like all(` + all + `))`
}

// wordCondition is what a condition demands of a row w of run_words, != taken for
// =.
func wordCondition(a *asked, c registry.RunCondition) string {
	if c.Field == "name" && c.Op == registry.Is {
		literally := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
		var like []string
		for _, v := range c.Values {
			like = append(like, "%"+literally.Replace(v)+"%")
		}
		parts := "any(array(select lower(unnest(" + a.arg(pq.Array(like)) + "::text[]))))"
		return "w.words like " + parts + " and (lower(w.title) like " + parts + " or (select lower(r.name) from runs r where r.id = w.run_id) like " + parts + ")"
	}
	texts := a.arg(pq.Array(c.Values)) + "::text[]"
	if c.Field == "tag" {
		return "w.tags && " + texts
	}
	return "(w.title = any(" + texts + ") or w.run_id in (select r.id from runs r where r.place_id = w.place_id and r.name = any(" + texts + ")))"
}

// runCondition is what a condition demands of a row r of runs, != taken for =.
func (r runsAsked) runCondition(a *asked, c registry.RunCondition) string {
	switch c.Field {
	case "created":
		return created(a, c)
	case "runtime":
		return lasted(a, c)
	}
	texts := a.arg(pq.Array(c.Values)) + "::text[]"
	switch c.Field {
	case "state":
		return "r.state = any(" + texts + ")"
	case "group":
		return "r.group_name = any(" + texts + ")"
	case "job":
		return "r.job_type = any(" + texts + ")"
	}
	lowered := "any(array(select lower(unnest(" + texts + "))))"
	by := "r.created_by = any(array(select e.id from entities e left join people pp on pp.id = e.id where lower(e.name) = " + lowered + " or lower(pp.full_name) = " + lowered + "))"
	if slices.Contains(c.Values, "me") {
		by = "(" + by + " or r.created_by = " + a.arg(r.person) + ")"
	}
	return by
}

// created compares when the run began; a day is as long as it is.
func created(a *asked, c registry.RunCondition) string {
	var any []string
	for _, v := range c.Values {
		from, to, _ := registry.Moment(v)
		switch c.Op {
		case registry.Less:
			any = append(any, "r.created_at < "+a.arg(from))
		case registry.AtMost:
			any = append(any, "r.created_at < "+a.arg(to))
		case registry.More:
			any = append(any, "r.created_at >= "+a.arg(to))
		case registry.AtLeast:
			any = append(any, "r.created_at >= "+a.arg(from))
		default:
			any = append(any, "r.created_at >= "+a.arg(from)+" and r.created_at < "+a.arg(to))
		}
	}
	return "(" + strings.Join(any, " or ") + ")"
}

// lasted compares how long the run went on. One that goes on has no length yet.
func lasted(a *asked, c registry.RunCondition) string {
	op := "="
	if c.Op.Orders() {
		op = string(c.Op)
	}
	var any []string
	for _, v := range c.Values {
		d, _ := registry.Length(v)
		any = append(any, "r.ended_at - r.created_at "+op+" make_interval(secs => "+a.arg(d.Seconds())+")")
	}
	return "coalesce(" + strings.Join(any, " or ") + ", false)"
}

// has finds the runs that have one of some values.
func (r runsAsked) has(a *asked, c registry.RunCondition) string {
	var ids []int64
	for _, name := range c.Values {
		if id, ok := r.keys[name]; ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 1 {
		return "select run_id as id from run_values where key_id = " + a.arg(ids[0])
	}
	return "select distinct run_id as id from run_values where key_id = any(" + a.arg(pq.Array(ids)) + ")"
}

// value finds the runs whose value of config or summary is so, != taken for =:
// numbers are compared with numbers, texts with texts.
func (r runsAsked) value(a *asked, c registry.RunCondition) string {
	of := "select run_id as id from run_values where key_id = " + a.arg(r.keys[c.Field])
	if c.Op.Orders() {
		if n, ok := registry.Number(c.Values[0]); ok {
			return of + " and num " + string(c.Op) + " " + a.arg(n)
		}
		return of + ` and num is null and text <> 'NaN' and text collate "C" ` + string(c.Op) + " " + a.arg(c.Values[0])
	}
	var numbers []float64
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		texts[i] = registry.CutText(v)
		if n, ok := registry.Number(v); ok {
			numbers = append(numbers, n)
		}
	}
	set := of + ` and num is null and text collate "C" = any(` + a.arg(pq.Array(texts)) + ")"
	if len(numbers) > 0 {
		set += " union all " + of + " and num = any(" + a.arg(pq.Array(numbers)) + ")"
	}
	return set
}
