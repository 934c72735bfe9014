package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Artifact returns an artifact as it stands in its source, to anyone who may
// look into a place it stands in. A pending one has version 0. Returns NotFound
// for a deleted one.
func (db *DB) Artifact(ctx context.Context, by registry.Actor, ref registry.ArtifactRef) (d registry.VersionDetail, err error) {
	err = db.read(ctx, by, registry.Look, throughArtifact(ref, registry.Look), func(t *tx) error {
		d, err = t.artifactDetail(ctx, t.artifact)
		return err
	})
	return d, err
}

// ClientIDMapping returns the ID of the artifact that a maker gave a random
// name. Returns NotFound if there is none that the actor may see.
func (db *DB) ClientIDMapping(ctx context.Context, by registry.Actor, clientID string) (id int64, err error) {
	ref := registry.ArtifactRef{ClientID: clientID}
	err = db.read(ctx, by, registry.Look, throughArtifact(ref, registry.Look), func(t *tx) error {
		id = t.artifact
		return nil
	})
	return id, err
}

// CreateArtifact announces an artifact. What comes back is Pending and waits for
// its files, or Committed: the newest version of the collection has the same
// digest, is now also known by the new client ID, made by the run, and has the
// aliases. The same client ID gives the same artifact, as does the same
// distributed ID while it is pending.
//
// Returns Invalid for names, aliases and a type that cannot be, Conflict if the
// name is a registered model's.
func (db *DB) CreateArtifact(ctx context.Context, by registry.Actor, n registry.NewArtifact) (d registry.VersionDetail, err error) {
	if err := n.Check(); err != nil {
		return d, err
	}
	err = db.change(ctx, by, registry.Log, inNewProject(n.Place), func(t *tx) error {
		id, err := t.createArtifact(ctx, n)
		if err != nil {
			return err
		}
		d, err = t.artifactDetail(ctx, id)
		return err
	})
	return d, err
}

func (t *tx) createArtifact(ctx context.Context, n registry.NewArtifact) (id int64, err error) {
	if t.place.Kind != registry.ProjectPlace {
		return 0, registry.InField("project", "Artifacts are logged to projects and linked into registries. Log it to a project, then link it.")
	}
	id, err = t.knownAs(ctx, n.ClientID)
	if err != nil || id != 0 {
		return id, err
	}
	runID, err := t.makerID(ctx, n)
	if err != nil {
		return 0, err
	}
	c, err := t.lockCollection(ctx, registry.Source, n.Collection, n.Type)
	if err != nil {
		return 0, err
	}
	// Once more behind the lock: the same request may have come twice at once.
	if id, err = t.knownAs(ctx, n.ClientID); err != nil || id != 0 {
		return id, err
	}
	if err := t.nameCollection(ctx, c.ID, n.CollectionClientID); err != nil {
		return 0, err
	}
	newest, err := t.newest(ctx, c.ID)
	if err != nil {
		return 0, err
	}
	if !n.AlwaysNew && n.DistributedID == "" && newest.Digest == n.Digest { // the digest of a part says nothing of the whole
		return newest.ArtifactID, t.logAgain(ctx, c, newest.Version, n, runID)
	}
	aliases, err := registry.AliasesToSet(n.Aliases, c.NextNumber)
	if err != nil {
		return 0, err
	}
	if id, err = t.distributed(ctx, c.ID, n.DistributedID); err != nil {
		return 0, err
	}
	if id == 0 {
		id, err = t.insertArtifact(ctx, c.ID, n, aliases, runID)
	} else {
		err = t.joinMakers(ctx, id, aliases, runID)
	}
	if err != nil {
		return 0, err
	}
	return id, t.nameArtifact(ctx, id, n.ClientID)
}

