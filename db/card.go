package db

import (
	"context"
	"encoding/json"
	"fmt"

	"greenroom/registry"
)

// CardPage returns a registered model's card with its history, and one text of
// it if one is asked for. Returns NotFound where there is no such model or entry.
func (db *DB) CardPage(ctx context.Context, by registry.Actor, ref registry.CollectionRef, query registry.CardQuery) (p registry.CardPage, err error) {
	var found registry.Collection
	err = db.read(ctx, by, registry.Look, whereCollection(ref, &found), func(t *tx) error {
		if found.Kind != registry.Model {
			return registry.ErrNothing
		}
		p = registry.CardPage{Collection: found, Place: t.place, Access: t.access, Query: query}
		if p.Entry, err = t.cardEntry(ctx, found.ID); err != nil {
			return err
		}
		const history = `
			select e.id, e.at, e.actor, ` + called + `
			from event_subjects s
			join events e on e.id = s.event_id
			where s.kind = 'card' and s.subject_id = $1 and ($2 = 0 or s.event_id < $2)
			order by s.event_id desc
			limit $3`
		if err := t.SelectContext(ctx, &p.History, history, found.ID, query.Before, registry.PageSize+1); err != nil {
			return fmt.Errorf("db: history of a card: %w", err)
		}
		if p.More = len(p.History) > registry.PageSize; p.More {
			p.History = p.History[:registry.PageSize]
		}
		if query.Entry == nil {
			return nil
		}
		p.Shown, err = t.cardText(ctx, found.ID, *query.Entry)
		return err
	})
	return p, err
}

// cardEntry returns the newest entry of the log about a card, 0 if there is none.
func (t *tx) cardEntry(ctx context.Context, collectionID int64) (id int64, err error) {
	const q = `select coalesce(max(event_id), 0) from event_subjects where kind = 'card' and subject_id = $1`
	if err := t.GetContext(ctx, &id, q, collectionID); err != nil {
		return 0, fmt.Errorf("db: newest entry about a card: %w", err)
	}
	return id, nil
}

// cardText returns a card as it was after an entry of the log and before it; 0
// is for the card before the first entry.
func (t *tx) cardText(ctx context.Context, collectionID, entry int64) (*registry.CardText, error) {
	const q = `
		select e.id, e.at, e.actor, ` + called + `, e.payload
		from event_subjects s
		join events e on e.id = s.event_id
		where s.kind = 'card' and s.subject_id = $1 and ($2 = 0 or s.event_id = $2)
		order by s.event_id
		limit 1`
	var row struct {
		registry.CardChange
		Payload json.RawMessage
	}
	if err := t.GetContext(ctx, &row, q, collectionID, entry); err != nil {
		return nil, err
	}
	var told struct {
		Description   string
		Before, After registry.CollectionFields
	}
	if err := json.Unmarshal(row.Payload, &told); err != nil {
		return nil, fmt.Errorf("db: entry about a card: %w", err)
	}
	text := registry.CardText{CardChange: row.CardChange, After: told.Description}
	if told.After.Description != nil {
		text.Before, text.After = *told.Before.Description, *told.After.Description
	}
	if entry == 0 {
		text = registry.CardText{After: text.Before}
	}
	return &text, nil
}
