package vault

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// Preview reads what a page shows of a file of a version, as text if asText says
// so. There is none of what is kept elsewhere. Denied to those who may only look.
func (v *Vault) Preview(ctx context.Context, by registry.Actor, ref registry.VersionRef, path string, asText bool) (p registry.Preview, err error) {
	c, err := v.db.Content(ctx, by, ref, path)
	if registry.KindOf(err) == registry.NotFound {
		return registry.Preview{}, nil
	}
	if err != nil {
		return p, err
	}
	kind := registry.PreviewKindOf(path)
	if asText {
		kind = registry.PreviewText
	}
	if kind.Shown() {
		return registry.Preview{Kind: kind}, nil
	}
	f, err := v.open(ctx, c)
	if err != nil {
		return p, err
	}
	defer f.Close()
	p, err = registry.ReadPreview(f, kind, path, c.Size)
	if err != nil {
		return p, fmt.Errorf("vault: preview of %s: %w", path, err)
	}
	return p, nil
}
