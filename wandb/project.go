package wandb

import (
	"context"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// project is a project or a registry on the wire.
type project struct {
	d                               *door
	place                           registry.PlaceDetail
	askedEntity                     string // whose it was said to be; "" if nobody said
	ID                              graphql.ID
	InternalID                      graphql.ID
	Name                            string
	EntityName                      string
	Entity                          *entity
	Description                     *string
	Access                          *string
	Views                           *jsonString
	Repo                            *string
	DockerImage                     *string
	CreatedAt                       dateTime
	UpdatedAt                       *dateTime
	IsBenchmark                     bool
	ReadOnly                        *bool
	User                            *user
	Tags                            *[]projectTag
	AllowAllArtifactTypesInRegistry bool
	Triggers                        []*trigger
	TotalSweeps                     *int32
}

type projectTag struct{ Name string }

// Who may see a place by default, on the wire: everyone in the organization, or
// those who were let in.
const (
	accessPrivate    = "PRIVATE"
	accessRestricted = "RESTRICTED"
)

func (d *door) projectOf(p registry.PlaceDetail) *project {
	access := accessPrivate
	if p.Kind == registry.RegistryPlace && p.Everyone == registry.Stranger {
		access = accessRestricted
	}
	readOnly, created, views, sweeps := !p.Access.Can(registry.Log), dateTime(p.CreatedAt), jsonString("{}"), int32(0)
	return &project{
		d: d, place: p, ID: id(projectID, p.ID), InternalID: id(internalID, p.ID), Name: p.ClientName(), EntityName: p.EntityName,
		Entity: d.entity(ownerOf(p.Place)), Description: &p.Description, Access: &access, Views: &views,
		CreatedAt: created, UpdatedAt: &created, ReadOnly: &readOnly, User: d.author(p.CreatorID, p.Creator),
		Tags: &[]projectTag{}, AllowAllArtifactTypesInRegistry: len(p.Accepts) == 0, Triggers: []*trigger{}, TotalSweeps: &sweeps,
	}
}

// ownerOf is the entity that a place belongs to.
func ownerOf(p registry.Place) registry.Entity {
	e := registry.Entity{ID: p.EntityID, Kind: p.EntityKind, Name: p.EntityName}
	if p.EntityID != p.OrganizationID {
		e.OrganizationID, e.OrganizationName = p.OrganizationID, p.OrganizationName
	} else {
		e.OrganizationID, e.OrganizationName = p.EntityID, p.EntityName
	}
	return e
}

func (d *door) project(ctx context.Context, ref registry.PlaceRef) (*project, error) {
	p, err := d.DB.Place(ctx, by(ctx), ref)
	if err != nil {
		return orNull[project](nil, err)
	}
	return d.projectOf(p), nil
}

// named is how clients ask for a project.
type named struct{ Name, EntityName *string }

// usualProject is where runs go that name no project.
const usualProject = "uncategorized"

func (n named) ref() registry.PlaceRef {
	name := deref(n.Name)
	if name == "" {
		name = usualProject
	}
	return registry.PlaceNamed(deref(n.EntityName), name)
}

// Project is the query of that name. To whoever asks for an artifact and nothing
// else, a project that is not there is one without artifacts: old clients make a
// sentence of that, and fail over a null in its place.
func (d *door) Project(ctx context.Context, asked named) (*project, error) {
	ref := asked.ref()
	p, err := d.project(ctx, ref)
	switch {
	case p != nil:
		p.askedEntity = deref(asked.EntityName)
	case err == nil && onlyAsks(ctx, "artifact"):
		p = &project{d: d, place: registry.PlaceDetail{Place: registry.Place{EntityName: ref.Entity, Kind: ref.Kind, Name: ref.Name}}}
	}
	return p, err
}

// onlyAsks reports whether nothing but one field is asked of an object.
func onlyAsks(ctx context.Context, field string) bool {
	for _, name := range graphql.SelectedFieldNames(ctx) {
		if name != field && !strings.HasPrefix(name, field+".") {
			return false
		}
	}
	return graphql.HasSelectedField(ctx, field)
}

// Model is what old clients call a project.
func (d *door) Model(ctx context.Context, asked named) (*project, error) {
	return d.project(ctx, asked.ref())
}

// Models is the query of that name: an entity's projects.
func (d *door) Models(ctx context.Context, asked struct {
	paging
	EntityName *string
	Before     *string
	Last       *int32
	Order      *string
}) (*connection[*project], error) {
	c, err := d.projects(ctx, deref(asked.EntityName), "", deref(asked.Order), asked.paging)
	return orNull(c, err)
}

// projects are a page of an entity's projects.
func (d *door) projects(ctx context.Context, entity, filters, order string, p paging) (*connection[*project], error) {
	return d.places(ctx, registry.PlaceQuery{Kind: registry.ProjectPlace, Entity: entity, Order: order}, filters, p)
}

func (d *door) places(ctx context.Context, query registry.PlaceQuery, filters string, p paging) (*connection[*project], error) {
	query.First = p.first(ctx)
	var err error
	if query.Filter, err = registry.ParseFilter(filters); err != nil {
		return nil, err
	}
	if query.After, err = p.afterID(); err != nil {
		return nil, err
	}
	list, err := d.DB.Places(ctx, by(ctx), query)
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*project, len(list.Places)), make([]string, len(list.Places))
	for i, p := range list.Places {
		nodes[i], cursors[i] = d.projectOf(p), cursorOf(p.ID)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

// Members are the people with a role in a registry itself.
func (p *project) Members(ctx context.Context) ([]*projectMember, error) {
	given, err := p.d.DB.PlaceMembers(ctx, by(ctx), p.place.Ref())
	if err != nil {
		return nil, err
	}
	members := []*projectMember{}
	for _, m := range given.People {
		members = append(members, &projectMember{
			ID: id(userID, m.PersonID), Name: &m.Name, Username: &m.Name, Email: filled(&m.Email), Role: role{string(m.Role)},
		})
	}
	return members, nil
}

// TeamMembers are the teams with a role in a registry.
func (p *project) TeamMembers(ctx context.Context) ([]*projectTeam, error) {
	given, err := p.d.DB.PlaceMembers(ctx, by(ctx), p.place.Ref())
	if err != nil {
		return nil, err
	}
	teams := []*projectTeam{}
	for _, t := range given.Teams {
		teams = append(teams, &projectTeam{Team: p.d.entity(t.Team), Role: role{string(t.Role)}})
	}
	return teams, nil
}

type role struct{ Name string }

type projectMember struct {
	ID       graphql.ID
	Name     *string
	Username *string
	Email    *string
	Role     role
}

type projectTeam struct {
	Team *entity
	Role role
}

// Sweeps are none.
func (p *project) Sweeps(struct {
	paging
	Filters *jsonString
}) *connection[*sweep] {
	return empty[*sweep]()
}

// Sweep is none.
func (p *project) Sweep(struct{ SweepName string }) *sweep { return nil }

type upsertModelInput struct {
	ID, Name, EntityName, Description, Access *string
	Views                                     *jsonString
	Framework, Repo, DockerImage              *string
	IsBenchmark, IsPublished                  *bool
	Owner                                     *graphql.ID
	Icon, RateLimits                          ignored
	AllowAllArtifactTypesInRegistry           *bool
	ArtifactTypes                             *[]artifactTypeInput
	ClientMutationID                          *string
}

type artifactTypeInput struct {
	Name        string
	Description *string
}

type upsertModelPayload struct {
	Inserted         *bool
	Project, Model   *project
	ClientMutationID *string
}

// UpsertModel is the mutation that makes a project or changes one. Making and
// changing registries is not done here yet.
func (d *door) UpsertModel(ctx context.Context, asked struct{ Input upsertModelInput }) (*upsertModelPayload, error) {
	in := asked.Input
	edit := registry.ProjectEdit{Place: named{in.Name, in.EntityName}.ref(), Description: in.Description}
	if edit.Place.Kind == registry.RegistryPlace {
		return nil, unsupported("making and changing registries from the SDK; do it in the browser")
	}
	if in.Access != nil && !strings.EqualFold(*in.Access, accessPrivate) && *in.Access != "" {
		return nil, registry.Errorf(registry.Unsupported, "Projects here are private to their team. Leave out the access %q.", *in.Access)
	}
	p, inserted, err := d.DB.UpsertProject(ctx, by(ctx), edit)
	if err != nil {
		return nil, err
	}
	wire := d.projectOf(p)
	return &upsertModelPayload{Inserted: &inserted, Project: wire, Model: wire, ClientMutationID: in.ClientMutationID}, nil
}
