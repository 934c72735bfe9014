package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// linkChoices is how many things to choose from are listed at once.
const linkChoices = 50

// LinkSources returns what the actor may link into a registered model, one step
// of choosing at a time. Returns NotFound for a step that leads nowhere, and for
// a chosen version what LinkVersion would refuse it with.
func (db *DB) LinkSources(ctx context.Context, by registry.Actor, into registry.CollectionRef, query registry.LinkSourceQuery) (s registry.LinkSources, err error) {
	var found registry.Collection
	err = db.read(ctx, by, registry.Link, whereCollection(into, &found), func(t *tx) error {
		if found.Kind != registry.Model || t.place.Kind != registry.RegistryPlace {
			return registry.ErrNothing
		}
		s.Asked, s.Query = query, query
		if query.Version != nil {
			return t.linkChosen(ctx, found, &s)
		}
		if s.Target, err = t.linkTarget(ctx, found, 0); err != nil {
			return err
		}
		if err := t.loadVisible(ctx); err != nil {
			return err
		}
		projects, err := t.projectsToLinkFrom(ctx, found.Type)
		if err != nil {
			return err
		}
		place, ok := chooseProject(projects, &s)
		if !ok {
			return nil
		}
		if place.ID == 0 {
			return registry.ErrNothing
		}
		return t.linkArtifacts(ctx, place.ID, found, &s)
	})
	return s, err
}

// linkChosen loads the version that was chosen, or named in full.
func (t *tx) linkChosen(ctx context.Context, into registry.Collection, s *registry.LinkSources) error {
	unknown := registry.Errorf(registry.NotFound, "There is no such version to link, or you may not see it.")
	row, err := t.findPlace(ctx, s.Query.Version.Collection.Place)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !t.accessIn(row).Can(registry.Look) {
		return unknown
	}
	if err != nil {
		return err
	}
	there := *t
	there.stand(row)
	v, err := there.version(ctx, *s.Query.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return unknown
	}
	if err != nil {
		return err
	}
	d, err := there.versionDetail(ctx, v)
	if err != nil {
		return err
	}
	s.Chosen = &d
	if err := t.mayLink(ctx, v.ArtifactID); err != nil {
		return err
	}
	if err := t.place.CheckType(d.Artifact.Type); err != nil {
		return err
	}
	if err := into.CheckTakes(registry.Model, d.Artifact.Type); err != nil {
		return err
	}
	s.Target, err = t.linkTarget(ctx, into, v.ArtifactID)
	return err
}

// linkTarget tells of a model of the transaction's place who stands on the
// stages and whether an artifact stands there.
func (t *tx) linkTarget(ctx context.Context, c registry.Collection, artifactID int64) (target registry.LinkTarget, err error) {
	target.Collection, target.Place = c, t.place
	const stages = `
		select s.name, s.position, s.color, coalesce(v.number, -1) as number
		from stages s
		left join aliases a on a.collection_id = $2 and a.name = s.name
		left join versions v on v.id = a.version_id
		where s.place_id = $1
		order by s.position`
	if err := t.SelectContext(ctx, &target.Stages, stages, t.place.ID, c.ID); err != nil {
		return target, fmt.Errorf("db: stages of a model: %w", err)
	}
	const standing = `select id, collection_id, number, artifact_id, linked_at from versions where collection_id = $1 and artifact_id = $2`
	var v registry.Version
	err = t.GetContext(ctx, &v, standing, c.ID, artifactID)
	if errors.Is(err, sql.ErrNoRows) {
		return target, nil
	}
	if err != nil {
		return target, fmt.Errorf("db: version in a model: %w", err)
	}
	target.Standing = &v
	return target, nil
}

// projectsToLinkFrom loads the projects with versions of a type that the actor
// may link into the transaction's place.
func (t *tx) projectsToLinkFrom(ctx context.Context, artifactType string) ([]placeRow, error) {
	const q = placeQuery + `p.kind = 'project' and p.id = any($2) and exists (
			select from collections c
			where c.place_id = p.id and c.kind = 'source' and c.type = $3 and c.versions > 0)
		order by lower(e.name), lower(p.name)`
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, pq.Array(t.visible), artifactType); err != nil {
		return nil, fmt.Errorf("db: projects to link from: %w", err)
	}
	return slices.DeleteFunc(rows, func(row placeRow) bool {
		return !t.accessIn(row).Can(registry.Download) || registry.CheckLinkInto(row.Place, t.place) != nil
	}), nil
}

