package dbtest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/lib/pq"

	"greenroom/db"
	"greenroom/registry"
)

// Stock is a registered model to put straight into the database, in whatever
// number and state a test of reading needs.
type Stock struct {
	Place       registry.PlaceRef // the registry
	Project     registry.PlaceRef // of the source and the runs, made if there is none
	Name        string
	Type        string // "model" if empty
	Description string
	Tags        []string
	Versions    []StockVersion // v0 first
	ChangedAt   time.Time
}

// StockVersion is one version of a Stock, as it stands in source and model.
type StockVersion struct {
	Summary     string // of the run that made it; "" for no run
	Description string
	Metadata    string
	Tags        []string
	Aliases     []string // in the model
	Files       []StockFile
}

// StockFile is one entry of a version's manifest.
type StockFile struct {
	Path string
	Size int64
	Ref  string
}

// Put stores a model and its source behind d's back, as made by a person.
func Put(tb testing.TB, d *db.DB, by registry.Actor, s Stock) {
	tb.Helper()
	if s.Type == "" {
		s.Type = "model"
	}
	if s.ChangedAt.IsZero() {
		s.ChangedAt = time.Date(2026, 11, 23, 14, 8, 0, 0, time.UTC)
	}
	if s.Versions == nil {
		s.Versions = []StockVersion{}
	}
	versions, err := json.Marshal(s.Versions)
	if err != nil {
		tb.Fatal(err)
	}
	const q = `select stock($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	if err := Exec(tb, d, stock); err != nil {
		tb.Fatal(err)
	}
	if err := Exec(tb, d, q, s.Place.Entity, s.Place.Name, s.Project.Entity, s.Project.Name, s.Name, s.Type, s.Description, pq.Array(s.Tags), by.PersonID, s.ChangedAt, string(versions)); err != nil {
		tb.Fatal(fmt.Errorf("dbtest: put %s: %w", s.Name, err))
	}
}

const stock = `
create or replace function stock(registry_owner text, registry_name text, project_owner text, project_name text, model text,
	model_type text, card text, model_tags text[], who bigint, moment timestamptz, versions json) returns void language plpgsql as $$
declare
	shelf bigint; project bigint; model_id bigint; source_id bigint; version json; run bigint; artifact bigint; standing bigint; n int := 0;
begin
	select p.id into strict shelf from places p join entities e on e.id = p.entity_id
	where e.name = registry_owner and p.kind = 'registry' and p.name = registry_name;
	insert into places (entity_id, kind, name, created_by, created_at)
	select id, 'project', project_name, who, moment from entities where name = project_owner
	on conflict do nothing;
	select p.id into strict project from places p join entities e on e.id = p.entity_id
	where e.name = project_owner and p.kind = 'project' and p.name = project_name;
	insert into collections (place_id, kind, name, type, description, tags, created_by, created_at, changed_at, next_number, versions)
	values (shelf, 'model', model, model_type, card, coalesce(model_tags, '{}'), who, moment, moment, json_array_length(versions), json_array_length(versions))
	returning id into model_id;
	insert into collections (place_id, kind, name, type, created_by, created_at, changed_at, next_number, versions)
	values (project, 'source', 'run-' || model, model_type, who, moment, moment, json_array_length(versions), json_array_length(versions))
	returning id into source_id;
	for version in select * from json_array_elements(versions) loop
		run := null;
		if version->>'Summary' <> '' then
			insert into runs (place_id, name, display_name, state, created_by, created_at)
			values (project, md5(model || n), 'calm-river-' || n, 'finished', who, moment) returning id into run;
			insert into run_progress (run_id, heartbeat_at, summary) values (run, moment, version->>'Summary');
		end if;
		insert into artifacts (collection_id, state, digest, description, metadata, tags, size, file_count, run_id, created_by, created_at, updated_at, committed_at)
		values (source_id, 'committed', md5(model || 'digest' || n), version->>'Description', coalesce(nullif(version->>'Metadata', ''), '{}')::json,
			array(select json_array_elements_text(case json_typeof(version->'Tags') when 'array' then version->'Tags' else '[]' end)),
			(select coalesce(sum((f->>'Size')::bigint), 0) from json_array_elements(case json_typeof(version->'Files') when 'array' then version->'Files' else '[]' end) f),
			case json_typeof(version->'Files') when 'array' then json_array_length(version->'Files') else 0 end,
			run, who, moment, moment, moment)
		returning id into artifact;
		insert into manifest_entries (artifact_id, path, digest, size, ref)
		select artifact, f->>'Path', 'XrY7u+Ae7tCTyyK7j1rNww==', (f->>'Size')::bigint, nullif(f->>'Ref', '')
		from json_array_elements(case json_typeof(version->'Files') when 'array' then version->'Files' else '[]' end) f;
		insert into versions (collection_id, number, artifact_id, linked_by, linked_at) values (source_id, n, artifact, who, moment);
		insert into versions (collection_id, number, artifact_id, linked_by, linked_at) values (model_id, n, artifact, who, moment)
		returning id into standing;
		insert into aliases (collection_id, name, version_id, set_by, set_at)
		select model_id, name, standing, who, moment
		from json_array_elements_text(case json_typeof(version->'Aliases') when 'array' then version->'Aliases' else '[]' end) as a (name);
		n := n + 1;
	end loop;
end $$`
