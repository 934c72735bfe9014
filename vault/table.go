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

// TableFiles are the files that hold a table, and the artifact that they stand
// in, 0 if it is none.
type TableFiles struct {
	Parts      []registry.Content
	ArtifactID int64
}

// Table reads a page of a table. Class labels get the names that stand in a file
// of its artifact. Returns Invalid for what is no table.
func (v *Vault) Table(ctx context.Context, by registry.Actor, of TableFiles, q registry.TableQuery) (registry.TablePage, error) {
	if len(of.Parts) == 1 && of.ArtifactID != 0 && registry.NamesTables(of.Parts[0].Path) {
		return v.tableOfTables(ctx, by, of, q)
	}
	page, err := registry.ReadTableParts(v.tableParts(ctx, of), q)
	if err != nil || of.ArtifactID == 0 {
		return page, err
	}
	for _, column := range page.Shown {
		path := page.Columns[column].ClassesPath
		if path == "" {
			continue
		}
		text, err := v.textBeside(ctx, by, of, path, maxClasses)
		if registry.KindOf(err) == registry.NotFound {
			continue // the numbers are still true
		}
		if err != nil {
			return page, err
		}
		page.NameClasses(column, registry.ReadClasses(text))
	}
	return page, nil
}

func (v *Vault) tableParts(ctx context.Context, of TableFiles) registry.TableParts {
	open := func(i int) (io.ReadSeekCloser, error) { return v.open(ctx, of.Parts[i]) }
	return registry.TableParts{N: len(of.Parts), Open: open}
}

// tableOfTables reads a page of a table whose file only names others.
func (v *Vault) tableOfTables(ctx context.Context, by registry.Actor, of TableFiles, q registry.TableQuery) (page registry.TablePage, err error) {
	text, err := v.textBeside(ctx, by, of, of.Parts[0].Path, registry.MaxTableNames)
	if err != nil {
		return page, err
	}
	names, err := registry.ReadTableNames(text)
	if err != nil {
		return page, err
	}
	artifact := registry.ArtifactRef{ID: of.ArtifactID}
	if !names.Joined() {
		parts, err := v.db.ArtifactTables(ctx, by, artifact, names.Folder)
		if err != nil {
			return page, err
		}
		return v.Table(ctx, by, TableFiles{Parts: parts, ArtifactID: of.ArtifactID}, q)
	}
	var sides [2]TableFiles
	for i, path := range names.Tables {
		c, err := v.db.ArtifactContent(ctx, by, artifact, path)
		if registry.KindOf(err) == registry.NotFound {
			return page, registry.Errorf(registry.Invalid, "One of these joined tables, %s, is not in the artifact.", path)
		}
		if err != nil {
			return page, err
		}
		sides[i] = TableFiles{Parts: []registry.Content{c}, ArtifactID: of.ArtifactID}
	}
	q.With = names.Keys[0]
	if page, err = v.Table(ctx, by, sides[0], q); err != nil {
		return page, err
	}
	err = page.Join(v.tableParts(ctx, sides[1]), names)
	return page, err
}

// textBeside reads the beginning of a file of the table's artifact.
func (v *Vault) textBeside(ctx context.Context, by registry.Actor, of TableFiles, path string, most int64) ([]byte, error) {
	c, err := v.db.ArtifactContent(ctx, by, registry.ArtifactRef{ID: of.ArtifactID}, path)
	if err != nil {
		return nil, err
	}
	f, err := v.open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
