package vault

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// Preview reads what a page shows of a file of a version. There is none of what
// db.Content does not find. Denied to those who may only look.
func (v *Vault) Preview(ctx context.Context, by registry.Actor, ref registry.VersionRef, path string, q registry.PreviewQuery) (registry.Preview, error) {
	c, err := v.db.Content(ctx, by, ref, path)
	return v.preview(ctx, c, err, path, q)
}

// RunPreview is Preview for a file of a run.
func (v *Vault) RunPreview(ctx context.Context, by registry.Actor, ref registry.RunRef, path string, q registry.PreviewQuery) (registry.Preview, error) {
	c, err := v.db.RunContent(ctx, by, ref, path)
	return v.preview(ctx, c, err, path, q)
}

// TablePreview is Preview for a table of an artifact, of which other files there
// may be parts. What turns out to be none is shown as what it is.
func (v *Vault) TablePreview(ctx context.Context, by registry.Actor, artifactID int64, path string, q registry.PreviewQuery) (registry.Preview, error) {
	c, err := v.db.ArtifactContent(ctx, by, registry.ArtifactRef{ID: artifactID}, path)
	if err == nil {
		page, wrong := v.Table(ctx, by, TableFiles{Parts: []registry.Content{c}, ArtifactID: artifactID}, q.Table)
		if registry.KindOf(wrong) != registry.Invalid {
			return registry.Preview{Kind: registry.PreviewTable, Table: page}, wrong
		}
	}
	return v.preview(ctx, c, err, path, q)
}

// preview reads what was found, or not.
func (v *Vault) preview(ctx context.Context, c registry.Content, err error, path string, q registry.PreviewQuery) (p registry.Preview, _ error) {
	if registry.KindOf(err) == registry.NotFound {
		return registry.Preview{}, nil
	}
	if err != nil {
		return p, err
	}
	f, err := v.open(ctx, c)
	if err != nil {
		return p, err
	}
	defer f.Close()
	p, err = registry.ReadPreview(f, path, c.Size, q)
	if err != nil {
		return p, fmt.Errorf("vault: preview of %s: %w", path, err)
	}
	return p, nil
}
