package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Changes returns what happened to the registered models that the actor may see,
// latest first: a page of what was before a change, or of the latest for 0.
func (db *DB) Changes(ctx context.Context, by registry.Actor, before int64) (p registry.ChangesPage, err error) {
	p.Before = before
	err = db.visible(ctx, by, func(t *tx) error {
		const since = `select since_at from visits where person_id = $1`
		if err := t.GetContext(ctx, &p.Since, since, by.PersonID); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("db: visit before: %w", err)
		}
		places, err := t.registries(ctx)
		if err != nil {
			return err
		}
		const q = `
			select ` + changeColumns + `
			from unnest($1::bigint[]) as asked (place)
			cross join lateral (
				select id, at, place_id, actor_id, actor, door, key_id, name, reason, payload
				from events
				where place_id = asked.place and ($2 = 0 or id < $2) and name = any($3)
				order by id desc
				limit $4) e
			` + changedModel + `
			order by e.id desc
			limit $4`
		var rows []changeRow
		ids := slices.Collect(maps.Keys(places))
		if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), before, pq.Array(registry.ModelEvents), registry.PageSize+1); err != nil {
			return fmt.Errorf("db: changes: %w", err)
		}
		if len(rows) > registry.PageSize {
			rows = rows[:registry.PageSize]
			p.Next = rows[len(rows)-1].ID
		}
		p.Changes = changesAt(rows, places, labelsOf(places))
		return nil
	})
	return p, err
}

const (
	changeColumns = `e.id, e.at, e.place_id, e.actor, ` + called + `, e.door, e.key_id, e.name, e.reason, e.payload, coalesce(c.name, '') as model, coalesce(c.type, '') as type`
	changedModel  = `
		left join event_subjects s on s.event_id = e.id and s.kind = 'collection'
		left join collections c on c.id = s.subject_id and c.place_id = e.place_id`
)

// changeRow is a change as its columns scan.
type changeRow struct {
	registry.Entry
	PlaceID int64
	Model   string
	Type    string
	SinceAt time.Time
}

func changesAt(rows []changeRow, places map[int64]placeRow, labels map[int64]string) []registry.Change {
	changes := make([]registry.Change, len(rows))
	for i, row := range rows {
		changes[i] = registry.Change{Entry: row.Entry, Place: places[row.PlaceID].Place, Label: labels[row.PlaceID], Model: row.Model, Type: row.Type}
	}
	return changes
}

// news loads what others changed in registries since the end of the actor's visit
// before. It looks at the newest events of each registry and at no others.
func (t *tx) news(ctx context.Context, places map[int64]placeRow, labels map[int64]string) (n registry.News, err error) {
	const q = `
		select v.since_at, ` + changeColumns + `
		from visits v
		cross join unnest($1::bigint[]) as asked (place)
		cross join lateral (
			select id, at, place_id, actor_id, actor, door, key_id, name, reason, payload
			from events
			where place_id = asked.place and id > v.since_event
			order by id desc
			limit $2) e
		` + changedModel + `
		where v.person_id = $3 and e.actor_id <> $3 and e.name = any($4)
		order by e.id desc
		limit $2`
	var rows []changeRow
	ids := slices.Collect(maps.Keys(places))
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), registry.NewsCounted, t.by.PersonID, pq.Array(registry.ModelEvents)); err != nil {
		return n, fmt.Errorf("db: news: %w", err)
	}
	if len(rows) == 0 {
		return n, nil
	}
	n.Since, n.Some = rows[0].SinceAt, len(rows) == registry.NewsCounted
	n.Changes = registry.Fold(changesAt(rows, places, labels))
	if len(n.Changes) > registry.NewsShown {
		n.More = len(n.Changes) - registry.NewsShown
		n.Changes = n.Changes[:registry.NewsShown]
	}
	return n, nil
}
