package wandb

import (
	"context"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// artifact is an artifact on the wire, as it stands in its source.
type artifact struct {
	d                  *door
	v                  registry.VersionDetail
	ID                 graphql.ID
	ArtifactSequence   *collection
	ArtifactType       *artifactType
	VersionIndex       *int32
	Description        *string
	Metadata           *jsonString
	Labels             *jsonString
	TtlDurationSeconds int64Scalar
	TtlIsInherited     bool
	Tags               []*tag
	Aliases            []*artifactAlias
	HistoryStep        *int64Scalar
	State              string
	Size               int64Scalar
	Digest             string
	DigestAlgorithm    *string
	CommitHash         *string
	FileCount          int64Scalar
	CreatedAt          dateTime
	UpdatedAt          *dateTime
}

// neverExpires is the time to live of what is kept.
const neverExpires = -2

func (d *door) artifact(v registry.VersionDetail) *artifact {
	a := v.Artifact
	metadata, updated, algorithm := jsonString(a.Metadata), dateTime(a.UpdatedAt), digestMD5
	wire := &artifact{
		d: d, v: v, ID: id(artifactID, a.ID), ArtifactSequence: d.standing(v.Source),
		ArtifactType: d.artifactType(registry.PlaceRef{ID: v.Source.Place.ID}, registry.ArtifactType{Name: a.Type, CreatedAt: a.CreatedAt}),
		Description:  &a.Description, Metadata: &metadata, TtlDurationSeconds: neverExpires, TtlIsInherited: a.TTLSeconds <= 0,
		Tags: tagsOf(a.ID, a.Tags), Aliases: []*artifactAlias{}, HistoryStep: (*int64Scalar)(a.HistoryStep),
		State: strings.ToUpper(string(a.State)), Size: int64Scalar(a.Size), Digest: a.Digest, DigestAlgorithm: &algorithm, FileCount: int64Scalar(a.FileCount),
		CreatedAt: dateTime(a.CreatedAt), UpdatedAt: &updated,
	}
	wire.ArtifactSequence.c.LatestArtifactID, wire.ArtifactSequence.counted = v.LatestArtifactID, true
	if a.TTLSeconds > 0 {
		wire.TtlDurationSeconds = int64Scalar(a.TTLSeconds)
	}
	if a.State != registry.Pending {
		n := int32(v.Source.Number)
		wire.VersionIndex, wire.CommitHash = &n, &a.Digest
	}
	for _, s := range v.Standings {
		wire.Aliases = append(wire.Aliases, d.aliasesOf(s)...)
	}
	return wire
}

// artifactAlias is an alias on the wire.
type artifactAlias struct {
	ID                     graphql.ID
	Alias                  string
	ArtifactCollectionName *string
	ArtifactCollection     *collection
}

// aliasesOf are the aliases of a version in one collection, its number among
// them: old clients insist on that.
func (d *door) aliasesOf(s registry.Standing) []*artifactAlias {
	if s.ID == 0 {
		return nil
	}
	in := d.standing(s)
	list := []*artifactAlias{{ID: id("VersionAlias", s.ID), Alias: s.Name(), ArtifactCollectionName: &in.Name, ArtifactCollection: in}}
	for _, a := range s.Aliases {
		list = append(list, &artifactAlias{ID: id(aliasID, a.ID), Alias: a.Name, ArtifactCollectionName: &in.Name, ArtifactCollection: in})
	}
	return list
}

// tag is a tag of a version, a collection or a run on the wire.
type tag struct {
	ID              graphql.ID
	Name            string
	TagCategoryName *string
	Attributes      *jsonString
}

// tagsOf are the tags of the thing with a number. They have no numbers of their
// own.
func tagsOf(owner int64, names []string) []*tag {
	tags := make([]*tag, len(names))
	for i, name := range names {
		tags[i] = &tag{ID: id(tagID, owner<<10+int64(i)), Name: name}
	}
	return tags
}

// ArtifactCollections are those that the artifact stands in.
func (a *artifact) ArtifactCollections() *connection[*collection] {
	var in []*collection
	for _, s := range a.v.Standings {
		in = append(in, a.d.standing(s))
	}
	return whole(in)
}

// ArtifactMemberships are the versions that the artifact is: in its source, and
// one per link.
func (a *artifact) ArtifactMemberships(paging) *connection[*membership] {
	var all []*membership
	for _, s := range a.v.Standings {
		v := a.v
		v.Standing = s
		all = append(all, a.d.membershipOf(v))
	}
	return whole(all)
}

// UsedBy are the runs that used the artifact.
func (a *artifact) UsedBy(ctx context.Context, p paging) (*connection[*run], error) {
	after, err := p.afterID()
	if err != nil {
		return nil, err
	}
	list, err := a.d.DB.ArtifactRuns(ctx, by(ctx), registry.ArtifactRef{ID: a.v.Artifact.ID}, registry.Used, registry.LineageRange{After: after, First: p.first(ctx)})
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*run, len(list.Runs)), make([]string, len(list.Runs))
	for i, r := range list.Runs {
		nodes[i], cursors[i] = a.d.brief(r), cursorOf(r.ID)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

// brief is a run of which only the name and the project matter.
func (d *door) brief(r registry.RunBrief) *run {
	return d.run(registry.RunDetail{
		Run:    registry.Run{ID: r.ID, PlaceID: r.Place.ID, Name: r.Name, DisplayName: r.DisplayName, State: r.State},
		Place:  r.Place,
		Access: registry.Access{Kind: r.Place.Kind, Role: registry.RestrictedViewer},
	})
}

// creator is the run or the person that made an artifact.
type creator struct {
	run  *run
	user *user
}

func (c *creator) ToRun() (*run, bool) { return c.run, c.run != nil }

func (c *creator) ToUser() (*user, bool) { return c.user, c.user != nil }

// CreatedBy is the run that made the artifact, or the person if none did that
// the caller may see: old clients break when it is nobody.
func (a *artifact) CreatedBy() *creator {
	if a.v.Run != nil {
		return &creator{run: a.d.brief(*a.v.Run)}
	}
	if u := a.d.author(a.v.Artifact.CreatedBy, a.v.Artifact.CreatedByName); u != nil {
		return &creator{user: u}
	}
	return nil
}

// membership is a version on the wire: an artifact as it stands in one
// collection.
type membership struct {
	d                  *door
	v                  registry.VersionDetail
	ID                 graphql.ID
	VersionIndex       *int32
	CreatedAt          dateTime
	Aliases            []*artifactAlias
	ArtifactCollection *collection
	Artifact           *artifact
}

func (d *door) membershipOf(v registry.VersionDetail) *membership {
	n := int32(v.Number)
	return &membership{
		d: d, v: v, ID: id(memberID, v.ID), VersionIndex: &n, CreatedAt: dateTime(v.LinkedAt), Aliases: d.aliasesOf(v.Standing),
		ArtifactCollection: d.standing(v.Standing), Artifact: d.artifact(v),
	}
}

func (d *door) membership(ctx context.Context, ref registry.VersionRef) (*membership, error) {
	v, err := d.DB.Version(ctx, by(ctx), ref)
	if err != nil {
		return orNull[membership](nil, err)
	}
	return d.membershipOf(v), nil
}

// versionRef reads the "name:alias" of a version in a place.
func versionRef(place registry.PlaceRef, name string) registry.VersionRef {
	name, alias := registry.SplitName(name)
	return registry.VersionRef{Collection: registry.CollectionRef{Place: place, Name: name}, Alias: alias}
}

// ArtifactCollectionMembership is the version with a name and an alias.
func (p *project) ArtifactCollectionMembership(ctx context.Context, asked struct{ Name string }) (*membership, error) {
	return p.d.membership(ctx, versionRef(p.place.Ref(), asked.Name))
}

// Artifact is what the version with a name and an alias is made of. Old clients
// ask this way. They do not know that a registry is an organization's, and look
// for the version among the aliases under the entity that they asked with.
func (p *project) Artifact(ctx context.Context, asked struct {
	Name           string
	EnableTracking *bool
}) (*artifact, error) {
	v, err := p.d.DB.Version(ctx, by(ctx), versionRef(p.place.Ref(), asked.Name))
	if err != nil {
		return orNull[artifact](nil, err)
	}
	for i := range v.Standings {
		if at := &v.Standings[i].Place; at.ID == p.place.ID && at.Kind == registry.RegistryPlace && p.askedEntity != "" {
			at.EntityName = p.askedEntity
		}
	}
	return p.d.artifact(v), nil
}

// Artifact is the query of that name.
func (d *door) Artifact(ctx context.Context, asked struct{ ID graphql.ID }) (*artifact, error) {
	n, err := number(asked.ID, artifactID)
	if err != nil {
		return orNull[artifact](nil, err)
	}
	v, err := d.DB.Artifact(ctx, by(ctx), registry.ArtifactRef{ID: n})
	if err != nil {
		return orNull[artifact](nil, err)
	}
	return d.artifact(v), nil
}

type clientIDMapping struct{ ServerID graphql.ID }

// ClientIDMapping is the query of that name.
func (d *door) ClientIDMapping(ctx context.Context, asked struct{ ClientID graphql.ID }) (*clientIDMapping, error) {
	n, err := d.DB.ClientIDMapping(ctx, by(ctx), string(asked.ClientID))
	if err != nil {
		return orNull[clientIDMapping](nil, err)
	}
	return &clientIDMapping{id(artifactID, n)}, nil
}

// OutputArtifacts are those the run made.
func (r *run) OutputArtifacts(ctx context.Context, p paging) (*connection[*artifact], error) {
	list, cursors, err := r.artifacts(ctx, registry.Made, p)
	if err != nil {
		return nil, err
	}
	nodes := make([]*artifact, len(list.Versions))
	for i, v := range list.Versions {
		nodes[i] = r.d.artifact(v)
	}
	return page(nodes, cursors, list.Total, list.More), nil
}

type inputConnection struct {
	Edges      []inputEdge
	PageInfo   pageInfo
	TotalCount int32
}

type inputEdge struct {
	Node   *artifact
	Cursor string
	UsedAs *string
}

// InputArtifacts are those the run used.
func (r *run) InputArtifacts(ctx context.Context, p paging) (*inputConnection, error) {
	list, cursors, err := r.artifacts(ctx, registry.Used, p)
	if err != nil {
		return nil, err
	}
	answer := &inputConnection{Edges: []inputEdge{}, PageInfo: pageOf(cursors, list.More), TotalCount: int32(list.Total)}
	for i, v := range list.Versions {
		answer.Edges = append(answer.Edges, inputEdge{Node: r.d.artifact(v), Cursor: cursors[i]})
	}
	return answer, nil
}

func (r *run) artifacts(ctx context.Context, way registry.Direction, p paging) (list registry.VersionList, cursors []string, err error) {
	after, err := p.afterID()
	if err != nil {
		return list, nil, err
	}
	list, err = r.d.DB.RunArtifacts(ctx, by(ctx), r.ref(), way, registry.LineageRange{After: after, First: p.first(ctx)})
	for _, v := range list.Versions {
		cursors = append(cursors, cursorOf(v.Artifact.ID))
	}
	return list, cursors, err
}
