package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lib/pq"
	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// Runs returns a page of a project's runs. It filters by and sorts on the fields
// W&B clients know: what is in the run's row, config.<key> and summary.<key>.
func (db *DB) Runs(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.RunQuery) (list registry.RunList, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		found, err := t.matchingRuns(ctx, query)
		if err != nil {
			return err
		}
		list.Total = len(found)
		start := afterCursor(found, query.After)
		ids := make([]int64, 0, query.First)
		for _, r := range found[start:min(len(found), start+query.First)] {
			ids = append(ids, r.ID)
		}
		if ids, err = t.fittingRuns(ctx, ids); err != nil {
			return err
		}
		list.More = start+len(ids) < len(found)
		for i, id := range ids {
			list.Cursors = append(list.Cursors, strconv.Itoa(start+i)+":"+strconv.FormatInt(id, 10))
		}
		var rows []runRow
		const page = runQuery + `r.id = any($1) order by array_position($1, r.id)`
		if err := t.SelectContext(ctx, &rows, page, pq.Array(ids)); err != nil {
			return fmt.Errorf("db: runs: %w", err)
		}
		for _, row := range rows {
			list.Runs = append(list.Runs, t.runOf(row))
		}
		return nil
	})
	return list, err
}

// maxPage is how much JSON that people wrote one page of an answer carries, in
// bytes. The next page has the rest.
const maxPage = 32 << 20

// fittingRuns returns as many of the runs, from the first on, as one page carries:
// one at least.
func (t *tx) fittingRuns(ctx context.Context, ids []int64) ([]int64, error) {
	const q = `
		select octet_length(r.config) + octet_length(p.summary)
		from unnest($1::bigint[]) with ordinality as asked (id, n)
		join runs r on r.id = asked.id
		join run_progress p on p.run_id = r.id
		order by asked.n`
	var sizes []int
	if err := t.SelectContext(ctx, &sizes, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: sizes of runs: %w", err)
	}
	return ids[:fitting(sizes)], nil
}

// fitting returns how many things of some sizes one page carries.
func fitting(sizes []int) int {
	sum := 0
	for i, size := range sizes {
		if sum += size; sum > maxPage && i > 0 {
			return i
		}
	}
	return len(sizes)
}

// matchingRuns returns the runs that pass the filter, in order. The large columns
// are read only where the query asks for what is in them.
func (t *tx) matchingRuns(ctx context.Context, query registry.RunQuery) ([]runRow, error) {
	field, descending := orderField(query.Order)
	asked := append([]string{field}, query.Filter.Fields()...)
	inConfig := slices.ContainsFunc(asked, func(f string) bool { return strings.HasPrefix(f, "config.") })
	inSummary := slices.ContainsFunc(asked, func(f string) bool { return strings.HasPrefix(f, "summary") })
	const q = `
		select r.id, r.name, r.display_name, r.notes, r.group_name as "group", r.job_type, r.tags, r.state, r.created_at,
			case when $2 then r.config else '' end as config, coalesce(e.name, '') as author,
			case when $3 then p.summary else '' end as "progress.summary", p.heartbeat_at as "progress.heartbeat_at"
		from runs r
		join run_progress p on p.run_id = r.id
		left join entities e on e.id = r.created_by
		where r.place_id = $1 and r.deleted_at is null and ($4::text[] is null or r.name = any($4))
		order by r.created_at, r.id`
	var rows []runRow
	if err := t.SelectContext(ctx, &rows, q, t.place.ID, inConfig, inSummary, pq.Array(query.Names)); err != nil {
		return nil, fmt.Errorf("db: runs: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r runRow) bool {
		return !query.Filter.Match(func(field string) any { return r.value(field) })
	})
	slices.SortStableFunc(rows, func(a, b runRow) int {
		order := compareValues(a.value(field), b.value(field), descending)
		if order == 0 && descending {
			return cmp.Compare(b.ID, a.ID)
		}
		return order
	})
	return rows, nil
}

// compareValues puts what has no value, or none that can be compared, last,
// whichever way.
func compareValues(a, b any, descending bool) int {
	_, comparable := registry.Compare(a, a)
	_, otherToo := registry.Compare(b, b)
	switch {
	case comparable && !otherToo:
		return -1
	case otherToo && !comparable:
		return 1
	case descending:
		a, b = b, a
	}
	order, _ := registry.Compare(a, b)
	return order
}

