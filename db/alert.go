package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"greenroom/registry"
)

// AlertRun tells the people behind a run something that its script wants them to
// read, unless it told them the same title less than wait ago. The alert is its
// event and nothing else. Returns Invalid for one that cannot be kept, of which a
// warning on the run tells as well: clients pass over what they are answered.
func (db *DB) AlertRun(ctx context.Context, by registry.Actor, ref registry.RunRef, alert registry.Alert, wait time.Duration) error {
	var refused error
	err := db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.lockRun(ctx, ref)
		if err != nil {
			return err
		}
		run, err := t.run(ctx, id)
		if err != nil {
			return err
		}
		refused = alert.Check()
		if refused == nil {
			sent, last, err := t.alertsLike(ctx, id, alert.Title)
			if err != nil || alert.Repeats(last, t.at, wait) {
				return err
			}
			refused = alert.Room(sent)
		}
		if said, ok := errors.AsType[*registry.Error](refused); ok {
			return t.warn(ctx, run, "An alert was not kept. "+said.Message)
		}
		return t.record(ctx, registry.RunAlerted{RunID: id, PlaceID: run.PlaceID, Run: run.Ref().String(), Alert: alert})
	})
	if err != nil {
		return err
	}
	return refused
}

// alertsLike returns how many alerts a run has sent, and when the last of them
// that had a title, the zero time if none had.
func (t *tx) alertsLike(ctx context.Context, runID int64, title string) (sent int, last time.Time, err error) {
	const q = `
		select count(*), max(e.at) filter (where e.payload ->> 'title' = $2)
		from event_subjects s
		join events e on e.id = s.event_id
		where s.kind = $3 and s.subject_id = $1`
	var at sql.NullTime
	if err := t.QueryRowxContext(ctx, q, runID, title, registry.AlertsSubject).Scan(&sent, &at); err != nil {
		return 0, last, fmt.Errorf("db: alerts like one: %w", err)
	}
	return sent, at.Time, nil
}

// alerts returns a page of the alerts that a run has sent, the newest first.
func (t *tx) alerts(ctx context.Context, runID, before int64) (a registry.RunAlerts, err error) {
	const q = `
		select e.id, e.at, e.payload ->> 'title' as title, e.payload ->> 'text' as text, e.payload ->> 'level' as level,
			(select count(*) from event_subjects where kind = $2 and subject_id = $1) as all
		from event_subjects s
		join events e on e.id = s.event_id
		where s.kind = $2 and s.subject_id = $1 and ($3 = 0 or s.event_id < $3)
		order by s.event_id desc
		limit $4`
	var rows []struct {
		registry.SentAlert
		All int
	}
	if err := t.SelectContext(ctx, &rows, q, runID, registry.AlertsSubject, before, registry.AlertsPage+1); err != nil {
		return a, fmt.Errorf("db: alerts: %w", err)
	}
	a.Before = before
	for i, row := range rows {
		if a.All = row.All; i == registry.AlertsPage {
			a.Next = a.Sent[i-1].ID
			break
		}
		a.Sent = append(a.Sent, row.SentAlert)
	}
	return a, nil
}
