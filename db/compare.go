package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// figuresCompared is how many figures stand below each other, the most telling
// of them.
const figuresCompared = 40

// Compare sets versions of a registered model or a source side by side, in a
// number of statements that does not grow with them. Numbers that do not stand
// there are told of. Returns NotFound where there is nothing of that name, Invalid
// for too many versions.
func (db *DB) Compare(ctx context.Context, by registry.Actor, ref registry.CollectionRef, query registry.CompareQuery) (c registry.Comparison, err error) {
	var found registry.Collection
	err = db.read(ctx, by, registry.Look, whereCollection(ref, &found), func(t *tx) error {
		c = registry.Comparison{Collection: found, Place: t.place, Access: t.access, Query: query}
		if err := query.Check(); err != nil {
			return err
		}
		const q = versionQuery + `v.number = any($2)`
		var rows []versionRow
		if err := t.SelectContext(ctx, &rows, q, found.ID, pq.Array(query.Versions)); err != nil {
			return fmt.Errorf("db: versions to compare: %w", err)
		}
		c.Query.Versions = nil
		var asked []versionRow
		for _, number := range query.Versions {
			i := slices.IndexFunc(rows, func(row versionRow) bool { return row.Number == number })
			if i < 0 {
				c.Gone = append(c.Gone, number)
				continue
			}
			asked, c.Query.Versions = append(asked, rows[i]), append(c.Query.Versions, number)
		}
		return t.compare(ctx, &c, asked)
	})
	return c, err
}

// compare fills in what the versions have in common and what not.
func (t *tx) compare(ctx context.Context, c *registry.Comparison, rows []versionRow) (err error) {
	metrics, scores := map[string]registry.Figure{}, map[string]registry.Figure{}
	metadata := make([]map[string]registry.RunValue, len(rows))
	for i, row := range rows {
		run := figuresOf(row.Summary)
		for _, f := range run {
			metrics[f.Key] = f
		}
		for _, f := range registry.OtherScores(run, figuresOf(row.Metadata)) {
			scores[f.Key] = f
		}
		metadata[i] = metadataValues(row.Metadata)
	}
	for i := range metadata { // what stands among the figures is not told twice
		maps.DeleteFunc(metadata[i], func(name string, _ registry.RunValue) bool {
			_, score := scores[name]
			_, metric := metrics[name]
			return score || metric
		})
	}
	keys := registry.KnownColumns(slices.Collect(maps.Values(metrics)), slices.Collect(maps.Values(scores)))
	keys = keys[:min(len(keys), figuresCompared)]
	if c.Versions, err = t.tellOfVersions(ctx, rows, keys); err != nil {
		return err
	}
	c.Base = registry.ChooseBase(c.Versions, c.Query.Base)
	figures := make([]map[string]float64, len(c.Versions))
	for i, v := range c.Versions {
		figures[i] = v.Figures
	}
	c.Figures = registry.CompareFigures(keys, figures)
	c.Metadata = registry.CompareValues(metadata)
	configs, err := t.configsOf(ctx, rows)
	if err != nil {
		return err
	}
	seen := make([]map[string]registry.RunValue, len(rows))
	for i, v := range c.Versions {
		if v.Run != nil {
			seen[i] = configValues(configs[*rows[i].RunID])
		} else {
			c.Hidden++
		}
	}
	c.Config = registry.CompareValues(seen)
	return nil
}

// configsOf loads the configs of the runs that made versions, as far as a table
// has room for.
func (t *tx) configsOf(ctx context.Context, rows []versionRow) (map[int64]string, error) {
	var ids []int64
	for _, row := range rows {
		if row.RunID != nil {
			ids = append(ids, *row.RunID)
		}
	}
	const q = `select id, left(config, 262144) as config from runs where id = any($1)`
	var found []struct {
		ID     int64
		Config string
	}
	if err := t.SelectContext(ctx, &found, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: configs to compare: %w", err)
	}
	configs := map[int64]string{}
	for _, row := range found {
		configs[row.ID] = strings.TrimSpace(row.Config)
	}
	return configs, nil
}
