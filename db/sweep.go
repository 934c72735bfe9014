package db

import (
	"context"
	"fmt"
	"time"

	"greenroom/registry"
)

// failuresKept is how long failed sign-ins count against anybody at the most.
const failuresKept = 24 * time.Hour

// Sweep forgets failed sign-ins that are older than a day and sessions, sign-in
// links and invites that have expired, and returns how many. A link that is the
// only way in for somebody stays: a start of the server renews the first one's.
// It is for Greenroom itself.
func (db *DB) Sweep(ctx context.Context, by registry.Actor) (swept int64, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		const q = `
			with failures as (delete from sign_in_failures where at < $1 returning 1),
				sessions as (delete from sessions where expires_at < $2 returning 1),
				links as (
					delete from sign_in_links l
					where expires_at < $1
						and (used_at is not null or exists (select from people p where p.id = l.person_id and p.password is not null))
					returning 1),
				invites as (delete from invites where expires_at < $1 and used_at is null returning 1)
			select (select count(*) from failures) + (select count(*) from sessions)
				+ (select count(*) from links) + (select count(*) from invites)`
		if err := t.GetContext(ctx, &swept, q, t.at.Add(-failuresKept), t.at); err != nil {
			return fmt.Errorf("db: sweep: %w", err)
		}
		return nil
	})
	return swept, err
}