// chooseProject lists the teams or the projects to choose from; ok is true once
// both are chosen, and place is the zero Place if there is no such project.
func chooseProject(projects []placeRow, s *registry.LinkSources) (place registry.Place, ok bool) {
	var teams, names []registry.LinkChoice
	for _, p := range projects {
		if n := len(teams); n == 0 || teams[n-1].Name != p.EntityName {
			teams = append(teams, registry.LinkChoice{Name: p.EntityName})
		}
		teams[len(teams)-1].Count++
	}
	if s.Query.Team == "" && len(teams) == 1 {
		s.Query.Team = teams[0].Name
	}
	if s.Query.Team == "" {
		listChoices(s, teams)
		return place, false
	}
	for _, p := range projects {
		if strings.EqualFold(p.EntityName, s.Query.Team) {
			names, place = append(names, registry.LinkChoice{Name: p.Name}), p.Place
		}
	}
	if s.Query.Project == "" && len(names) == 1 {
		s.Query.Project = names[0].Name
		return place, true
	}
	if s.Query.Project == "" {
		listChoices(s, names)
		return place, false
	}
	i := slices.IndexFunc(projects, func(p placeRow) bool {
		return strings.EqualFold(p.EntityName, s.Query.Team) && strings.EqualFold(p.Name, s.Query.Project)
	})
	if i < 0 {
		return registry.Place{}, true
	}
	return projects[i].Place, true
}

// listChoices lists those of some choices whose names have what is searched for.
func listChoices(s *registry.LinkSources, all []registry.LinkChoice) {
	search := strings.ToLower(strings.TrimSpace(s.Query.Search))
	all = slices.DeleteFunc(all, func(c registry.LinkChoice) bool { return !strings.Contains(strings.ToLower(c.Name), search) })
	s.Choices, s.More = all[:min(len(all), linkChoices)], len(all) > linkChoices
}

// linkArtifacts lists what a project has to link: its artifacts or, once one is
// chosen or there is but one, its versions.
func (t *tx) linkArtifacts(ctx context.Context, placeID int64, into registry.Collection, s *registry.LinkSources) error {
	if s.Query.Artifact == "" {
		choices, more, err := t.collectionChoices(ctx, placeID, registry.Source, into.Type, s.Query.Search)
		if err != nil {
			return err
		}
		if len(choices) != 1 || s.Query.Search != "" {
			s.Choices, s.More = choices, more
			return nil
		}
		s.Query.Artifact = choices[0].Name
	}
	var source registry.Collection
	const q = `select id, kind, name, type from collections where place_id = $1 and name = $2 and kind = 'source' and type = $3`
	if err := t.GetContext(ctx, &source, q, placeID, s.Query.Artifact, into.Type); err != nil {
		return err
	}
	return t.linkVersions(ctx, source.ID, into.ID, s)
}

// collectionChoices lists the collections of a place that hold a type, latest
// change first.
func (t *tx) collectionChoices(ctx context.Context, placeID int64, kind registry.CollectionKind, artifactType, search string) (choices []registry.LinkChoice, more bool, err error) {
	const q = `
		select name, versions as count, changed_at as at, -1 as standing
		from collections
		where place_id = $1 and kind = $2 and type = $3 and (versions > 0 or kind = 'model') and lower(name) like all($4)
		order by changed_at desc, id desc
		limit $5`
	long, short := patterns(registry.Words(search))
	err = t.SelectContext(ctx, &choices, q, placeID, kind, artifactType, pq.Array(append(append([]string{}, long...), short...)), linkChoices+1)
	if err != nil {
		return nil, false, fmt.Errorf("db: choices: %w", err)
	}
	return choices[:min(len(choices), linkChoices)], len(choices) > linkChoices, nil
}

