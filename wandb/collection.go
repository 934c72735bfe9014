package wandb

import (
	"context"
	"slices"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// collection is a sequence or a portfolio on the wire: where artifacts are
// logged, or a registered model.
type collection struct {
	d                   *door
	c                   registry.CollectionDetail
	counted             bool // whether c knows the latest artifact
	ID                  graphql.ID
	Name                string
	Description         *string
	CreatedAt           dateTime
	UpdatedAt           *dateTime
	State               *string
	Project             *project
	DefaultArtifactType *artifactType
	DigestAlgorithm     *string
}

const (
	stateReady   = "READY"
	stateDeleted = "DELETED"
	digestMD5    = "MANIFEST_MD5"
)

func (d *door) collection(c registry.CollectionDetail) *collection {
	changed, state, algorithm := dateTime(c.ChangedAt), stateReady, digestMD5
	wire := &collection{
		d: d, c: c, ID: id(collectionID, c.ID), Name: c.Name, CreatedAt: dateTime(c.CreatedAt),
		UpdatedAt: &changed, State: &state, DefaultArtifactType: d.artifactType(registry.PlaceRef{ID: c.Place.ID}, registry.ArtifactType{Name: c.Type, CreatedAt: c.CreatedAt}),
		DigestAlgorithm: &algorithm,
	}
	if c.Description != "" { // clients of 0.22 take no empty text
		wire.Description = &c.Description
	}
	if c.Access.Can(registry.Look) {
		wire.Project = d.projectOf(registry.PlaceDetail{Place: c.Place, Access: c.Access})
	}
	return wire
}

// standing is the collection that a version stands in.
func (d *door) standing(s registry.Standing) *collection {
	return d.collection(registry.CollectionDetail{Collection: s.Collection, Place: s.Place, Access: s.Access})
}

func (c *collection) ToArtifactSequence() (*collection, bool) {
	return c, c.c.Kind == registry.Source
}

func (c *collection) ToArtifactPortfolio() (*collection, bool) {
	return c, c.c.Kind == registry.Model
}

// Tags are the collection's tags.
func (c *collection) Tags(paging) *connection[*tag] { return whole(tagsOf(c.c.ID, c.c.Tags)) }

// Aliases are those in use, latest included and numbers not.
func (c *collection) Aliases(ctx context.Context, _ paging) (*connection[*artifactAlias], error) {
	full, err := c.d.DB.Collection(ctx, by(ctx), registry.CollectionRef{ID: c.c.ID})
	if err != nil {
		return nil, err
	}
	aliases := make([]*artifactAlias, len(full.Aliases))
	for i, a := range full.Aliases {
		aliases[i] = &artifactAlias{ID: id(aliasID, a.ID), Alias: a.Name, ArtifactCollectionName: &c.Name, ArtifactCollection: c}
	}
	return whole(aliases), nil
}

// LatestArtifact is the one with the highest number.
func (c *collection) LatestArtifact(ctx context.Context) (*artifact, error) {
	if c.c.ID == 0 {
		return nil, nil
	}
	latest := c.c.LatestArtifactID
	if !c.counted {
		full, err := c.d.DB.Collection(ctx, by(ctx), registry.CollectionRef{ID: c.c.ID})
		if err != nil {
			return orNull[artifact](nil, err)
		}
		latest = full.LatestArtifactID
	}
	if latest == 0 {
		return nil, nil
	}
	// Those who log ask after each artifact which one it follows, and for its ID alone.
	if slices.Equal(graphql.SelectedFieldNames(ctx), []string{"id"}) {
		return &artifact{d: c.d, ID: id(artifactID, latest)}, nil
	}
	v, err := c.d.DB.Artifact(ctx, by(ctx), registry.ArtifactRef{ID: latest})
	if err != nil {
		return orNull[artifact](nil, err)
	}
	return c.d.artifact(v), nil
}

// ArtifactMembership is the version with an alias, a number or a digest.
func (c *collection) ArtifactMembership(ctx context.Context, asked struct{ AliasName string }) (*membership, error) {
	return c.d.membership(ctx, registry.VersionRef{Collection: registry.CollectionRef{ID: c.c.ID}, Alias: asked.AliasName})
}

// ArtifactMemberships are the collection's versions, newest first.
func (c *collection) ArtifactMemberships(ctx context.Context, p paging) (*connection[*membership], error) {
	list, cursors, err := c.versions(ctx, versionsAsked{paging: p})
	if err != nil {
		return nil, err
	}
	nodes := make([]*membership, len(list.Versions))
	for i, v := range list.Versions {
		nodes[i] = c.d.membershipOf(v)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

type versionsAsked struct {
	paging
	Order   *string
	Filters *jsonString
}

type versionedConnection struct {
	Edges      []versionedEdge
	PageInfo   pageInfo
	TotalCount int32
}

type versionedEdge struct {
	Version string
	Node    *artifact
	Cursor  string
}

// Artifacts are the collection's versions, newest first unless the order says
// otherwise.
func (c *collection) Artifacts(ctx context.Context, asked versionsAsked) (*versionedConnection, error) {
	list, cursors, err := c.versions(ctx, asked)
	if err != nil {
		return nil, err
	}
	answer := &versionedConnection{Edges: []versionedEdge{}, PageInfo: pageOf(cursors, list.More), TotalCount: int32(list.Total)}
	for i, v := range list.Versions {
		answer.Edges = append(answer.Edges, versionedEdge{v.Name(), c.d.artifact(v), cursors[i]})
	}
	return answer, nil
}

func (c *collection) versions(ctx context.Context, asked versionsAsked) (list registry.VersionList, cursors []string, err error) {
	if c.c.ID == 0 { // a source that the caller may not see
		return list, nil, registry.ErrNothing
	}
	filter, err := registry.ParseFilter(string(deref(asked.Filters)))
	if err != nil {
		return list, nil, err
	}
	after, err := asked.afterID()
	if err != nil {
		return list, nil, err
	}
	part := registry.VersionRange{After: after, First: asked.first(ctx), Order: orderOf(deref(asked.Order))}
	ref := registry.CollectionRef{ID: c.c.ID}
	if onlyState(filter) {
		list, err = c.d.DB.Versions(ctx, by(ctx), ref, part)
	} else {
		list, err = c.d.DB.SearchVersions(ctx, by(ctx), registry.Search{
			CollectionID: c.c.ID, Versions: filter, Order: deref(asked.Order), After: after, First: part.First,
		})
	}
	for _, v := range list.Versions {
		cursors = append(cursors, cursorOf(v.ID))
	}
	return list, cursors, err
}

// onlyState reports whether a filter asks for no more than committed versions,
// as clients do unless told otherwise: there are no others.
func onlyState(filter registry.Filter) bool {
	for _, f := range filter.Fields() {
		if f != "state" {
			return false
		}
	}
	return filter.Match(func(string) any { return "COMMITTED" })
}

// orderOf reads the order of a list of versions, whose names and changes come in
// the order of their numbers.
func orderOf(order string) registry.Order {
	name, descending := strings.CutPrefix(order, "-")
	field := map[string]registry.OrderField{
		"name": registry.ByNumber, "version_index": registry.ByNumber, "versionIndex": registry.ByNumber,
		"updated_at": registry.ByNumber, "updatedAt": registry.ByNumber,
		"created_at": registry.ByCreatedAt, "createdAt": registry.ByCreatedAt,
	}[strings.TrimPrefix(name, "+")]
	if field == "" {
		return registry.Order{}
	}
	return registry.Order{By: field, Descending: descending}
}

// collectionNamed is one of a place's collections; null if there is none, or it
// is of another type or kind than asked for.
func (d *door) collectionNamed(ctx context.Context, ref registry.PlaceRef, name, artifactType string, kind registry.CollectionKind) (*collection, error) {
	c, err := d.DB.Collection(ctx, by(ctx), registry.CollectionRef{Place: ref, Name: name})
	if err != nil || artifactType != "" && c.Type != artifactType || kind != "" && c.Kind != kind {
		return orNull[collection](nil, err)
	}
	return d.collection(c), nil
}

type collectionsAsked struct {
	paging
	Filters *jsonString
	Order   *string
}

// ArtifactCollections are all of the project's.
func (p *project) ArtifactCollections(ctx context.Context, asked collectionsAsked) (*connection[*collection], error) {
	return p.d.searchCollections(ctx, p.place.Ref(), "", asked)
}

// ArtifactCollection is one of the project's.
func (p *project) ArtifactCollection(ctx context.Context, asked struct{ Name string }) (*collection, error) {
	return p.d.collectionNamed(ctx, p.place.Ref(), asked.Name, "", "")
}

// ArtifactCollection is the query of that name.
func (d *door) ArtifactCollection(ctx context.Context, asked struct{ ID graphql.ID }) (*collection, error) {
	n, err := number(asked.ID, collectionID)
	if err != nil {
		return orNull[collection](nil, err)
	}
	c, err := d.DB.Collection(ctx, by(ctx), registry.CollectionRef{ID: n})
	if err != nil {
		return orNull[collection](nil, err)
	}
	return d.collection(c), nil
}

// searchCollections is a page of a place's collections, of one type or all, that
// pass a filter.
func (d *door) searchCollections(ctx context.Context, ref registry.PlaceRef, artifactType string, asked collectionsAsked) (*connection[*collection], error) {
	search := registry.Search{Place: ref, Type: artifactType, Order: deref(asked.Order), First: asked.first(ctx)}
	var err error
	if search.After, err = asked.afterID(); err != nil {
		return nil, err
	}
	if search.Collections, err = registry.ParseFilter(string(deref(asked.Filters))); err != nil {
		return nil, err
	}
	return d.foundCollections(ctx, search)
}

func (d *door) foundCollections(ctx context.Context, search registry.Search) (*connection[*collection], error) {
	list, err := d.DB.SearchCollections(ctx, by(ctx), search)
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*collection, len(list.Collections)), make([]string, len(list.Collections))
	for i, c := range list.Collections {
		nodes[i], cursors[i] = d.collection(c), cursorOf(c.ID)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

// ArtifactCollections are those in the organization's registries.
func (e *entity) ArtifactCollections(ctx context.Context, asked struct {
	collectionsAsked
	ProjectFilters  *jsonString
	CollectionTypes *[]string
}) (*connection[*collection], error) {
	search := registry.Search{Entity: e.Name, Order: deref(asked.Order), First: asked.first(ctx)}
	if asked.CollectionTypes != nil {
		search.Kinds = []registry.CollectionKind{}
		for _, t := range *asked.CollectionTypes {
			search.Kinds = append(search.Kinds, collectionKinds[t])
		}
	}
	if err := readSearch(&search, asked.paging, asked.ProjectFilters, asked.Filters, nil); err != nil {
		return nil, err
	}
	return e.d.foundCollections(ctx, search)
}

// collectionKinds is what the kinds of collection are called on the wire.
var collectionKinds = map[string]registry.CollectionKind{"SEQUENCE": registry.Source, "PORTFOLIO": registry.Model}

// ArtifactMemberships are the versions in the organization's registries.
func (e *entity) ArtifactMemberships(ctx context.Context, asked struct {
	paging
	ProjectFilters, CollectionFilters, Filters *jsonString
	Order                                      *string
}) (*connection[*membership], error) {
	search := registry.Search{Entity: e.Name, Order: deref(asked.Order), First: asked.first(ctx), Kinds: []registry.CollectionKind{registry.Model}}
	if err := readSearch(&search, asked.paging, asked.ProjectFilters, asked.CollectionFilters, asked.Filters); err != nil {
		return nil, err
	}
	list, err := e.d.DB.SearchVersions(ctx, by(ctx), search)
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*membership, len(list.Versions)), make([]string, len(list.Versions))
	for i, v := range list.Versions {
		nodes[i], cursors[i] = e.d.membershipOf(v), cursorOf(v.ID)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

func readSearch(s *registry.Search, p paging, places, collections, versions *jsonString) (err error) {
	if s.After, err = p.afterID(); err != nil {
		return err
	}
	for filter, text := range map[*registry.Filter]*jsonString{&s.Places: places, &s.Collections: collections, &s.Versions: versions} {
		if *filter, err = registry.ParseFilter(string(deref(text))); err != nil {
			return err
		}
	}
	return nil
}
