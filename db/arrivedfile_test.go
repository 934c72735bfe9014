package db_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// arriveTogether lets files arrive in order while no connection is free, and returns what became of each and how many
// statements that took.
func (s shelf) arriveTogether(t *testing.T, ids []int64, files []registry.Stored) (errs []error, statements int64) {
	t.Helper()
	done := holdAll(t, s.DB)
	before := s.Statements()
	errs = make([]error, len(ids))
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() { errs[i] = s.FileArrived(t.Context(), dbtest.System, id, files[i]) })
		s.awaitArrived(t, i) // the first is being written
	}
	for _, over := range done {
		over()
	}
	wg.Wait()
	return errs, s.Statements() - before
}

func (s shelf) awaitArrived(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Microsecond) {
		waiting, writing := s.Arrived()
		if writing && waiting == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d wait, want %d; written: %t", waiting, n, writing)
		}
	}
}

func texts(names ...string) (files []registry.Stored) {
	for _, n := range names {
		files = append(files, stored(n))
	}
	return files
}

// The many files of an artifact come at once, and are written down together.
func TestFilesThatArriveTogether(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	made, err := s.CreateArtifact(ctx, s.Bob, registry.NewArtifact{Place: digits, Collection: "many", Type: "dataset", Digest: "3d1f0bcd5a1fbf1a3f6cd3cd3b9d1dd1"})
	must(t, err)
	ref := registry.ArtifactRef{ID: made.Artifact.ID}
	var specs []registry.FileSpec
	var files []registry.Stored
	for i := range 100 {
		f := stored(fmt.Sprint("file ", i/2)) // each content twice
		files = append(files, f)
		specs = append(specs, registry.FileSpec{Artifact: ref, Path: fmt.Sprint(i), MD5: f.MD5})
	}
	given, err := s.ReserveArtifactFiles(ctx, s.Bob, specs)
	must(t, err)
	var ids []int64
	for _, u := range given {
		ids = append(ids, u.ID)
	}
	errs, statements := s.arriveTogether(t, ids, files)
	for i, err := range errs {
		if err != nil {
			t.Errorf("file %d: %v", i, err)
		}
	}
	if statements > 8 {
		t.Errorf("%d statements for %d files, want two for those that came first and two for all others", statements, len(files))
	}
	again, err := s.ReserveArtifactFiles(ctx, s.Bob, specs)
	must(t, err)
	for i, u := range again {
		if !u.Stored {
			t.Errorf("file %d is not here", i)
		}
	}
}

// What cannot be written down is told so, and keeps out nothing that came with it.
func TestFilesThatArriveWithOthersThatMayNot(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	gone := registry.RunRef{Place: digits, Name: "gone"}
	_, _, err := s.UpsertRun(ctx, s.Bob, registry.RunEdit{Run: gone})
	must(t, err)
	given, err := s.ReserveRunFiles(ctx, s.Bob, theRun, []string{"first", "a", "forged", "log", "log", "broken", "last"})
	must(t, err)
	late, err := s.ReserveRunFiles(ctx, s.Bob, gone, []string{"late"})
	must(t, err)
	must(t, s.DeleteRun(ctx, s.Bob, gone))
	must(t, dbtest.Exec(t, s.DB, `alter table blobs add constraint no_thirteen check (size <> 13)`)) // breaks the whole statement
	var ids []int64
	for _, u := range append(given, late...) {
		ids = append(ids, u.ID)
	}
	files := texts("first", "A", "A", "old", "the new", "thirteen byte", "last", "late")
	files[2].SHA256 = stored("B").SHA256
	ids, files = append(ids, 1<<40), append(files, stored("nowhere"))
	for round, broken := range []bool{true, false} {
		if !broken {
			ids, files = append(ids[:5:5], ids[6:]...), append(files[:5:5], files[6:]...)
		}
		errs, _ := s.arriveTogether(t, ids, files)
		want := map[int64]registry.Kind{ids[2]: registry.Conflict, late[0].ID: registry.Gone, 1 << 40: registry.Gone}
		if broken {
			want[given[5].ID] = registry.Internal
		}
		for i, err := range errs {
			if err == nil && want[ids[i]] != "" || err != nil && (want[ids[i]] == "" || registry.KindOf(err) != want[ids[i]]) {
				t.Errorf("round %d, file %d: %v, want kind %q", round, i, err, want[ids[i]])
			}
		}
		list, err := s.RunFiles(ctx, s.Bob, theRun, registry.FileRange{First: 10})
		must(t, err)
		got := map[string]int64{}
		for _, f := range list.Files {
			got[f.Path] = f.Size
		}
		for name, size := range map[string]int64{"first": 5, "a": 1, "log": 7, "last": 4} {
			if got[name] != size {
				t.Errorf("round %d: %s has %d bytes, want %d", round, name, got[name], size)
			}
		}
		if list.Total != 4 {
			t.Errorf("round %d: %d files are there, want 4: %v", round, list.Total, got)
		}
	}
}
