package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// anyone is the place of what needs no permission: signing in, first start.
func anyone(context.Context, *tx) error { return nil }

// everywhere is the place of what concerns the whole installation.
func everywhere(_ context.Context, t *tx) error {
	t.access = registry.Access{Kind: registry.ProjectPlace, Scope: t.by.Scope}
	if t.by.Admin && t.by.KeyPlaceID == 0 {
		t.access.Role = registry.Admin
	}
	return nil
}

// self is the place of an actor's own account. A key for one place is not good
// for it: it could make another that is good for all.
func self(_ context.Context, t *tx) error {
	t.access = registry.Access{Kind: registry.ProjectPlace, Scope: t.by.Scope}
	if t.by.PersonID != 0 && t.by.KeyPlaceID == 0 {
		t.access.Role = registry.Admin
	}
	return nil
}

// allIMaySee loads the IDs of the places the actor may look into.
func allIMaySee(ctx context.Context, t *tx) error {
	if t.by.Known() {
		t.access = registry.Access{Kind: registry.ProjectPlace, Role: registry.RestrictedViewer, Scope: t.by.Scope}
	}
	return t.loadVisible(ctx)
}

// mayLook holds for the places p of entities e that the person $1, an administrator
// of the installation if $2, may look into, with a key for the place $3 or, for 0,
// for all.
const mayLook = `
	($2 or e.id = $1
		or exists (
			select from members m
			where m.entity_id = e.id and m.person_id = $1
			and (e.kind = 'team' or m.role = 'admin' or p.everyone <> ''))
		or exists (
			select from place_members pm
			where pm.place_id = p.id
			and (pm.member_id = $1 or pm.member_id in (select entity_id from members where person_id = $1))))
	and ($3 = 0 or p.id = $3)`

// loadVisible is for what is about one place and reaches into others.
func (t *tx) loadVisible(ctx context.Context) error {
	const q = `
		select p.id
		from places p
		join entities e on e.id = p.entity_id
		where ` + mayLook + `
		order by p.id`
	if err := t.SelectContext(ctx, &t.visible, q, t.by.PersonID, t.by.Admin, t.by.KeyPlaceID); err != nil {
		return fmt.Errorf("db: visible places: %w", err)
	}
	return nil
}

// placeRow is a place with every role the actor holds there, whatever from.
type placeRow struct {
	registry.Place
	Accepts pq.StringArray
	Roles   pq.StringArray
}

// placeQuery selects places as the person $1 sees them; conditions follow.
const placeQuery = `
	select p.id, p.kind, p.name, p.description, p.accepts, p.everyone, p.created_at,
		e.id as entity_id, e.name as entity_name, e.kind as entity_kind,
		coalesce(o.id, 0) as organization_id, coalesce(o.name, '') as organization_name,
		array(
			select 'admin' where e.id = $1
			union all
			select case when e.kind = 'organization' and m.role <> 'admin' then p.everyone else m.role end
			from members m
			where m.entity_id = e.id and m.person_id = $1
			union all
			select pm.role
			from place_members pm
			where pm.place_id = p.id
			and (pm.member_id = $1 or pm.member_id in (select entity_id from members where person_id = $1))
		) as roles
	from places p
	join entities e on e.id = p.entity_id
	left join entities o on o.id = case e.kind when 'organization' then e.id else e.organization_id end
	where `

// stand makes row the place of the transaction.
func (t *tx) stand(row placeRow) {
	row.Place.Accepts = row.Accepts
	t.row, t.place, t.access = row, row.Place, t.accessIn(row)
}

// accessIn is what the actor may do in a place.
func (t *tx) accessIn(row placeRow) registry.Access {
	access := registry.Access{Kind: row.Kind, Scope: t.by.Scope}
	if t.by.KeyPlaceID != 0 && t.by.KeyPlaceID != row.ID {
		return access
	}
	if t.by.Admin {
		access.Role = registry.Admin
		return access
	}
	for _, r := range row.Roles {
		access.Role = registry.Highest(access.Role, registry.Role(r))
	}
	return access
}

