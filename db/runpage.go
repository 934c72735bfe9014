package db

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// tailShown is how many of the last lines stand beside the charts.
const tailShown = 4

// RunPage returns a part of a run's page, in a number of statements that does not
// grow with the run. Returns NotFound where there is no run that the actor may
// look at, or it was deleted.
func (db *DB) RunPage(ctx context.Context, by registry.Actor, ref registry.RunRef, query registry.RunPageQuery) (p registry.RunPage, err error) {
	err = db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.runID(ctx, ref)
		if err != nil {
			return err
		}
		p = registry.RunPage{Query: query}
		if p.RunDetail, err = t.run(ctx, id); err != nil {
			return err
		}
		p.Removable = p.MayDelete(t.by)
		p.Defined = registry.DefinedMetricsOf(p.Config)
		if err := t.loadVisible(ctx); err != nil {
			return err
		}
		if err := t.countParts(ctx, &p); err != nil {
			return err
		}
		return t.fillRunPage(ctx, &p)
	})
	return p, err
}

// drawn are keys of metrics that have a chart: neither a client's own nor hidden
// ones, which $2, $3 and $4 name as DefinedMetrics.Hidden does.
const drawn = `not starts_with(key, '_') and key <> all($2::text[])
	and (key = any($4::text[]) or not exists (select from unnest($3::text[]) as b where starts_with(key, b)))`

// countParts counts what stands on the parts of the page.
func (t *tx) countParts(ctx context.Context, p *registry.RunPage) error {
	const q = `
		select (select count(*) from (select key from metric_chunks where run_id = $1 group by key) as k where ` + drawn + `),
			(select count(*) from (select key from media_chunks where run_id = $1 group by key) as k),
			(select count(*) from run_files where run_id = $1),
			(select count(*)
			from lineage l
			join artifacts a on a.id = l.artifact_id and a.state = 'committed'
			where l.run_id = $1
			and exists (
				select from versions v
				join collections c on c.id = v.collection_id
				where v.artifact_id = a.id and c.place_id = any($5))),
			coalesce((select nullif(full_name, '') from people where id = $6), (select name from entities where id = $6), 'greenroom')`
	names, beginnings, others := p.Defined.Hidden()
	row := t.QueryRowxContext(ctx, q, p.ID, pq.Array(names), pq.Array(beginnings), pq.Array(others), pq.Array(t.visible), p.CreatedBy)
	if err := row.Scan(&p.Charts, &p.MediaCount, &p.FileCount, &p.Versions, &p.AuthorName); err != nil {
		return fmt.Errorf("db: parts of run: %w", err)
	}
	return nil
}

// fillRunPage loads what one part of the page shows.
func (t *tx) fillRunPage(ctx context.Context, p *registry.RunPage) (err error) {
	switch p.Query.Part {
	case registry.RunCharts:
		if err = t.fillCharts(ctx, p); err != nil {
			return err
		}
		if p.Progress.OutputLines > 0 {
			p.Output, p.Before, err = t.outputLines(ctx, p.ID, 0, tailShown, -1)
		}
	case registry.RunMedia:
		return t.fillMedia(ctx, p)
	case registry.RunOverview:
		p.Alerts, err = t.alerts(ctx, p.ID, p.Query.Before)
	case registry.RunLogs:
		return t.fillLogs(ctx, p)
	case registry.RunFiles:
		return t.fillRunFiles(ctx, p)
	case registry.RunSystem:
		p.System, err = t.system(ctx, p.RunDetail)
	case registry.RunArtifacts:
		part := registry.LineageRange{First: registry.RunEdgesPage}
		if p.Made, err = t.runArtifacts(ctx, p.ID, registry.Made, part); err != nil {
			return err
		}
		if p.Used, err = t.runArtifacts(ctx, p.ID, registry.Used, part); err != nil {
			return err
		}
		p.UsedBy, err = t.otherUsers(ctx, p.ID, slices.Concat(p.Made.Versions, p.Used.Versions))
	}
	return err
}

// fillRunFiles adds the folder that the query's path names, or the file and the
// folder it is in; of a folder, the file that stands for it.
func (t *tx) fillRunFiles(ctx context.Context, p *registry.RunPage) (err error) {
	const files = `
		select f.name as path, b.size, '' as digest, null::text as ref
		from run_files f
		join blobs b on b.id = f.blob_id
		where f.run_id = $1`
	name := strings.Trim(p.Query.Path, "/")
	if p.File, err = t.runFile(ctx, p.ID, name); err != nil {
		return err
	}
	dir := name
	if p.File != nil {
		if dir = path.Dir(name); dir == "." {
			dir = ""
		}
	}
	if p.Files, err = t.folder(ctx, files, p.ID, dir, p.Query.After, registry.RunFilesPage); err != nil || p.File != nil {
		return err
	}
	if face := p.Files.Face(); face != nil {
		p.File, err = t.runFile(ctx, p.ID, face.Path)
	}
	return err
}

// runFile loads one file of a run, nil if it has none of the name.
func (t *tx) runFile(ctx context.Context, runID int64, name string) (*registry.File, error) {
	if name == "" {
		return nil, nil
	}
	list, err := t.runFiles(ctx, runID, registry.FileRange{Names: []string{name}, First: 1})
	if err != nil || len(list.Files) == 0 {
		return nil, err
	}
	return &list.Files[0], nil
}

// fillCharts loads a page of the metrics that the search finds, by name.
func (t *tx) fillCharts(ctx context.Context, p *registry.RunPage) error {
	const q = `
		with found as (
			select distinct key
			from metric_chunks
			where run_id = $1 and ` + drawn + `
			and not exists (select from unnest($5::text[]) as w where strpos(lower(key), w) = 0))
		select array(select key from found where key > $6 order by key limit $7 + 1), (select count(*) from found)`
	var keys []string
	words := pq.Array(strings.Fields(strings.ToLower(p.Query.Search)))
	names, beginnings, others := p.Defined.Hidden()
	row := t.QueryRowxContext(ctx, q, p.ID, pq.Array(names), pq.Array(beginnings), pq.Array(others), words, p.Query.After, registry.RunChartsPage)
	if err := row.Scan(pq.Array(&keys), &p.Found); err != nil {
		return fmt.Errorf("db: charts of run: %w", err)
	}
	if len(keys) > registry.RunChartsPage {
		keys = keys[:registry.RunChartsPage]
		p.Next = keys[len(keys)-1]
	}
	if len(keys) == 0 {
		return nil
	}
	var err error
	p.Keys, err = t.metricKeys(ctx, p.ID, keys)
	return err
}

// fillLogs loads the last lines, or those from a number on.
func (t *tx) fillLogs(ctx context.Context, p *registry.RunPage) (err error) {
	if p.Query.Search != "" {
		p.Output, p.Behind, err = t.findOutput(ctx, p.ID, p.Query.Search, registry.LogPage, or(p.Query.From, 0)-1)
		return err
	}
	if p.Query.From == nil {
		p.Output, p.Before, err = t.outputLines(ctx, p.ID, 0, registry.LogPage, -1)
		return err
	}
	from := max(0, *p.Query.From)
	p.Before = from > 0
	p.Output, p.Behind, err = t.outputLines(ctx, p.ID, registry.LogPage, 0, from-1)
	return err
}
