package vault

import (
	"context"
	"io"

	"greenroom/registry"
)

// maxClasses is the longest file that names classes, in bytes.
const maxClasses = 4 << 20

// OpenContent opens what a verb of db found for somebody who may have it.
func (v *Vault) OpenContent(ctx context.Context, c registry.Content) (*File, error) {
	return v.open(ctx, c)
}

// Table reads a page of the table in the file and closes it. Class labels get
// the names that stand in a file beside it, where beside opens one. Returns
// Invalid for what is no table.
func (f *File) Table(q registry.TableQuery, beside func(path string) (*File, error)) (registry.TablePage, error) {
	defer f.Close()
	page, err := registry.ReadTable(f, q)
	if err != nil {
		return page, err
	}
	for _, column := range page.Shown {
		path := page.Columns[column].ClassesPath
		if path == "" || beside == nil {
			continue
		}
		names, err := beside(path)
		if registry.KindOf(err) == registry.NotFound {
			continue // the numbers are still true
		}
		if err != nil {
			return page, err
		}
		text, err := io.ReadAll(io.LimitReader(names, maxClasses))
		names.Close()
		if err != nil {
			return page, err
		}
		page.NameClasses(column, registry.ReadClasses(text))
	}
	return page, nil
}
