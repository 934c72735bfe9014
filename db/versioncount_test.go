package db_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// TestCountsHoldWhateverHappens does everything that brings, links, unlinks and
// takes away versions and collections, several at once and in no order, and then
// counts again.
func TestCountsHoldWhateverHappens(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	const seed = 7
	models := []string{"m0", "m1", "m2"}
	sources := []string{"a", "b", "doomed"}
	// One list of artifacts for all, so that they are in each other's way.
	var lock sync.Mutex
	var logged []registry.VersionDetail
	one := func(r *rand.Rand) registry.VersionDetail {
		lock.Lock()
		defer lock.Unlock()
		return logged[r.IntN(len(logged))]
	}
	add := func(d registry.VersionDetail) {
		lock.Lock()
		defer lock.Unlock()
		logged = append(logged, d)
	}
	for i := range 9 {
		add(s.log(t, s.Bob, registry.NewArtifact{Collection: sources[i%3]}, fmt.Sprint("first ", i)))
	}
	var done [6]int
	act := func(r *rand.Rand, n int) (what int, err error) {
		ctx, model := t.Context(), models[r.IntN(len(models))]
		switch what = r.IntN(20); {
		case what < 10:
			_, err = s.LinkVersion(ctx, s.Bob, linkTo(one(r), digits, model, []string{"alias", "staging", "production"}[r.IntN(3)]))
			return 0, err
		case what < 14:
			return 1, s.UnlinkVersion(ctx, s.Bob, at(digits, model, fmt.Sprint("v", r.IntN(12))))
		case what < 16:
			_, err = s.DeleteArtifact(ctx, s.Bob, registry.ArtifactRef{ID: one(r).Artifact.ID}, true)
			return 2, err
		case what < 18:
			add(s.log(t, s.Bob, registry.NewArtifact{Collection: sources[r.IntN(2)]}, fmt.Sprint("more ", n)))
			return 3, nil
		case what < 19:
			card := fmt.Sprint("card ", n)
			_, err = s.UpdateCollection(ctx, s.Bob, registry.CollectionChange{Collection: collectionAt(digits, model), Description: &card})
			return 4, err
		}
		_, err = s.DeleteCollection(ctx, s.Bob, collectionAt(digits, []string{"m0", "m1", "m2", "doomed"}[r.IntN(4)]))
		return 5, err
	}
	var wg sync.WaitGroup
	for worker := range 3 {
		r := rand.New(rand.NewPCG(seed, uint64(worker)))
		wg.Go(func() {
			for i := range 50 {
				what, err := act(r, worker*1000+i)
				switch registry.KindOf(err) {
				case "":
					lock.Lock()
					done[what]++
					lock.Unlock()
				case registry.NotFound, registry.Conflict, registry.Busy, registry.Invalid:
				default:
					t.Errorf("%d: %v", what, err)
				}
			}
		})
	}
	wg.Wait()
	for what, n := range done {
		if n == 0 {
			t.Errorf("nothing of sort %d was done: %v", what, done)
		}
	}
	const recount = `
		do $$
		declare wrong text;
		begin
			select string_agg(c.name || ' says ' || c.versions || ' of ' || n.versions, ', ') into wrong
			from collections c
			cross join lateral (select count(*) as versions from versions v where v.collection_id = c.id) n
			where c.versions <> n.versions;
			if wrong is not null then
				raise exception 'counts: %', wrong;
			end if;
			select string_agg(counted::text, ', ') into wrong
			from (
				(select place_id, type, sum(models) as models, sum(versions) as versions from model_counts group by place_id, type having sum(models) <> 0)
				except
				(select place_id, type, count(*), sum(versions) from collections where kind = 'model' group by place_id, type)) counted;
			if wrong is not null or not exists (select from model_counts) then
				raise exception 'counts of models: %', wrong;
			end if;
			select string_agg(held::text, ', ') into wrong
			from (
				(select collection_id, stage, place_id, type from model_stages)
				except
				(select c.id, coalesce(held.name, ''), c.place_id, c.type
				from collections c
				left join lateral (select a.name from aliases a join stages s on s.name = a.name where a.collection_id = c.id and s.place_id = c.place_id) held on true
				where c.kind = 'model')) held;
			if wrong is not null or (select count(distinct collection_id) from model_stages) <> (select count(*) from collections where kind = 'model') then
				raise exception 'stages of models: %', wrong;
			end if;
			select string_agg(c.name || ' is sought by ' || coalesce(w.words, 'nothing'), ', ') into wrong
			from collections c
			left join model_words w on w.collection_id = c.id
			where c.kind = 'model' and w.words is distinct from lower(concat_ws(' ', c.name, c.type, array_to_string(c.tags, ' '), c.description));
			if wrong is not null then
				raise exception 'words: %', wrong;
			end if;
		end $$`
	if err := dbtest.Exec(t, s.DB, recount); err != nil {
		t.Error(err)
	}
}
