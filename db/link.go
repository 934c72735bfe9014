package db

import (
	"context"
	"database/sql"
	"errors"

	"greenroom/registry"
)

// LinkVersion puts an artifact into a registered model and returns it as it
// stands there. It takes the right to link there and to download the artifact
// somewhere. Linking it again gives the version that is there, with the aliases
// added; its latest stays where it is.
//
// Returns NotFound if there is no such registry or artifact; Invalid if the
// types do not fit, an alias cannot be or the artifact is not complete;
// Conflict if the name is that of an artifact.
func (db *DB) LinkVersion(ctx context.Context, by registry.Actor, link registry.NewLink) (d registry.VersionDetail, err error) {
	err = db.change(ctx, by, registry.Link, toLinkInto(link.Collection), func(t *tx) error {
		id, err := t.artifactID(ctx, link.Artifact)
		if err == nil {
			err = t.mayLink(ctx, id)
		}
		if errors.Is(err, sql.ErrNoRows) || registry.KindOf(err) == registry.NotFound {
			return registry.Errorf(registry.NotFound, "There is no such version to link, or you may not see it.")
		}
		if err != nil {
			return err
		}
		v, err := t.link(ctx, id, link)
		if err != nil {
			return err
		}
		d, err = t.versionDetail(ctx, v)
		return err
	})
	return d, err
}

// toLinkInto is the place of a registered model that need not exist yet.
func toLinkInto(ref registry.CollectionRef) place {
	if ref.ID != 0 {
		return ofCollection(ref)
	}
	return func(ctx context.Context, t *tx) error {
		err := inNewProject(ref.Place)(ctx, t)
		if err == nil {
			err = t.access.Require(registry.Look)
		}
		if !t.by.Known() || !errors.Is(err, sql.ErrNoRows) && registry.KindOf(err) != registry.NotFound {
			return err
		}
		if ref.Place.Kind == registry.RegistryPlace {
			return registry.Errorf(registry.NotFound, "There is no registry %s, or you may not see it. Ask an administrator of the organization to make one.", ref.Place)
		}
		return registry.Errorf(registry.NotFound, "There is no project %s, or you may not see it. Check whose it is to be.", ref.Place)
	}
}

func (t *tx) link(ctx context.Context, artifactID int64, link registry.NewLink) (v registry.Version, err error) {
	row, err := t.lockArtifact(ctx, artifactID)
	if err != nil {
		return v, err
	}
	if row.State == registry.Pending {
		return v, registry.Errorf(registry.Invalid, "The artifact is not complete yet. Wait until it is logged, then link it.")
	}
	if err := t.place.CheckType(row.Type); t.place.Kind == registry.RegistryPlace && err != nil {
		return v, err
	}
	c, err := t.targetModel(ctx, link.Collection, row.Type)
	if err != nil {
		return v, err
	}
	v, err = t.version(ctx, registry.VersionRef{Collection: registry.CollectionRef{ID: c.ID}, ArtifactID: artifactID})
	if errors.Is(err, sql.ErrNoRows) {
		v, err = t.addLink(ctx, c, row)
	}
	if err != nil {
		return v, err
	}
	aliases, err := registry.AliasesToSet(link.Aliases, v.Number)
	if err != nil {
		return v, err
	}
	_, err = t.setAliases(ctx, c, v, aliases)
	return v, err
}

// mayLink returns an error unless the actor may pass the artifact on to whoever
// looks into the transaction's place.
func (t *tx) mayLink(ctx context.Context, artifactID int64) error {
	rows, err := t.placesOf(ctx, artifactID)
	if err != nil {
		return err
	}
	if err := t.accessIn(t.bestOf(rows, registry.Download)).Require(registry.Download); err != nil {
		return err
	}
	return registry.CheckLinkInto(rows[0].Place, t.place)
}

// targetModel returns the locked model to link into, making it if there is none.
func (t *tx) targetModel(ctx context.Context, ref registry.CollectionRef, artifactType string) (c registry.Collection, err error) {
	name := ref.Name
	if ref.ID != 0 {
		if c, err = t.collection(ctx, ref); err != nil {
			return c, err
		}
		name = c.Name
	} else if err := registry.CheckCollectionName(name); err != nil {
		return c, err
	}
	return t.lockCollection(ctx, registry.Model, name, artifactType)
}

func (t *tx) addLink(ctx context.Context, c registry.Collection, a artifactRow) (v registry.Version, err error) {
	if v, err = t.addVersion(ctx, c, a.ID); err != nil {
		return v, err
	}
	// What is linked is kept: nobody expects a model to lose a version by itself.
	if a.TTLSeconds != 0 {
		const q = `update artifacts set ttl_seconds = 0 where id = $1`
		if _, err := t.ExecContext(ctx, q, a.ID); err != nil {
			return v, err
		}
	}
	const source = `
		select c.name || ':v' || v.number
		from versions v
		join collections c on c.id = v.collection_id
		where v.collection_id = $1 and v.artifact_id = $2`
	e := registry.VersionLinked{
		VersionID: v.ID, ArtifactID: a.ID, CollectionID: c.ID, Version: t.address(c, v), Type: a.Type, Digest: a.Digest,
	}
	if err := t.GetContext(ctx, &e.Source, source, a.CollectionID, a.ID); err != nil {
		return v, err
	}
	return v, t.record(ctx, e)
}

// address is where a version of the transaction's place is found.
func (t *tx) address(c registry.Collection, v registry.Version) string {
	return registry.VersionRef{Collection: registry.CollectionRef{Place: t.place.Ref(), Name: c.Name}, Alias: v.Name()}.String()
}

// UnlinkVersion takes a version out of a registered model, with its aliases
// there. If it was the latest, the highest number left is; the number is not
// given again. Returns Invalid for a version in its source.
func (db *DB) UnlinkVersion(ctx context.Context, by registry.Actor, ref registry.VersionRef) error {
	return db.change(ctx, by, registry.Link, ofVersion(ref), func(t *tx) error {
		c, v, err := t.lockVersion(ctx, ref)
		if err != nil {
			return err
		}
		if c.Kind == registry.Source {
			return registry.Errorf(registry.Invalid, "%s is where this version was logged, not a link to it. Delete the version if it is to go.", c.Name)
		}
		aliases, err := t.aliasesOf(ctx, []int64{v.ID})
		if err != nil {
			return err
		}
		e := registry.VersionUnlinked{VersionID: v.ID, ArtifactID: v.ArtifactID, CollectionID: c.ID, Version: t.address(c, v)}
		for _, a := range aliases[v.ID] {
			e.Aliases = append(e.Aliases, a.Name)
		}
		if err := t.removeVersion(ctx, v); err != nil {
			return err
		}
		return t.record(ctx, e)
	})
}

// lockVersion returns a version of the transaction's place with its collection,
// which is locked.
func (t *tx) lockVersion(ctx context.Context, ref registry.VersionRef) (c registry.Collection, v registry.Version, err error) {
	if v, err = t.version(ctx, ref); err != nil {
		return c, v, err
	}
	if c, err = t.lockCollectionByID(ctx, v.CollectionID); err != nil {
		return c, v, err
	}
	// It may have gone, or an alias may have moved, while we waited for the lock.
	v, err = t.version(ctx, ref)
	return c, v, err
}
