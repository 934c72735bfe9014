package db

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/lib/pq"
	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// valuesKept is how many values of one run's config, and as many of its summary,
// stand in tables and can be looked for.
const valuesKept = 300

// valuesOf reads the values of a run's config and summary that can stand in a
// table, the client's own left out.
func valuesOf(config, summary string) map[string]registry.RunValue {
	values := configValues(config)
	maps.Copy(values, summaryValues(summary))
	return values
}

func configValues(config string) map[string]registry.RunValue {
	var outer []namedValue
	gjson.Parse(config).ForEach(func(k, v gjson.Result) bool {
		if !strings.HasPrefix(k.String(), "_") && v.IsObject() {
			outer = append(outer, namedValue{registry.ConfigColumn + k.String(), v.Get("value")})
		}
		return true
	})
	return valuesIn(outer)
}

func summaryValues(summary string) map[string]registry.RunValue {
	var outer []namedValue
	gjson.Parse(summary).ForEach(func(k, v gjson.Result) bool {
		if !strings.HasPrefix(k.String(), "_") {
			outer = append(outer, namedValue{registry.SummaryColumn + k.String(), v})
		}
		return true
	})
	return valuesIn(outer)
}

// metadataValues reads the values of a version's metadata that can stand in a
// table.
func metadataValues(metadata string) map[string]registry.RunValue {
	var outer []namedValue
	gjson.Parse(metadata).ForEach(func(k, v gjson.Result) bool {
		outer = append(outer, namedValue{k.String(), v})
		return true
	})
	return valuesIn(outer)
}

// namedValue is a value that may stand in a table under a name, or an object whose
// members may.
type namedValue struct {
	name string
	gjson.Result
}

// valuesIn reads values, the members of objects under their names and that of the
// object. Where there are too many, the outer ones are kept, and those of objects
// with few: a thousand labels do not keep a learning rate out. Pictures, tables and
// the like are no values.
func valuesIn(level []namedValue) map[string]registry.RunValue {
	values := map[string]registry.RunValue{}
	for len(level) > 0 && len(values) < valuesKept {
		var objects [][]namedValue
		for _, v := range level {
			if v.IsObject() && !v.Get("_type").Exists() {
				objects = append(objects, v.members())
			} else if len(values) < valuesKept {
				v.addTo(values)
			}
		}
		slices.SortStableFunc(objects, func(a, b []namedValue) int { return len(a) - len(b) })
		level = slices.Concat(objects...)
	}
	return values
}

// members are as much of an object as can be kept.
func (v namedValue) members() (members []namedValue) {
	v.ForEach(func(k, inner gjson.Result) bool {
		members = append(members, namedValue{v.name + "." + k.String(), inner})
		return len(members) < valuesKept
	})
	return members
}

func (v namedValue) addTo(values map[string]registry.RunValue) {
	name := registry.Printable(v.name)
	switch {
	case len(name) > registry.MaxValueName:
	case v.Type == gjson.Number:
		values[name] = registry.RunValue{Number: v.Float(), IsNumber: true}
	case v.Type == gjson.String:
		values[name] = registry.RunValue{Text: registry.CutText(registry.Printable(v.String()))}
	case v.Type == gjson.True || v.Type == gjson.False || v.IsArray():
		values[name] = registry.RunValue{Text: registry.CutText(registry.Printable(v.Raw))}
	}
}

// keepConfig keeps the values of a run's config beside it.
func (t *tx) keepConfig(ctx context.Context, runID int64, config string) error {
	return t.keepValues(ctx, runID, registry.ConfigColumn, configValues(config))
}

// keepSummary keeps the values of a run's summary beside it.
func (t *tx) keepSummary(ctx context.Context, runID int64, summary string) error {
	return t.keepValues(ctx, runID, registry.SummaryColumn, summaryValues(summary))
}

// keepValues makes the values of a run whose names begin with prefix those given.
// It writes what is not so already: most of a live run's summary stays as it was.
func (t *tx) keepValues(ctx context.Context, runID int64, prefix string, values map[string]registry.RunValue) error {
	names := slices.Sorted(maps.Keys(values)) // so that two who add keys wait in one order
	numbers, texts := make([]float64, len(names)), make([]string, len(names))
	for i, name := range names {
		v := values[name]
		numbers[i], texts[i] = v.Number, v.Text
		if !v.IsNumber {
			numbers[i] = math.NaN()
		} else if v.Number != v.Number {
			texts[i] = registry.NaN
		}
	}
	const q = `
		with said as materialized (
			select s.name, k.id, nullif(s.num, 'NaN') as num, case when s.num = 'NaN' then s.text end as text
			from unnest($3::text[], $4::float8[], $5::text[]) as s (name, num, text)
			left join run_keys k on k.place_id = $2 and k.name = s.name
		), gone as (
			delete from run_values v
			using run_keys k
			where v.run_id = $1 and k.id = v.key_id and starts_with(k.name, $6)
			and not exists (select from said where said.id = v.key_id)
		), kept as (
			insert into run_values (run_id, key_id, num, text)
			select $1, id, num, text from said where id is not null
			on conflict (run_id, key_id) do update set num = excluded.num, text = excluded.text
				where (run_values.num, run_values.text) is distinct from (excluded.num, excluded.text)
		)
		select count(*) from said where id is null`
	const keys = `
		insert into run_keys (place_id, name)
		select $1, unnest($2::text[])
		on conflict do nothing`
	var unknown int
	for try := range 2 {
		if err := t.GetContext(ctx, &unknown, q, runID, t.place.ID, pq.Array(names), pq.Array(numbers), pq.Array(texts), prefix); err != nil {
			return fmt.Errorf("db: keep values: %w", err)
		}
		if unknown == 0 || try > 0 {
			break
		}
		if _, err := t.ExecContext(ctx, keys, t.place.ID, pq.Array(names)); err != nil {
			return fmt.Errorf("db: keep keys: %w", err)
		}
	}
	return nil
}

// dropValues takes the values of a run that is deleted.
func (t *tx) dropValues(ctx context.Context, runID int64) error {
	const q = `delete from run_values where run_id = $1`
	if _, err := t.ExecContext(ctx, q, runID); err != nil {
		return fmt.Errorf("db: drop values: %w", err)
	}
	return nil
}

// valuesBatch is how many runs get their values in one transaction.
const valuesBatch = 200

// keepOldValues keeps the values of some runs that were there before values were
// kept, and reports whether there may be more. Several may call it at once.
func (db *DB) keepOldValues(ctx context.Context) (more bool, err error) {
	err = db.change(ctx, registry.System(registry.Worker), registry.Administer, everywhere, func(t *tx) error {
		const take = `
			delete from runs_without_values
			where run_id in (select run_id from runs_without_values order by run_id limit $1 for update skip locked)
			returning run_id`
		var ids []int64
		if err := t.SelectContext(ctx, &ids, take, valuesBatch); err != nil || len(ids) == 0 {
			return err
		}
		more = true
		const q = `
			select r.id, r.place_id, r.config, p.summary as "progress.summary"
			from runs r
			join run_progress p on p.run_id = r.id
			where r.id = any($1) and r.deleted_at is null
			order by r.place_id, r.id
			for no key update of r`
		var rows []registry.Run
		if err := t.SelectContext(ctx, &rows, q, pq.Array(ids)); err != nil {
			return fmt.Errorf("db: runs without values: %w", err)
		}
		for _, r := range rows {
			t.place.ID = r.PlaceID
			if err := t.keepConfig(ctx, r.ID, r.Config); err != nil {
				return err
			}
			if err := t.keepSummary(ctx, r.ID, r.Progress.Summary); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}