// orderField takes apart "-created_at". No sign sorts upwards.
func orderField(order string) (field string, descending bool) {
	field, descending = strings.CutPrefix(order, "-")
	field = strings.TrimPrefix(field, "+")
	if field == "" {
		field = "created_at"
	}
	return field, descending
}

// afterCursor returns where the page after a cursor begins. The cursor's number
// counts if its run has gone since.
func afterCursor(rows []runRow, cursor string) int {
	at, id, ok := strings.Cut(cursor, ":")
	if !ok {
		return 0
	}
	runID, _ := strconv.ParseInt(id, 10, 64)
	if i := slices.IndexFunc(rows, func(r runRow) bool { return r.ID == runID }); i >= 0 {
		return i + 1
	}
	n, _ := strconv.Atoi(at)
	return max(0, min(n, len(rows)))
}

// value returns a field of a run by the names that clients have for it; nil for
// what the run does not have.
func (r runRow) value(field string) any {
	switch field {
	case "name":
		return r.Name
	case "display_name", "displayName":
		return r.DisplayName
	case "state":
		return string(r.State)
	case "tags":
		return []string(r.Tags)
	case "group", "group_name", "groupName":
		return r.Group
	case "job_type", "jobType":
		return r.JobType
	case "notes", "description":
		return r.Notes
	case "username", "user", "user.username":
		return r.Author
	case "created_at", "createdAt":
		return r.CreatedAt
	case "heartbeat_at", "heartbeatAt", "updated_at", "updatedAt":
		return r.Progress.HeartbeatAt
	case "duration":
		return r.Progress.HeartbeatAt.Sub(r.CreatedAt).Seconds()
	}
	if path, ok := strings.CutPrefix(field, "config."); ok {
		return inConfig(r.Config, path)
	}
	for _, prefix := range []string{"summary_metrics.", "summaryMetrics.", "summary."} {
		if path, ok := strings.CutPrefix(field, prefix); ok {
			return jsonValue(inObject(gjson.Parse(r.Progress.Summary), path))
		}
	}
	return nil
}

// inConfig finds lr, lr.value and net.layers in {"lr":{"value":0.1},
// "net":{"value":{"layers":3}}}. A * stands for what a key's value is.
func inConfig(config, path string) any {
	path = strings.TrimSuffix(strings.Replace(path, ".*.", ".value.", 1), ".*")
	object := gjson.Parse(config)
	for key, rest := range heads(path) {
		entry := member(object, key)
		if !entry.Exists() {
			continue
		}
		value := member(entry, "value")
		if rest == "" || rest == "value" {
			return jsonValue(value)
		}
		if found := inObject(value, strings.TrimPrefix(rest, "value.")); found.Exists() {
			return jsonValue(found)
		}
	}
	return nil
}

// inObject finds a.b in {"a":{"b":1}} and in {"a.b":1}.
func inObject(object gjson.Result, path string) gjson.Result {
	for key, rest := range heads(path) {
		value := member(object, key)
		if !value.Exists() {
			continue
		}
		if rest == "" {
			return value
		}
		if found := inObject(value, rest); found.Exists() {
			return found
		}
	}
	return gjson.Result{}
}

// heads yields the ways to split a path into a first key and the rest, the
// longest key first: keys may hold dots.
func heads(path string) func(yield func(key, rest string) bool) {
	return func(yield func(key, rest string) bool) {
		for key := path; ; {
			if !yield(key, strings.TrimPrefix(path[len(key):], ".")) {
				return
			}
			dot := strings.LastIndexByte(key, '.')
			if dot < 0 {
				return
			}
			key = key[:dot]
		}
	}
}

func member(object gjson.Result, key string) (value gjson.Result) {
	if !object.IsObject() {
		return value
	}
	object.ForEach(func(k, v gjson.Result) bool {
		if k.Str == key {
			value = v
		}
		return k.Str != key
	})
	return value
}

func jsonValue(v gjson.Result) any {
	switch v.Type {
	case gjson.Null:
		return nil
	case gjson.JSON:
		if !v.IsArray() {
			return v.Raw
		}
		list := []string{}
		for _, e := range v.Array() {
			list = append(list, e.String())
		}
		return list
	}
	return v.Value()
}