// logAgain is what happens when content is logged that the newest version has.
func (t *tx) logAgain(ctx context.Context, c registry.Collection, v registry.Version, n registry.NewArtifact, runID *int64) error {
	aliases, err := registry.AliasesToSet(n.Aliases, v.Number)
	if err != nil {
		return err
	}
	if _, err := t.setAliases(ctx, c, v, aliases); err != nil {
		return err
	}
	if err := t.nameArtifact(ctx, v.ArtifactID, n.ClientID); err != nil || runID == nil {
		return err
	}
	return t.addLineage(ctx, *runID, v.ArtifactID, registry.Made)
}

// knownAs returns the artifact that already has a client ID, 0 if none does.
func (t *tx) knownAs(ctx context.Context, clientID string) (id int64, err error) {
	if clientID == "" {
		return 0, nil
	}
	const q = `
		select a.id, c.place_id
		from artifact_client_ids i
		join artifacts a on a.id = i.artifact_id
		join collections c on c.id = a.collection_id
		where i.client_id = $1 and a.state <> 'deleted'`
	var known struct{ ID, PlaceID int64 }
	err = t.GetContext(ctx, &known, q, clientID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil && known.PlaceID != t.place.ID {
		return 0, registry.Errorf(registry.Conflict, "Another artifact has this client ID. Make a new artifact object and log that.")
	}
	return known.ID, err
}

// makerID returns the run that makes an artifact, nil if none does.
func (t *tx) makerID(ctx context.Context, n registry.NewArtifact) (*int64, error) {
	if n.RunName == "" {
		return nil, nil
	}
	const q = `select id from runs where place_id = $1 and name = $2 and deleted_at is null`
	var id int64
	err := t.GetContext(ctx, &id, q, t.place.ID, n.RunName)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, registry.Errorf(registry.Invalid, "There is no run %s in %s to log the artifact from.", n.RunName, t.place.Ref())
	}
	return &id, err
}

func (t *tx) nameArtifact(ctx context.Context, id int64, clientID string) error {
	if clientID == "" {
		return nil
	}
	const q = `
		insert into artifact_client_ids (client_id, artifact_id)
		values ($1, $2)
		on conflict (client_id) do update set artifact_id = excluded.artifact_id`
	if _, err := t.ExecContext(ctx, q, clientID, id); err != nil {
		return fmt.Errorf("db: name artifact: %w", err)
	}
	return nil
}