// linkVersions lists the versions of a source, newest first: all, or those with
// the number or an alias that is searched for.
func (t *tx) linkVersions(ctx context.Context, sourceID, intoID int64, s *registry.LinkSources) error {
	const q = `
		select v.id, v.number, v.linked_at as at, coalesce(nullif(r.display_name, ''), r.name, '') as run,
			coalesce(here.number, -1) as standing,
			array(select name from aliases where version_id = v.id order by name <> 'latest', name limit 5) as aliases
		from versions v
		join artifacts a on a.id = v.artifact_id
		left join runs r on r.id = a.run_id and r.deleted_at is null
		left join versions here on here.collection_id = $2 and here.artifact_id = v.artifact_id
		where v.collection_id = $1 and ($3 = 0 or v.number < $3) and ($4 = '' or v.number = $5
			or v.id in (select version_id from aliases where collection_id = $1 and lower(name) like $6))
		order by v.number desc
		limit $7`
	search := strings.TrimSpace(strings.ToLower(s.Query.Search))
	number, numbered := registry.VersionNumber("v" + strings.TrimPrefix(search, "v"))
	if !numbered {
		number = -1
	}
	long, short := patterns([]string{search})
	var rows []struct {
		registry.LinkChoice
		ID      int64
		Aliases pq.StringArray
	}
	if err := t.SelectContext(ctx, &rows, q, sourceID, intoID, s.Query.Below, search, number, append(long, short...)[0], linkChoices+1); err != nil {
		return fmt.Errorf("db: versions to link: %w", err)
	}
	s.More = len(rows) > linkChoices
	for _, row := range rows[:min(len(rows), linkChoices)] {
		row.Name, row.LinkChoice.Aliases = registry.VersionName(row.Number), row.Aliases
		s.Choices = append(s.Choices, row.LinkChoice)
	}
	return nil
}

// LinkTargets returns where the actor may link a version to: the registries, then
// the models of one. Returns Invalid or Conflict for a model that cannot take it.
func (db *DB) LinkTargets(ctx context.Context, by registry.Actor, ref registry.VersionRef, query registry.LinkTargetQuery) (l registry.LinkTargets, err error) {
	l.Asked = query
	err = db.read(ctx, by, registry.Download, ofVersion(ref), func(t *tx) error {
		v, err := t.version(ctx, ref)
		if err != nil {
			return err
		}
		if l.Version, err = t.versionDetail(ctx, v); err != nil {
			return err
		}
		if err := t.loadVisible(ctx); err != nil {
			return err
		}
		rows, err := t.registries(ctx)
		if err != nil {
			return err
		}
		home, labels := t.place, labelsOf(rows)
		for id, row := range rows {
			if t.accessIn(row).Can(registry.Link) && row.Place.CheckType(l.Version.Artifact.Type) == nil && registry.CheckLinkInto(home, row.Place) == nil {
				l.Registries = append(l.Registries, registry.RegistryChoice{Place: row.Place, Label: labels[id]})
			}
		}
		sortRegistries(l.Registries)
		for i, r := range l.Registries {
			if len(l.Registries) == 1 && query.Registry == "" || strings.EqualFold(r.Place.EntityName, query.Owner) && strings.EqualFold(r.Place.Name, query.Registry) {
				l.Registry = &l.Registries[i].Place
				t.stand(rows[r.Place.ID])
			}
		}
		switch {
		case l.Registry == nil && query.Registry != "":
			return registry.ErrNothing
		case l.Registry == nil:
			return nil
		}
		return t.linkModels(ctx, v.ArtifactID, &l)
	})
	return l, err
}

// linkModels lists the models of the transaction's registry, or tells of the one
// that is chosen.
func (t *tx) linkModels(ctx context.Context, artifactID int64, l *registry.LinkTargets) (err error) {
	artifactType := l.Version.Artifact.Type
	if l.Asked.Model == "" {
		l.Choices, l.More, err = t.collectionChoices(ctx, t.place.ID, registry.Model, artifactType, l.Asked.Search)
		return err
	}
	c, err := t.collection(ctx, registry.CollectionRef{Name: l.Asked.Model})
	if errors.Is(err, sql.ErrNoRows) {
		c, err = registry.Collection{Kind: registry.Model, Name: l.Asked.Model, Type: artifactType}, registry.CheckCollectionName(l.Asked.Model)
	}
	if err == nil {
		err = c.CheckTakes(registry.Model, artifactType)
	}
	if err != nil {
		return err
	}
	target, err := t.linkTarget(ctx, c, artifactID)
	l.Target = &target
	return err
}
