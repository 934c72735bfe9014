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
	keys   map[string]int64      // of the values that are asked about; those without an ID have never been used
	makers map[string][]int64    // of the filter's words, whose names they stand in
	states []registry.StateCount // of all runs, where they have been counted
	noted  []int64               // those that the filter lets through, once they are found and not too many
}

// all reports whether that is every run.
func (r runsAsked) all() bool { return len(r.filter.Conditions)+len(r.filter.Words) == 0 }

// total is how many runs there are, 0 where they have not been counted.
func (r runsAsked) total() (n int) {
	for _, s := range r.states {
		n += s.Count
	}
	return n
}

// with asks for another condition besides.
func (r runsAsked) with(c registry.RunCondition) runsAsked {
	r.filter, r.noted = r.filter.With(c), nil
	return r
}

// inPlace is every run, as a table r.
func (r runsAsked) inPlace(a *asked) string {
	return "runs r where r.place_id = " + a.arg(r.place) + " and r.deleted_at is null"
}

// sets are queries for IDs of runs, each of which an index answers: the runs asked
// for are in each of the first and in none of the others.
func (r runsAsked) sets(a *asked) (sets, not []string) {
	var ofRuns, ofWords []string // conditions on rows of runs, and of run_words
	var common []string          // the states that a condition leaves out, if those are the fewer runs
	for _, c := range r.filter.Conditions {
		is := ""
		switch {
		case c.IsValue():
			is = r.value(a, c)
		case c.Field == "has" || c.Field == "no":
			is = r.has(a, c)
		case c.Field == "tag":
			is = r.tagged(a, c)
		case c.Field == "name":
			ofWords = append(ofWords, negated(c, wordCondition(a, c)))
			continue
		case c.Field == "state" && common == nil && r.mostIn(c):
			common = r.otherStates(c)
			continue
		default:
			ofRuns = append(ofRuns, negated(c, r.runCondition(a, c)))
			continue
		}
		switch {
		case c.Op == registry.NotEqual || c.Field == "no":
			not = append(not, is)
		case c.Op.Orders() || c.Field == "has": // after those that fewer runs are in, as a rule
			sets = append(sets, is)
		default:
			sets = slices.Insert(sets, 0, is)
		}
	}
	if len(r.filter.Words) > 0 {
		ofWords = append(ofWords, r.words(a)...)
	}
	if len(ofWords) > 0 {
		sets = append(sets, "select w.run_id as id from run_words w where w.place_id = "+a.arg(r.place)+" and "+strings.Join(ofWords, " and "))
	}
	if common != nil {
		others := r.inPlace(a) + " and r.state = any(" + a.arg(pq.Array(common)) + "::text[])"
		not = append(not, "select r.id from "+others)
	}
	if len(ofRuns) > 0 || len(sets) == 0 {
		sets = append(sets, "select r.id from "+r.inPlace(a)+strings.Join(append([]string{""}, ofRuns...), " and "))
	}
	return sets, not
}

// mostIn reports whether most runs are in the states that a condition asks for.
func (r runsAsked) mostIn(c registry.RunCondition) bool {
	left := 0
	others := r.otherStates(c)
	for _, s := range r.states {
		if slices.Contains(others, string(s.State)) {
			left += s.Count
		}
	}
	return left*2 < r.total()
}

// otherStates are the states of runs that a condition does not ask for.
func (r runsAsked) otherStates(c registry.RunCondition) []string {
	others := []string{}
	for _, s := range r.states {
		if slices.Contains(c.Values, string(s.State)) == (c.Op == registry.NotEqual) {
			others = append(others, string(s.State))
		}
	}
	return others
}

// found is a query for the IDs of the runs asked for: where the sets meet. The last
// set, in which most runs are as a rule, is gone through once: Postgres takes it
// for a small one, and would put all of it into memory to look it up.
func (r runsAsked) found(a *asked) string {
	if r.noted != nil {
		return "select unnest(" + a.arg(pq.Array(r.noted)) + "::bigint[]) as id"
	}
	sets, not := r.sets(a)
	last := len(sets) - 1
	if last == 0 {
		return meeting(sets, not)
	}
	return "select most.id from (" + sets[last] + ") most where most.id in (" + meeting(sets[:last], not) + " offset 0)"
}

// meeting is a query for the IDs that are in each of some sets and in none of
// others.
func meeting(sets, not []string) string {
	q := "select s0.id from (" + sets[0] + ") s0"
	for i, set := range sets[1:] {
		q += fmt.Sprintf(" join (%s) s%d on s%[2]d.id = s0.id", set, i+1)
	}
	for i, set := range not {
		q += fmt.Sprintf(" %s not exists (select from (%s) n where n.id = s0.id)", []string{"where", "and"}[min(i, 1)], set)
	}
	return q
}

// holds is a condition on a run of the project: that it is one of those asked for.
// Each set is looked up for the run alone, and only if it was in those before.
func (r runsAsked) holds(a *asked, id string) string {
	sets, not := r.sets(a)
	is := "true"
	for _, set := range slices.Backward(not) {
		is = "case when (select true from (" + set + ") s where s.id = " + id + " limit 1) then false else " + is + " end"
	}
	for _, set := range slices.Backward(sets) {
		is = "case when (select true from (" + set + ") s where s.id = " + id + " limit 1) then " + is + " else false end"
	}
	return is
}

func negated(c registry.RunCondition, is string) string {
	if c.Op == registry.NotEqual {
		return "not (" + is + ")"
	}
	return is
}

// words are conditions on rows w of run_words: that every word stands somewhere a
// person would look.
func (r runsAsked) words(a *asked) (all []string) {
	for _, word := range r.filter.Words {
		long, short := patterns([]string{strings.ToLower(word)})
		is := "w.words like " + a.arg(slices.Concat(long, short)[0])
		if makers := r.makers[word]; len(makers) > 0 {
			is = "(" + is + " or w.created_by = any(" + a.arg(pq.Array(makers)) + "))"
		}
		all = append(all, is)
	}
	return all
}

// tagged finds the runs that have one of some tags.
func (r runsAsked) tagged(a *asked, c registry.RunCondition) string {
	of := "run_id as id from run_tags where place_id = " + a.arg(r.place) + " and tag = "
	if len(c.Values) == 1 {
		return "select " + of + a.arg(c.Values[0])
	}
	return "select distinct " + of + "any(" + a.arg(pq.Array(c.Values)) + ")"
}

// wordCondition is what a condition demands of a row w of run_words, != taken for
// =.
func wordCondition(a *asked, c registry.RunCondition) string {
	if c.Field == "name" && c.Op == registry.Is {
		literally := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
		var any []string
		for _, v := range c.Values {
			like := " like lower(" + a.arg("%"+literally.Replace(v)+"%") + "::text)"
			any = append(any, "w.words"+like+" and (lower(w.title)"+like+" or (select lower(r.name) from runs r where r.id = w.run_id)"+like+")")
		}
		return "(" + strings.Join(any, " or ") + ")"
	}
	texts := a.arg(pq.Array(c.Values)) + "::text[]"
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

// has finds the runs that have one of some values. The two indexes of a value are
// smaller than the one of all of a run's.
func (r runsAsked) has(a *asked, c registry.RunCondition) string {
	ids := []int64{}
	for _, name := range c.Values {
		if id, ok := r.keys[name]; ok {
			ids = append(ids, id)
		}
	}
	keys := a.arg(pq.Array(ids))
	of := "select run_id as id from run_values where key_id = any(" + keys + ") and num is "
	if len(ids) == 1 {
		return of + "not null union all " + of + "null"
	}
	return of + "not null union " + of + "null"
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
