package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ModelPage returns the page of a registered model or a source, newest
// version first unless the query says otherwise, in a number of statements that
// does not grow with it. Returns NotFound where there is none that the actor may
// look at.
func (db *DB) ModelPage(ctx context.Context, by registry.Actor, ref registry.CollectionRef, query registry.ModelQuery) (p registry.ModelPage, err error) {
	var found registry.Collection
	err = db.read(ctx, by, registry.Look, whereCollection(ref, &found), func(t *tx) error {
		p = registry.ModelPage{Collection: found, Place: t.place, Access: t.access, Query: query, Count: found.Versions}
		if query.Order.Column() != "" && found.Versions > registry.SortableVersions {
			p.Query.Order, p.Query.After = registry.VersionOrder{}, 0
		}
		stages, err := t.stagesOf(ctx, t.place.ID)
		if err != nil {
			return err
		}
		if p.Stars, err = t.starsOf(ctx, found.ID); err != nil {
			return err
		}
		ids, err := t.orderedVersions(ctx, &p)
		if err != nil {
			return err
		}
		return t.fillModelPage(ctx, &p, stages, ids)
	})
	return p, err
}

// orderedVersions finds the versions of a page in their order: all that there
// are where they are ordered by a figure.
func (t *tx) orderedVersions(ctx context.Context, p *registry.ModelPage) (ids []int64, err error) {
	order, limit := p.Query.Order, registry.PageSize+1
	key, way, than, after := `number`, `desc`, `<`, p.Query.After
	switch {
	case order.Column() != "":
		limit, after = registry.SortableVersions, 0
	case order.By == registry.OrderCreated: // artifacts get their IDs in the order they are made
		key = `artifact_id`
	}
	if order.Reversed && order.Column() == "" {
		way, than = `asc`, `>`
	}
	beyond := ``
	if after != 0 {
		beyond = ` and ` + key + ` ` + than + ` ` + strconv.Itoa(after)
	}
	var rows []struct{ ID, Key int64 }
	q := composed + `select id, ` + key + ` as key from versions where collection_id = $1` + beyond + ` order by ` + key + ` ` + way + ` limit $2`
	if err := t.SelectContext(ctx, &rows, q, p.ID, limit); err != nil {
		return nil, fmt.Errorf("db: versions: %w", err)
	}
	if order.Column() == "" && len(rows) > registry.PageSize {
		rows = rows[:registry.PageSize]
		p.More = int(rows[len(rows)-1].Key)
	}
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids, nil
}

// fillModelPage adds the newest version and the holders of stages, who are on no
// page in particular, and tells of each version what a row tells.
func (t *tx) fillModelPage(ctx context.Context, p *registry.ModelPage, stages []registry.Stage, ids []int64) error {
	held, err := t.stageHolders(ctx, p.ID)
	if err != nil {
		return err
	}
	heldIDs := make([]int64, len(held))
	for i := range held {
		heldIDs[i] = held[i].VersionID
	}
	var newestIDs []int64
	const q = `select id from versions where collection_id = $1 order by number desc limit 1`
	if err := t.SelectContext(ctx, &newestIDs, q, p.ID); err != nil {
		return fmt.Errorf("db: newest version: %w", err)
	}
	known, err := t.versionRowsByID(ctx, p.ID, slices.Concat(ids, heldIDs, newestIDs))
	if err != nil {
		return err
	}
	rows, holders, newest := known.of(ids), known.of(heldIDs), known.of(newestIDs)
	if err := t.chooseColumns(ctx, p, newest, rows); err != nil {
		return err
	}
	keys := p.Keys
	for _, key := range []string{p.Key, p.Query.Order.Column()} {
		if key != "" && !slices.Contains(keys, key) {
			keys = append(slices.Clip(keys), key)
		}
	}
	told, err := t.tellOfVersions(ctx, slices.Concat(rows, holders, newest), keys)
	if err != nil {
		return err
	}
	p.Versions = told[:len(rows)]
	for i := range newest {
		p.Newest = &told[len(rows)+len(holders)+i]
	}
	for _, s := range stages {
		view := registry.StageView{Stage: s}
		for i := range held {
			if held[i].Name != s.Name {
				continue
			}
			view.By, view.Since = held[i].By, held[i].SetAt
			for j := range told {
				if told[j].ID == held[i].VersionID {
					view.Holder = &told[j]
				}
			}
		}
		p.Stages = append(p.Stages, view)
	}
	if p.Query.Order.Column() != "" {
		rankVersions(p)
	}
	return nil
}

// rankVersions orders all versions by a figure and keeps a page of them.
func rankVersions(p *registry.ModelPage) {
	ranked := slices.Clone(p.Versions) // stages point into the others
	p.Query.Order.Rank(ranked)
	from := min(max(p.Query.After, 0), len(ranked))
	to := min(from+registry.PageSize, len(ranked))
	if p.Versions = ranked[from:to]; to < len(ranked) {
		p.More = to
	}
}

