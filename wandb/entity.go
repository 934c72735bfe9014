package wandb

import (
	"context"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// user is a person on the wire. Of the authors of runs and places only the name
// is known; nobody asks for more of them.
type user struct {
	d             *door
	ID            graphql.ID
	Name          string
	Username      *string
	Email         *string
	Admin         *bool
	Flags         *jsonString
	Entity        *string
	DeletedAt     *dateTime
	ApiKeys       *connection[*apiKey]
	Teams         *connection[*entity]
	Organizations []*organization
}

type apiKey struct {
	ID          graphql.ID
	Name        string
	Description *string
}

// author is the person with a number, as the maker of something.
func (d *door) author(n int64, name string) *user {
	if name == "" {
		return nil
	}
	return &user{d: d, ID: id(userID, n), Name: name, Username: &name, Organizations: []*organization{}}
}

func (d *door) user(i registry.Identity) *user {
	u := d.author(i.ID, i.Name)
	flags := jsonString("{}")
	u.Email, u.Admin, u.Flags, u.Entity = filled(&i.Email), &i.Admin, &flags, &i.DefaultEntity
	var keys []*apiKey
	for _, k := range i.Keys {
		keys = append(keys, &apiKey{ID: id(apiKeyID, k.ID), Name: k.Hint, Description: &k.Name})
	}
	u.ApiKeys = whole(keys)
	var teams []*entity
	for _, e := range i.Teams {
		teams = append(teams, d.entity(e))
	}
	u.Teams = whole(teams)
	for _, e := range i.Organizations {
		u.Organizations = append(u.Organizations, d.organization(e))
	}
	return u
}

// Projects are the places in the person's own entity.
func (u *user) Projects(ctx context.Context, p paging) (*connection[*project], error) {
	return u.d.projects(ctx, u.Name, "", "", p)
}

// Viewer is the query of that name: who is asking.
func (d *door) Viewer(ctx context.Context) (*user, error) {
	i, err := d.DB.Identity(ctx, by(ctx))
	if err != nil {
		return nil, err
	}
	return d.user(i), nil
}

// Users is the query of that name.
func (d *door) Users(ctx context.Context, asked struct {
	paging
	Query *string
}) (*connection[*user], error) {
	found, err := d.DB.PeopleLike(ctx, by(ctx), deref(asked.Query), asked.first(ctx))
	if err != nil {
		return nil, err
	}
	users := make([]*user, len(found))
	for i, p := range found {
		users[i] = d.user(p)
	}
	return whole(users), nil
}

// entity is a person, a team or an organization on the wire.
type entity struct {
	d                    *door
	detail               *registry.EntityDetail // nil where only the name matters
	ID                   graphql.ID
	Name                 string
	Available            *bool
	PhotoUrl             *string
	ReadOnly             *bool
	ReadOnlyAdmin        bool
	IsTeam               bool
	EntityType           *string
	PrivateOnly          bool
	StorageBytes         int64Scalar
	CodeSavingEnabled    bool
	DefaultAccess        string
	IsPaid               *bool
	Limits               *inlineJSON
	XxhashDigestsEnabled bool
	Organization         *organization
	User                 *user
}

// entityTypes is what the kinds of entity are called on the wire.
var entityTypes = map[registry.EntityKind]string{
	registry.PersonEntity: "user", registry.TeamEntity: "team", registry.OrganizationEntity: "organization",
}

func (d *door) entity(e registry.Entity) *entity {
	kind, no := entityTypes[e.Kind], false
	wire := &entity{
		d: d, ID: id(entityID, e.ID), Name: e.Name, Available: &no, ReadOnly: &no, IsTeam: e.Kind == registry.TeamEntity,
		EntityType: &kind, PrivateOnly: true, DefaultAccess: "PRIVATE", IsPaid: &no,
	}
	switch {
	case e.Kind == registry.OrganizationEntity:
		wire.Organization = &organization{
			d: d, ID: id(organizationID, e.ID), Name: e.Name, OrgEntity: wire,
			AdvancedRegistryFeatures: &advancedRegistryFeatures{},
		}
	case e.OrganizationID != 0:
		wire.Organization = d.organization(registry.Entity{ID: e.OrganizationID, Kind: registry.OrganizationEntity, Name: e.OrganizationName})
	}
	return wire
}

// Entity is the query of that name. Without a name it is the caller's default
// one.
func (d *door) Entity(ctx context.Context, asked struct{ Name *string }) (*entity, error) {
	detail, err := d.DB.EntityDetail(ctx, by(ctx), deref(asked.Name))
	if err != nil {
		return orNull[entity](nil, err)
	}
	e := d.entity(detail.Entity)
	e.detail = &detail
	readOnly := !detail.Access.Can(registry.Log)
	e.ReadOnly = &readOnly
	if detail.Person != nil {
		e.User = d.user(*detail.Person)
	}
	return e, nil
}

// member is somebody in a team on the wire.
type member struct {
	ID          *graphql.ID
	Role        *string
	Admin       *bool
	Pending     *bool
	Email       *string
	Username    *string
	Name        string
	PhotoUrl    *string
	AccountType *string
	ApiKey      *string
}

// Members are the people of a team or organization.
func (e *entity) Members(ctx context.Context) ([]*member, error) {
	if e.detail == nil {
		detail, err := e.d.DB.EntityDetail(ctx, by(ctx), e.Name)
		if registry.KindOf(err) == registry.NotFound {
			return []*member{}, nil
		}
		if err != nil {
			return nil, err
		}
		e.detail = &detail
	}
	members := []*member{}
	for _, m := range e.detail.Members {
		n, role, admin, pending, kind := id(userID, m.PersonID), string(m.Role), m.Role == registry.Admin, false, "USER"
		name := m.FullName
		if name == "" {
			name = m.Name
		}
		members = append(members, &member{
			ID: &n, Role: &role, Admin: &admin, Pending: &pending, Email: filled(&m.Email), Username: &m.Name, Name: name, AccountType: &kind,
		})
	}
	return members, nil
}

// Project is one of the entity's projects or registries.
func (e *entity) Project(ctx context.Context, asked struct{ Name *string }) (*project, error) {
	return e.d.project(ctx, registry.PlaceNamed(e.Name, deref(asked.Name)))
}

// Projects are the entity's projects; of an organization, its registries.
func (e *entity) Projects(ctx context.Context, asked struct {
	paging
	Filters *jsonString
	Order   *string
}) (*connection[*project], error) {
	query := registry.PlaceQuery{Kind: registry.ProjectPlace, Entity: e.Name, Order: deref(asked.Order)}
	if *e.EntityType == entityTypes[registry.OrganizationEntity] {
		query.Kind = registry.RegistryPlace
	}
	return e.d.places(ctx, query, string(deref(asked.Filters)), asked.paging)
}

// Triggers are the automations on the entity and in it.
func (e *entity) Triggers(triggerPage) *connection[*trigger] { return empty[*trigger]() }

// Integrations are the webhooks and Slack channels of the entity.
func (e *entity) Integrations(paging) *connection[*integration] { return empty[*integration]() }

// organization is one on the wire. Its entity owns its registries.
type organization struct {
	d                        *door
	ID                       graphql.ID
	Name                     string
	OrgEntity                *entity
	AdvancedRegistryFeatures *advancedRegistryFeatures
	CoreWeaveOrganizationId  *string
}

type advancedRegistryFeatures struct{ AdvancedSearch bool }

type featureFlag struct {
	RampKey   string
	IsEnabled bool
}

// organization is an entity of that kind in its other shape.
func (d *door) organization(e registry.Entity) *organization { return d.entity(e).Organization }

// FeatureFlags are none.
func (o *organization) FeatureFlags(struct{ RampIDType *string }) *[]*featureFlag {
	return &[]*featureFlag{}
}

// Triggers are the automations of the organization.
func (o *organization) Triggers(triggerPage) *connection[*trigger] { return empty[*trigger]() }

// Organization is the query of that name.
func (d *door) Organization(ctx context.Context, asked struct{ Name string }) (*organization, error) {
	detail, err := d.DB.EntityDetail(ctx, by(ctx), asked.Name)
	if err != nil || detail.Kind != registry.OrganizationEntity {
		return orNull[organization](nil, err)
	}
	return d.organization(detail.Entity), nil
}