// in is the place with an address or an ID.
func in(ref registry.PlaceRef) place {
	return func(ctx context.Context, t *tx) error {
		row, err := t.findPlace(ctx, ref)
		if err != nil {
			return err
		}
		t.stand(row)
		return nil
	}
}

// inPlaceOf is the place that another row names: query selects its ID.
func inPlaceOf(query string, args ...any) place {
	return func(ctx context.Context, t *tx) error {
		var id int64
		if err := t.GetContext(ctx, &id, query, args...); err != nil {
			return err
		}
		return in(registry.PlaceRef{ID: id})(ctx, t)
	}
}

// findPlace returns a place by address or ID, sql.ErrNoRows if there is none.
func (t *tx) findPlace(ctx context.Context, ref registry.PlaceRef) (row placeRow, err error) {
	if ref.ID != 0 {
		err = t.GetContext(ctx, &row, placeQuery+`p.id = $2`, t.by.PersonID, ref.ID)
		return row, err
	}
	const named = placeQuery + `p.entity_id = ` + entityNamed + ` and p.kind = $3 and lower(p.name) = lower($4)`
	err = t.GetContext(ctx, &row, named, t.by.PersonID, t.entityName(ref.Entity), ref.Kind, ref.Name)
	if !errors.Is(err, sql.ErrNoRows) || ref.Kind != registry.RegistryPlace {
		return row, err
	}
	owner, err := t.entity(ctx, t.entityName(ref.Entity))
	if err != nil {
		return row, err
	}
	above, err := t.onlyOrganization(ctx, owner)
	if err != nil {
		return row, err
	}
	const ofOrganization = placeQuery + `p.entity_id = $2 and p.kind = $3 and lower(p.name) = lower($4)`
	err = t.GetContext(ctx, &row, ofOrganization, t.by.PersonID, above, ref.Kind, ref.Name)
	return row, err
}

// onlyOrganization returns the organization that a team or a person belongs to,
// 0 for a person who belongs to none or to several.
func (t *tx) onlyOrganization(ctx context.Context, e registry.Entity) (id int64, err error) {
	if e.Kind != registry.PersonEntity {
		return e.OrganizationID, nil
	}
	const q = `
		select case when count(*) = 1 then max(e.id) else 0 end
		from members m
		join entities e on e.id = m.entity_id and e.kind = 'organization'
		where m.person_id = $1`
	if err := t.GetContext(ctx, &id, q, e.ID); err != nil {
		return 0, fmt.Errorf("db: organization of %s: %w", e.Name, err)
	}
	return id, nil
}

// inNewProject is in, making the project if there is none and the actor may log
// to its entity.
func inNewProject(ref registry.PlaceRef) place {
	return func(ctx context.Context, t *tx) error {
		err := in(ref)(ctx, t)
		if !errors.Is(err, sql.ErrNoRows) || ref.ID != 0 || ref.Kind != registry.ProjectPlace {
			return err
		}
		if err := ofEntity(ref.Entity)(ctx, t); err != nil {
			return err
		}
		if err := t.access.Require(registry.Log); err != nil {
			return err
		}
		if err := registry.CheckProjectName(ref.Name); err != nil {
			return err
		}
		const q = `
			insert into places (entity_id, kind, name, created_by, created_at)
			values ($1, 'project', $2, $3, $4)
			on conflict do nothing
			returning id`
		var id int64
		err = t.GetContext(ctx, &id, q, t.place.EntityID, ref.Name, t.by.PersonID, t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return in(ref)(ctx, t)
		}
		if err != nil {
			return fmt.Errorf("db: create project: %w", err)
		}
		if err := in(registry.PlaceRef{ID: id})(ctx, t); err != nil {
			return err
		}
		return t.record(ctx, registry.PlaceCreated{PlaceID: id, EntityID: t.place.EntityID, Kind: t.place.Kind, Place: t.place.Ref().String()})
	}
}