// chooseColumns says which figures to show: those asked for or, where none are,
// those of the newest version that tell most.
func (t *tx) chooseColumns(ctx context.Context, p *registry.ModelPage, newest, rows []versionRow) error {
	metrics, metadata := map[string]registry.Figure{}, map[string]registry.Figure{}
	for _, row := range rows {
		for _, f := range figuresOf(row.Summary) {
			metrics[f.Key] = f
		}
		for _, f := range figuresOf(row.Metadata) {
			metadata[f.Key] = f
		}
	}
	p.Known = registry.KnownColumns(slices.Collect(maps.Values(metrics)), slices.Collect(maps.Values(metadata)))
	p.Known = p.Known[:min(len(p.Known), columnsKnown)]
	for _, row := range newest {
		best, err := t.keyFigures(ctx, []made{row.made}, 3)
		if err != nil {
			return err
		}
		p.Keys = registry.DefaultColumns(best[0], figuresOf(row.Metadata), columnsAtFirst)
	}
	if len(p.Keys) > 0 {
		p.Key = p.Keys[0]
	}
	if len(p.Query.Columns) > 0 {
		p.Keys = p.Query.Columns[:min(len(p.Query.Columns), registry.MostColumns)]
	}
	for _, key := range p.Keys {
		if !slices.Contains(p.Known, key) {
			p.Known = append(p.Known, key)
		}
	}
	return nil
}

// columnsAtFirst is how many figures are shown where nobody chose.
const columnsAtFirst = 4

// columnsKnown is how many columns are offered to choose from.
const columnsKnown = 200

// whereCollection is the place of a collection; it loads the collection on the
// way.
func whereCollection(ref registry.CollectionRef, found *registry.Collection) place {
	return func(ctx context.Context, t *tx) error {
		const columns = `select id, place_id, kind, name, type, description, tags, next_number, versions, created_by, created_at, changed_at from collections where `
		var row shownCollection
		if ref.ID != 0 {
			if err := t.GetContext(ctx, &row, columns+`id = $1`, ref.ID); err != nil {
				return err
			}
			if err := in(registry.PlaceRef{ID: row.PlaceID})(ctx, t); err != nil {
				return err
			}
		} else {
			if err := in(ref.Place)(ctx, t); err != nil {
				return err
			}
			if err := t.access.Require(registry.Look); err != nil {
				return err
			}
			if err := t.GetContext(ctx, &row, columns+`id = `+collectionNamed, t.place.ID, ref.Name); err != nil {
				return err
			}
		}
		*found = row.Collection
		found.Tags = row.Tags
		return nil
	}
}

// stagesOf loads a registry's stages in their order.
func (t *tx) stagesOf(ctx context.Context, placeID int64) (stages []registry.Stage, err error) {
	const q = `select name, position, color from stages where place_id = $1 order by position`
	if err := t.SelectContext(ctx, &stages, q, placeID); err != nil {
		return nil, fmt.Errorf("db: stages: %w", err)
	}
	return stages, nil
}

// stageHolder is an alias that is a stage.
type stageHolder struct {
	Name      string
	VersionID int64
	By        string
	SetAt     time.Time
}

// setBy is who set an alias, as people call them, in a query with joinSetter.
const (
	setBy      = `coalesce(nullif(known.full_name, ''), setter.name, 'greenroom')`
	joinSetter = `left join entities setter on setter.id = a.set_by left join people known on known.id = a.set_by`
)

func (t *tx) stageHolders(ctx context.Context, collectionID int64) (held []stageHolder, err error) {
	const q = `
		select a.name, a.version_id, ` + setBy + ` as by, a.set_at
		from aliases a
		join collections c on c.id = a.collection_id
		join stages s on s.place_id = c.place_id and s.name = a.name
		` + joinSetter + `
		where a.collection_id = $1`
	if err := t.SelectContext(ctx, &held, q, collectionID); err != nil {
		return nil, fmt.Errorf("db: stage holders: %w", err)
	}
	return held, nil
}

// aliasesShown loads the aliases of versions, stages first.
func (t *tx) aliasesShown(ctx context.Context, versionIDs []int64) (map[int64][]aliasRow, error) {
	const q = `
		select a.collection_id, a.version_id, v.number, a.name, coalesce(s.position, 0) as position, coalesce(s.color, '') as color,
			` + setBy + ` as by, a.set_at
		from aliases a
		join versions v on v.id = a.version_id
		join collections c on c.id = a.collection_id
		left join stages s on s.place_id = c.place_id and s.name = a.name
		` + joinSetter + `
		where a.version_id = any($1)
		order by s.position desc nulls last, a.set_at desc, a.name`
	var rows []aliasRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(versionIDs)); err != nil {
		return nil, fmt.Errorf("db: aliases of versions: %w", err)
	}
	byVersion := map[int64][]aliasRow{}
	for _, row := range rows {
		byVersion[row.VersionID] = append(byVersion[row.VersionID], row)
	}
	return byVersion, nil
}

// lookable loads those of some places that the actor may look into.
func (t *tx) lookable(ctx context.Context, ids []int64) (map[int64]registry.Place, error) {
	const q = placeQuery + `p.id = any($2)`
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: places: %w", err)
	}
	seen := map[int64]registry.Place{}
	for _, row := range rows {
		if t.accessIn(row).Can(registry.Look) {
			row.Place.Accepts = row.Accepts
			seen[row.ID] = row.Place
		}
	}
	return seen, nil
}
