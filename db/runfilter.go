package db

import (
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

// from is the runs, as a table r of IDs and whatever else runs have.
func (r runsAsked) from(a *asked) string {
	conditions := []string{"r.place_id = " + a.arg(r.place), "r.deleted_at is null"}
	for _, c := range r.filter.Conditions {
		conditions = append(conditions, r.condition(a, c))
	}
	if len(r.filter.Words) > 0 {
		conditions = append(conditions, r.words(a))
	}
	return "runs r where " + strings.Join(conditions, " and ")
}

// words finds the runs in which every word stands somewhere a person would look.
func (r runsAsked) words(a *asked) string {
	var words []string
	for _, w := range r.filter.Words {
		words = append(words, strings.ToLower(w))
	}
	long, short := patterns(words)
	all := a.arg(pq.Array(slices.Concat(long, short)))
	return `r.id in (
		select w.run_id
		from run_words w
		left join (
			select e.id, lower(concat_ws(' ', '', e.name, pp.full_name)) as words
			from entities e
			join people pp on pp.id = e.id
			where lower(concat_ws(' ', '', e.name, pp.full_name)) like any(` + all + `)) n on n.id = w.created_by
		where w.place_id = ` + a.arg(r.place) + ` and (w.words like all(` + all + `) or w.words || n.words like all(` + all + `)))`
}

// condition is what one condition demands of r.
func (r runsAsked) condition(a *asked, c registry.RunCondition) string {
	is := r.holds(a, c)
	if c.Op == registry.NotEqual {
		return "not (" + is + ")"
	}
	return is
}

// holds is what c demands of r, != taken for =.
func (r runsAsked) holds(a *asked, c registry.RunCondition) string {
	if c.IsValue() {
		return r.value(a, c)
	}
	texts := func() string { return a.arg(pq.Array(c.Values)) + "::text[]" }
	parts := func() string {
		return "any(array(select lower(unnest(" + a.arg(pq.Array(contained(c.Values))) + "::text[]))))"
	}
	// What has the value is among the runs with the word; those are found sooner.
	within := func() string {
		return "r.id in (select w.run_id from run_words w where w.place_id = " + a.arg(r.place) + " and w.words like " + parts() + ")"
	}
	switch c.Field {
	case "state":
		return "r.state = any(" + texts() + ")"
	case "tag":
		return "r.tags && " + texts() + " and " + within()
	case "name":
		if c.Op == registry.Is {
			like := parts()
			return "(lower(r.display_name) like " + like + " or lower(r.name) like " + like + ") and " + within()
		}
		names := texts()
		return "(r.display_name = any(" + names + ") or r.name = any(" + names + ")) and " + within()
	case "by":
		if slices.Contains(c.Values, "me") {
			return "(r.created_by = " + a.arg(r.person) + " or " + startedBy(texts()) + ")"
		}
		return startedBy(texts())
	case "group":
		return "r.group_name = any(" + texts() + ")"
	case "job":
		return "r.job_type = any(" + texts() + ")"
	case "created":
		return created(a, c)
	case "runtime":
		return lasted(a, c)
	case "has":
		return r.has(a, c)
	}
	return "not (" + r.has(a, c) + ")" // no: …
}

// contained are patterns for texts that hold some others.
func contained(texts []string) (like []string) {
	literally := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for _, text := range texts {
		like = append(like, "%"+literally.Replace(text)+"%")
	}
	return like
}

// startedBy finds the runs of people by name or full name.
func startedBy(names string) string {
	lowered := "any(array(select lower(unnest(" + names + "))))"
	return "r.created_by in (select e.id from entities e left join people pp on pp.id = e.id where lower(e.name) = " + lowered + " or lower(pp.full_name) = " + lowered + ")"
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
	var any []string
	for _, v := range c.Values {
		d, _ := registry.Length(v)
		op := string(c.Op)
		if !c.Op.Orders() {
			op = "="
		}
		any = append(any, "r.ended_at - r.created_at "+op+" make_interval(secs => "+a.arg(d.Seconds())+")")
	}
	return "coalesce(" + strings.Join(any, " or ") + ", false)"
}

func (r runsAsked) has(a *asked, c registry.RunCondition) string {
	var ids []int64
	for _, name := range c.Values {
		if id, ok := r.keys[name]; ok {
			ids = append(ids, id)
		}
	}
	return "r.id in (select run_id from run_values where key_id = any(" + a.arg(pq.Array(ids)) + "))"
}

// value compares a value of config or summary: numbers with numbers, texts with
// texts.
func (r runsAsked) value(a *asked, c registry.RunCondition) string {
	id, used := r.keys[c.Field]
	if !used {
		return "false"
	}
	key := a.arg(id)
	if c.Op.Orders() {
		if n, ok := registry.Number(c.Values[0]); ok {
			return "r.id in (select run_id from run_values where key_id = " + key + " and num " + string(c.Op) + " " + a.arg(n) + ")"
		}
		return "r.id in (select run_id from run_values where key_id = " + key + " and num is null and text <> 'NaN' and text collate \"C\" " + string(c.Op) + " " + a.arg(c.Values[0]) + ")"
	}
	var numbers []float64
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		texts[i] = registry.CutText(v)
		if n, ok := registry.Number(v); ok {
			numbers = append(numbers, n)
		}
	}
	return "r.id in (select run_id from run_values where key_id = " + key + " and num is null and text collate \"C\" = any(" + a.arg(pq.Array(texts)) + ")" +
		" union all select run_id from run_values where key_id = " + key + " and num = any(" + a.arg(pq.Array(numbers)) + "))"
}