// ofEntity is the place of what concerns a person, a team or an organization
// itself. "" is the actor's default entity.
func ofEntity(name string) place {
	return func(ctx context.Context, t *tx) error {
		e, err := t.entity(ctx, t.entityName(name))
		if err != nil {
			return err
		}
		t.place = registry.Place{
			EntityID: e.ID, EntityName: e.Name, EntityKind: e.Kind,
			OrganizationID: e.OrganizationID, OrganizationName: e.OrganizationName,
		}
		if e.Kind == registry.OrganizationEntity {
			t.place.OrganizationID, t.place.OrganizationName = e.ID, e.Name
		}
		const q = `select role from members where entity_id = $1 and person_id = $2`
		var held []registry.Role
		if err := t.SelectContext(ctx, &held, q, e.ID, t.by.PersonID); err != nil {
			return fmt.Errorf("db: role in %s: %w", e.Name, err)
		}
		t.access = t.accessTo(e.ID, held...)
		return nil
	}
}

// accessTo is what the actor, who holds roles in an entity, may do with what is
// the entity's own and of no place. A key for one place is not good for it.
func (t *tx) accessTo(entityID int64, held ...registry.Role) registry.Access {
	access := registry.Access{Kind: registry.ProjectPlace, Scope: t.by.Scope}
	if t.by.KeyPlaceID != 0 {
		return access
	}
	if t.by.Admin || entityID == t.by.PersonID {
		held = append(held, registry.Admin)
	}
	access.Role = registry.Highest(held...)
	return access
}

// mayKnow returns NotFound unless the actor belongs to an entity or may look into
// a place of it, for lists that would otherwise be empty.
func (t *tx) mayKnow(ctx context.Context, e registry.Entity) error {
	const q = `
		select $3 = 0 and ($4 or $1::bigint = $2::bigint or exists (select from members where entity_id = $1 and person_id = $2))
			or exists (select from places where entity_id = $1 and id = any($5))`
	var may bool
	if err := t.GetContext(ctx, &may, q, e.ID, t.by.PersonID, t.by.KeyPlaceID, t.by.Admin, pq.Array(t.visible)); err != nil {
		return fmt.Errorf("db: who may know of %s: %w", e.Name, err)
	}
	if !may {
		return registry.ErrNothing
	}
	return nil
}

func (t *tx) entityName(name string) string {
	if name == "" {
		return t.by.DefaultEntity
	}
	return name
}

// entityNamed is the ID of the entity that has the name $2, or had it.
const entityNamed = `coalesce(
	(select id from entities where lower(name) = lower($2)),
	(select entity_id from former_entity_names where name = lower($2)))`

// entity returns an entity by its name or a name it had, sql.ErrNoRows if there
// is none.
func (t *tx) entity(ctx context.Context, name string) (e registry.Entity, err error) {
	const q = `
		select e.id, e.kind, e.name, e.created_at,
			coalesce(o.id, 0) as organization_id, coalesce(o.name, '') as organization_name
		from entities e
		left join entities o on o.id = e.organization_id
		where e.id = coalesce(
			(select id from entities where lower(name) = lower($1)),
			(select entity_id from former_entity_names where name = lower($1)))`
	err = t.GetContext(ctx, &e, q, name)
	return e, err
}

// addRegistry gives an entity a registry with the stages new ones start with.
func (t *tx) addRegistry(ctx context.Context, owner registry.Entity, name string, accepts []string, everyone registry.Role) error {
	const q = `
		insert into places (entity_id, kind, name, accepts, everyone, created_by, created_at)
		values ($1, 'registry', $2, $3, $4, $5, $6)
		returning id`
	var id int64
	if err := t.GetContext(ctx, &id, q, owner.ID, name, pq.StringArray(accepts), everyone, t.by.PersonID, t.at); err != nil {
		return fmt.Errorf("db: add registry %s: %w", name, err)
	}
	for _, s := range registry.NewStages {
		const q = `insert into stages (place_id, name, position, color) values ($1, $2, $3, $4)`
		if _, err := t.ExecContext(ctx, q, id, s.Name, s.Position, s.Color); err != nil {
			return fmt.Errorf("db: add stage %s: %w", s.Name, err)
		}
	}
	return t.record(ctx, registry.PlaceCreated{
		PlaceID: id, EntityID: owner.ID, Kind: registry.RegistryPlace, Place: registry.Registry(owner.Name, name).String(),
	})
}
