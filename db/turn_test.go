package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// holdAll takes every connection.
func holdAll(t *testing.T, d *db.DB) (done []func()) {
	t.Helper()
	for range db.Connections() {
		over, err := d.Turn(t.Context())
		must(t, err)
		done = append(done, over)
	}
	return done
}

// Where more want to read than there are connections, each gets one in the order in which they came.
func TestTurnsAreInOrder(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	synctest.Test(t, func(t *testing.T) {
		done := holdAll(t, d)
		var came, served []int
		for i := range 30 {
			came = append(came, i)
			go func() {
				over, err := d.Turn(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				served = append(served, i) // one at a time: there is one connection for all of them
				time.Sleep(time.Millisecond)
				over()
			}()
			synctest.Wait()
		}
		done[0]()
		time.Sleep(time.Second)
		synctest.Wait()
		if !slices.Equal(served, came) {
			t.Errorf("served %v, want the order in which they came", served)
		}
		for _, over := range done[1:] {
			over()
		}
	})
}

// Whoever gives up while waiting takes no connection with them, nor does a statement that fails.
func TestTurnIsGivenBack(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	done := holdAll(t, d)
	for _, ask := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := d.Run(ctx, h.Bob, registry.RunRef{Place: registry.Project("vision", "speed"), Name: "none"})
			return err
		},
		func(ctx context.Context) error {
			_, err := d.ActorByKey(ctx, registry.WandB, "none")
			return err
		},
	} {
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := ask(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("asked while all connections are in use: %v, want to wait until there is no time left", err)
		}
		cancel()
	}
	for _, over := range done {
		over()
	}
	for range 2 * db.Connections() {
		if _, err := d.Run(t.Context(), h.Bob, registry.RunRef{Place: registry.Project("vision", "speed"), Name: "none"}); registry.KindOf(err) != registry.NotFound {
			t.Fatalf("a run that is not there: %v", err)
		}
	}
	for _, over := range holdAll(t, d) {
		over()
	}
}
