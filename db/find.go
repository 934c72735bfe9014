package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Find returns what the actor may see of the models, versions, artifacts, runs,
// projects and owners in which every word of a search stands: a page of one kind, or the
// first of each. It takes a number of statements that does not grow with what
// there is. Nothing is looked for without words. Returns Invalid for a page that
// cannot be.
func (db *DB) Find(ctx context.Context, by registry.Actor, query registry.FindQuery) (p registry.FindPage, err error) {
	p.Query = query
	mark, err := registry.ReadFindMark(query.After)
	if err != nil {
		return p, err
	}
	err = db.visible(ctx, by, func(t *tx) error {
		words := registry.Words(query.Text)
		if len(words) == 0 {
			return nil
		}
		s := sought{words: words, all: anywhere(words), whole: strings.Join(words, " "), mark: mark, most: registry.FirstHits}
		if query.Kind != "" {
			s.most = registry.PageSize
		}
		for _, kind := range registry.HitKinds {
			if query.Kind != "" && query.Kind != kind {
				continue
			}
			rows, err := t.hits(ctx, kind, s, query.Text)
			if err != nil {
				return err
			}
			g := registry.HitGroup{Kind: kind, More: len(rows) > s.most}
			for _, row := range rows[:min(len(rows), s.most)] {
				g.Hits = append(g.Hits, row.hit())
			}
			if len(g.Hits) > 0 {
				p.Groups = append(p.Groups, g)
			}
			if last := len(g.Hits) - 1; g.More && query.Kind != "" {
				p.Next = registry.FindMark{Score: g.Hits[last].Score, PageMark: registry.PageMark{At: g.Hits[last].At, ID: g.Hits[last].ID}}.String()
			}
		}
		return t.placeHits(ctx, p.Groups)
	})
	return p, err
}

// sought is what the statements of a search are about.
type sought struct {
	words []string
	all   []string // patterns of words, every one of which must fit
	whole string   // the words as one name
	mark  registry.FindMark
	most  int // hits to show
}

// anywhere are the patterns that words fit wherever they stand.
func anywhere(words []string) []string {
	long, short := patterns(slices.Clone(words))
	return append(long, short...)
}

// longest is the pattern that trigrams find most by; ok is false where words are
// too short for any.
func (s sought) longest() (pattern string, ok bool) {
	pattern = slices.MaxFunc(s.all, func(a, b string) int { return utf8.RuneCountInString(a) - utf8.RuneCountInString(b) })
	return pattern, utf8.RuneCountInString(pattern) > len("%ab%")
}

// hitRow is a hit as its columns scan.
type hitRow struct {
	ID        int64
	PlaceID   int64
	Owner     string
	OwnerKind registry.EntityKind
	Name      string
	Title     string
	Type      string
	Number    int
	State     registry.RunState
	Text      string
	Tags      pq.StringArray
	By        string
	At        time.Time
	Score     int
}

func (row hitRow) hit() registry.Hit {
	return registry.Hit{
		ID: row.ID, Place: registry.Place{ID: row.PlaceID, EntityName: row.Owner, EntityKind: row.OwnerKind}, Name: row.Name, Title: row.Title,
		Type: row.Type, Number: row.Number, State: row.State, Text: row.Text, Tags: row.Tags, By: row.By, At: row.At, Score: row.Score,
	}
}

// hits loads the hits of a kind that follow the mark, and one more.
func (t *tx) hits(ctx context.Context, kind registry.HitKind, s sought, text string) (rows []hitRow, err error) {
	switch kind {
	case registry.ModelHits:
		rows, err = t.modelHits(ctx, s)
	case registry.VersionHits:
		rows, err = t.versionHits(ctx, s, text)
	case registry.ArtifactHits:
		rows, err = t.artifactHits(ctx, s, text)
	case registry.RunHits:
		rows, err = t.runHits(ctx, s)
	case registry.ProjectHits:
		rows, err = t.projectHits(ctx, s)
	case registry.OwnerHits:
		rows, err = t.ownerHits(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("db: find %s: %w", kind, err)
	}
	return rows, nil
}

// placeHits adds the places that hits stand in, and the aliases of models and
// versions.
func (t *tx) placeHits(ctx context.Context, groups []registry.HitGroup) error {
	var places, models, versions []int64
	for _, g := range groups {
		for _, h := range g.Hits {
			if h.Place.ID != 0 {
				places = append(places, h.Place.ID)
			}
			switch g.Kind {
			case registry.ModelHits:
				models = append(models, h.ID)
			case registry.VersionHits:
				versions = append(versions, h.ID)
			}
		}
	}
	rows, err := t.placesByID(ctx, places)
	if err != nil {
		return err
	}
	const q = `
		select a.version_id, a.collection_id, v.number, a.name, coalesce(s.position, 0) as position, coalesce(s.color, '') as color
		from aliases a
		join versions v on v.id = a.version_id
		join collections c on c.id = a.collection_id
		left join stages s on s.place_id = c.place_id and s.name = a.name
		where a.version_id = any($2) or a.collection_id = any($1) and s.name is not null
		order by s.position desc nulls last, a.set_at desc, a.name`
	var held []aliasRow
	if err := t.SelectContext(ctx, &held, q, pq.Array(models), pq.Array(versions)); err != nil {
		return fmt.Errorf("db: aliases of hits: %w", err)
	}
	for _, g := range groups {
		for i := range g.Hits {
			h := &g.Hits[i]
			if row, ok := rows[h.Place.ID]; ok {
				h.Place = row.Place
			}
			for _, a := range held {
				switch of := cmp.Or(g.Kind == registry.ModelHits && a.CollectionID == h.ID && a.Color != "", g.Kind == registry.VersionHits && a.VersionID == h.ID); {
				case of && a.Color != "":
					h.Stages = append(h.Stages, registry.StageHolder{Stage: a.Stage, Number: a.Number})
				case of:
					h.Aliases = append(h.Aliases, registry.AliasHolder{Name: a.Name, Number: a.Number})
				}
			}
		}
	}
	return nil
}
