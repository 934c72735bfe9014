package worker

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// lines is a log that a test can read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// aWorker is a worker whose turns a test can wait for, by the name of the work.
func aWorker(t *testing.T, d *db.DB) (w *Worker, log *lines, turn func(name string)) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	log = &lines{}
	w = New(d, Config{SealKey: key, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	turns := map[string]chan error{}
	for _, l := range w.loops {
		turns[l.name] = make(chan error, 1000)
		l.done = func(err error) { turns[l.name] <- err }
	}
	return w, log, func(name string) {
		t.Helper()
		select {
		case err := <-turns[name]:
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		case <-t.Context().Done():
			t.Fatalf("%s: %v", name, t.Context().Err())
		}
	}
}

func TestWorker(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "silent"}
	if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: ref}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`update run_progress set heartbeat_at = now() - interval '6 minutes'`,
		`insert into sign_in_failures values ('bob', '::1', now() - interval '25 hours'), ('bob', '::1', now())`,
	} {
		if err := dbtest.Exec(t, d, q); err != nil {
			t.Fatal(err)
		}
	}

	w, log, turn := aWorker(t, d)
	if err := w.markCrashed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if run, err := d.Run(t.Context(), h.Bob, ref); err != nil || run.State != registry.Running {
		t.Errorf("a run is %s that was silent before anybody listened, %v", run.State, err)
	}
	w.vigil.since -= registry.CrashedAfter
	w.Start(t.Context())
	w.Start(t.Context())
	turn("mark crashed runs")
	turn("sweep")
	run, err := d.Run(t.Context(), h.Bob, ref)
	if err != nil || run.State != registry.Crashed || !run.EndedAt.Equal(run.Progress.HeartbeatAt) {
		t.Errorf("the run is %s, ended %v, %v", run.State, run.EndedAt, err)
	}
	if !strings.Contains(log.String(), "vision/digits/runs/silent") {
		t.Errorf("the log tells of no silent run: %s", log)
	}

	// Other tests hold transactions open on this server, so the seal may have to
	// wait for them.
	var head registry.Seal
	for head.ID == 0 {
		turn("seal")
		if head, err = d.LastSeal(t.Context(), dbtest.System); err != nil && registry.KindOf(err) != registry.NotFound {
			t.Fatal(err)
		}
	}
	if err := w.tellSeal(t.Context()); err != nil || !strings.Contains(log.String(), hex.EncodeToString(head.Hash)) {
		t.Errorf("the log does not tell the seal %x: %v", head.Hash, err)
	}
	public := w.config.SealKey.Public().(ed25519.PublicKey)
	if held, err := d.VerifySeals(t.Context(), dbtest.System, public); err != nil || held == 0 {
		t.Errorf("VerifySeals = %d, %v", held, err)
	}
	if swept, err := d.Sweep(t.Context(), dbtest.System); err != nil || swept != 0 {
		t.Errorf("the sweep left %d rows, %v", swept, err)
	}
	w.Stop()
	w.Stop()
}

func TestLoopStartsAndStops(t *testing.T) {
	t.Parallel()
	var running atomic.Int32
	l := &loop{name: "test", every: 1, log: slog.New(slog.DiscardHandler), work: func(ctx context.Context) error {
		if running.Add(1) > 1 {
			t.Error("two turns at once")
		}
		defer running.Add(-1)
		return ctx.Err()
	}}
	l.stop()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				l.start(t.Context())
				l.stop()
			}
		})
	}
	wg.Wait()
	l.stop()
	if running.Load() != 0 {
		t.Error("a stopped loop still runs")
	}
}

func TestLoopTellsOfFailuresOnce(t *testing.T) {
	t.Parallel()
	log := &lines{}
	l := &loop{name: "test", log: slog.New(slog.NewTextHandler(log, nil))}
	for _, err := range []error{nil, errors.New("no"), errors.New("no"), nil, nil, registry.Errorf(registry.Busy, "Later."), nil} {
		l.tell(t.Context(), err)
	}
	if got := strings.Count(log.String(), "\n"); got != 4 {
		t.Errorf("%d lines:\n%s", got, log)
	}
}