// distributed returns the pending artifact that others already began, 0 if there
// is none.
func (t *tx) distributed(ctx context.Context, collectionID int64, distributedID string) (id int64, err error) {
	if distributedID == "" {
		return 0, nil
	}
	const q = `
		select id
		from artifacts
		where collection_id = $1 and distributed_id = $2 and state = 'pending'
		order by id
		limit 1`
	err = t.GetContext(ctx, &id, q, collectionID, distributedID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// joinMakers adds a maker to a pending artifact that others began.
func (t *tx) joinMakers(ctx context.Context, id int64, aliases []string, runID *int64) error {
	const q = `
		update artifacts
		set aliases_wanted = array(select unnest(aliases_wanted) union select unnest($2::text[]))
		where id = $1`
	if _, err := t.ExecContext(ctx, q, id, pq.Array(aliases)); err != nil {
		return fmt.Errorf("db: join makers: %w", err)
	}
	if runID == nil {
		return nil
	}
	return t.addLineage(ctx, *runID, id, registry.Made)
}

func (t *tx) insertArtifact(ctx context.Context, collectionID int64, n registry.NewArtifact, aliases []string, runID *int64) (id int64, err error) {
	if aliases == nil {
		aliases = []string{}
	}
	const q = `
		insert into artifacts (collection_id, digest, description, metadata, tags, aliases_wanted, history_step, ttl_seconds,
			run_id, distributed_id, always_new, created_by, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, ''), $11, $12, $13, $13)
		returning id`
	err = t.GetContext(ctx, &id, q, collectionID, n.Digest, n.Description, string(n.Metadata), pq.Array(n.Tags), pq.Array(aliases),
		n.HistoryStep, max(n.TTLSeconds, 0), runID, n.DistributedID, n.AlwaysNew, t.by.PersonID, t.at)
	if err != nil {
		return 0, fmt.Errorf("db: create artifact: %w", err)
	}
	return id, nil
}

// artifactID returns the ID of an artifact that is not deleted, sql.ErrNoRows if
// there is none. The ID of one whose content was a version already leads to that.
func (t *tx) artifactID(ctx context.Context, ref registry.ArtifactRef) (id int64, err error) {
	if ref.ID != 0 {
		const q = `
			select a.id
			from artifacts asked
			join artifacts a on a.id = coalesce(asked.same_as, asked.id)
			where asked.id = $1 and a.state <> 'deleted'`
		err = t.GetContext(ctx, &id, q, ref.ID)
		return id, err
	}
	const q = `
		select a.id
		from artifact_client_ids i
		join artifacts a on a.id = i.artifact_id
		where i.client_id = $1 and a.state <> 'deleted'`
	err = t.GetContext(ctx, &id, q, ref.ClientID)
	return id, err
}

// artifactRow is an artifact with the run that made it.
type artifactRow struct {
	registry.Artifact
	Tags             pq.StringArray
	AliasesWanted    pq.StringArray
	AlwaysNew        bool
	LatestArtifactID int64
	BaseID           int64 // what its incremental manifest adds to; 0 for nothing
	Run              struct {
		ID          int64
		Name        string
		DisplayName string
		State       registry.RunState
	}
}

func (row artifactRow) artifact() registry.Artifact {
	a := row.Artifact
	a.Tags = row.Tags
	return a
}

const artifactQuery = `
	select a.id, a.collection_id, c.type, a.state, a.digest, a.description, a.metadata, a.tags, a.aliases_wanted, a.always_new, a.size, a.file_count,
		a.history_step, a.ttl_seconds, a.run_id, a.created_by, coalesce(a.base_id, 0) as base_id, coalesce(e.name, '') as created_by_name, a.created_at, a.updated_at,
		coalesce((select artifact_id from versions where collection_id = c.id order by number desc limit 1), 0) as latest_artifact_id,
		coalesce(r.id, 0) as "run.id", coalesce(r.name, '') as "run.name", coalesce(r.display_name, '') as "run.display_name",
		coalesce(r.state, '') as "run.state"
	from artifacts a
	join collections c on c.id = a.collection_id
	left join entities e on e.id = a.created_by
	left join runs r on r.id = a.run_id and r.deleted_at is null
	where `

// artifactRows returns artifacts that are not deleted, by ID.
func (t *tx) artifactRows(ctx context.Context, ids []int64) (map[int64]artifactRow, error) {
	const q = artifactQuery + `a.id = any((select $1::bigint[])::bigint[]) and a.state <> 'deleted'` // see details
	var rows []artifactRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: artifacts: %w", err)
	}
	found := make(map[int64]artifactRow, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// artifactDetail returns an artifact as it stands in its source.
func (t *tx) artifactDetail(ctx context.Context, id int64) (d registry.VersionDetail, err error) {
	shown, err := t.details(ctx, []pick{{ArtifactID: id}})
	if err != nil {
		return d, err
	}
	if len(shown) == 0 {
		return d, sql.ErrNoRows
	}
	return shown[0], nil
}

// lockArtifact returns an artifact and keeps others from changing, linking and
// deleting it. Whoever locks collections, too, does so afterwards, the source
// first and then by ID, so that all come in one order.
func (t *tx) lockArtifact(ctx context.Context, id int64) (row artifactRow, err error) {
	const q = artifactQuery + `a.id = $1 and a.state <> 'deleted' for no key update of a`
	if err := t.GetContext(ctx, &row, q, id); err != nil {
		return row, fmt.Errorf("db: lock artifact: %w", err)
	}
	return row, nil
}
