package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// firstStartLock is the advisory lock that lets one process at a time find out
// whether there is anything yet.
const firstStartLock = 0xf1257

// FirstStart gives an empty installation an organization, a team and an
// administrator whose runs go to that team. Until the administrator has signed
// in, each call makes its token good for a link that signs them in once, instead
// of the last one. Where people have been added in other ways it does nothing.
func (db *DB) FirstStart(ctx context.Context, by registry.Actor, n registry.NewInstallation) (first registry.FirstStart, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		if _, err := t.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, firstStartLock); err != nil {
			return fmt.Errorf("db: first start: %w", err)
		}
		var empty bool
		if err := t.GetContext(ctx, &empty, `select not exists (select from entities)`); err != nil {
			return fmt.Errorf("db: first start: %w", err)
		}
		if empty {
			if first, err = t.settle(ctx, n); err != nil {
				return err
			}
		}
		return t.renewFirstLink(ctx, n.Token, &first)
	})
	return first, err
}

// settle makes what an installation begins with.
func (t *tx) settle(ctx context.Context, n registry.NewInstallation) (first registry.FirstStart, err error) {
	organization, err := t.addOrganization(ctx, n.Organization, false)
	if err != nil {
		return first, err
	}
	team, err := t.addEntity(ctx, registry.TeamEntity, n.Team, &organization.ID)
	if err != nil {
		return first, err
	}
	person, err := t.addPerson(ctx, registry.NewPerson{Name: n.Person, Admin: true, DefaultTeam: team.Name})
	if err != nil {
		return first, err
	}
	for _, e := range []registry.Entity{organization, team} {
		if err := t.setMember(ctx, e, person.ID, person.Name, registry.Admin); err != nil {
			return first, err
		}
	}
	return registry.FirstStart{Made: true, Organization: organization.Name, Team: team.Name, Person: person.Name},
		t.addSignInLink(ctx, person.ID, "first")
}

// renewFirstLink lets token stand for the link of the first start, if there was
// one and nobody has used it or signed in otherwise.
func (t *tx) renewFirstLink(ctx context.Context, token registry.Token, first *registry.FirstStart) error {
	const q = `
		update sign_in_links l
		set token = $1, made_at = $2, expires_at = $3
		from entities e
		where e.id = l.person_id
		and l.token = (
			select token
			from sign_in_links
			where person_id = (select min(id) from people) and used_at is null
			order by made_at, token
			limit 1)
		and not exists (select from sessions s where s.person_id = l.person_id)
		returning e.name`
	var names []string
	if err := t.SelectContext(ctx, &names, q, token.Sum(), t.at, t.at.Add(registry.SignInLinkLife)); err != nil {
		return fmt.Errorf("db: renew first link: %w", err)
	}
	if len(names) > 0 {
		first.Person, first.Link = names[0], true
	}
	return nil
}
