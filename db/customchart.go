package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// CreateChart keeps a custom chart of an entity, "" for the actor's default one,
// and returns its address. Returns Invalid for one that cannot be kept, Conflict
// where there is one of that name.
func (db *DB) CreateChart(ctx context.Context, by registry.Actor, chart registry.CustomChart) (ref registry.ChartRef, err error) {
	err = db.change(ctx, by, registry.Log, ofEntity(chart.EntityName), func(t *tx) error {
		if err := chart.Check(); err != nil {
			return err
		}
		chart.EntityID, chart.EntityName = t.place.EntityID, t.place.EntityName
		ref = chart.Ref()
		if err := t.roomForChart(ctx, ref); err != nil {
			return err
		}
		const q = `
			insert into custom_charts (entity_id, name, display_name, type, access, spec, created_by, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`
		if _, err := t.ExecContext(ctx, q, chart.EntityID, chart.Name, chart.DisplayName, chart.Type, chart.Access, chart.Spec, t.by.PersonID, t.at); err != nil {
			return fmt.Errorf("db: create custom chart: %w", err)
		}
		return t.record(ctx, registry.ChartCreated{EntityID: chart.EntityID, Chart: ref.String(), Access: chart.Access})
	})
	return ref, err
}

// roomForChart locks the entity the transaction is about, so that its charts are
// counted right, and returns an error if it has no room for one of a name.
func (t *tx) roomForChart(ctx context.Context, ref registry.ChartRef) error {
	const lock = `select id from entities where id = $1 for no key update`
	if _, err := t.ExecContext(ctx, lock, t.place.EntityID); err != nil {
		return fmt.Errorf("db: lock entity: %w", err)
	}
	const q = `select count(*), coalesce(bool_or(lower(name) = lower($2)), false) from custom_charts where entity_id = $1`
	var has int
	var taken bool
	if err := t.QueryRowxContext(ctx, q, t.place.EntityID, ref.Name).Scan(&has, &taken); err != nil {
		return fmt.Errorf("db: count custom charts: %w", err)
	}
	if taken {
		return registry.Errorf(registry.Conflict, "There is a custom chart %s already. Give this one another name.", ref)
	}
	return registry.ChartRoom(has)
}

// findCharts finds the custom charts by which items are drawn. Those that the
// actor may not see are left out as if there were none: a run's config may name
// any.
func (t *tx) findCharts(ctx context.Context, items []registry.MediaItem) error {
	var entities, names []string
	var of []int64
	for i, item := range items {
		if item.Plot == nil {
			continue
		}
		if ref, ok := item.Plot.Chart(); ok {
			entities, names, of = append(entities, ref.Entity), append(names, ref.Name), append(of, int64(i))
		}
	}
	if len(of) == 0 {
		return nil
	}
	const q = `
		select w.item, m.role, c.id, c.entity_id, e.name as entity_name, c.name, c.display_name, c.type, c.access, c.spec, c.created_by, c.created_at
		from unnest($2::text[], $3::text[], $4::bigint[]) as w (entity, name, item)
		join entities e on e.id = coalesce(
			(select id from entities where lower(name) = lower(w.entity)),
			(select entity_id from former_entity_names where name = lower(w.entity)))
		join custom_charts c on c.entity_id = e.id and lower(c.name) = lower(w.name)
		left join members m on m.entity_id = e.id and m.person_id = $1`
	var rows []struct {
		registry.CustomChart
		Item int
		Role *registry.Role
	}
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, textArray(entities), textArray(names), pq.Array(of)); err != nil {
		return fmt.Errorf("db: custom charts: %w", err)
	}
	for i := range rows {
		if row := &rows[i]; row.Visible(t.accessTo(row.EntityID, or(row.Role, registry.Stranger))) {
			items[row.Item].Chart = &row.CustomChart
		}
	}
	return nil
}
