package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/lib/pq" // the driver
)

// A dataset is how much a registry holds.
type dataset struct {
	name                   string
	models, versions, runs int
}

var (
	large = dataset{"large", 10_000, 200_000, 100_000}
	small = dataset{"small", 100, 2_000, 1_000}
)

//go:embed dataset.sql
var datasetSQL string

// holding starts the program on a registry that holds a dataset. The first work that asks fills it, the others find it as
// it was left.
func (b *bed) holding(ctx context.Context, d dataset) (*greenroom, error) {
	filled := filepath.Join(b.dir, d.name)
	data, err := os.Readlink(filled)
	if err == nil {
		return b.serveAgain(ctx, data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	b.logf("filling a registry: %d models, %d versions, %d runs", d.models, d.versions, d.runs)
	if err := g.lend(ctx); err != nil {
		return nil, err
	}
	if err := g.fill(ctx, d); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return g, os.Symlink(g.data, filled)
}

// fill runs dataset.sql and puts the files that it tells of where the program looks for them.
func (g *greenroom) fill(ctx context.Context, d dataset) error {
	db, err := g.connect()
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	set := fmt.Sprintf(`
		set local synchronous_commit = off;
		set local work_mem = '128MB';
		set local maintenance_work_mem = '256MB';
		set local dataset.models = %d;
		set local dataset.versions = %d;
		set local dataset.runs = %d;`, d.models, d.versions, d.runs)
	if _, err := tx.ExecContext(ctx, set+datasetSQL); err != nil {
		return err
	}
	if err := g.keepContents(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if err := g.await(ctx, func(ctx context.Context) error { return settled(ctx, db) }); err != nil {
		return err
	}
	// What Postgres does by itself some time after so much has come.
	if _, err := db.ExecContext(ctx, `vacuum (analyze)`); err != nil {
		return err
	}
	return g.await(ctx, func(ctx context.Context) error { return sealed(ctx, db) })
}

// settled demands that the program has kept the figures of all versions whose runs are over, as it does half a minute
// after each.
func settled(ctx context.Context, db *sql.DB) error {
	const q = `
		select exists (
			select from versions v
			join artifacts a on a.id = v.artifact_id
			join runs r on r.id = a.run_id
			where v.figure_keys is null and r.state not in ('running', 'preempting'))`
	var open bool
	if err := db.QueryRowContext(ctx, q).Scan(&open); err != nil {
		return err
	}
	if open {
		return errors.New("the figures of versions are not settled")
	}
	return nil
}

// sealed demands that the program has sealed the whole log, which is work that no page should have to share the machine
// with.
func sealed(ctx context.Context, db *sql.DB) error {
	const q = `select exists (select from events where xid >= coalesce((select to_xid from seals order by id desc limit 1), '0'))`
	var open bool
	if err := db.QueryRowContext(ctx, q).Scan(&open); err != nil {
		return err
	}
	if open {
		return errors.New("the log is not sealed to its end")
	}
	return nil
}

func (g *greenroom) connect() (*sql.DB, error) {
	address, err := g.database("greenroom")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// keepContents writes the files of the dataset, named by their SHA-256.
func (g *greenroom) keepContents(ctx context.Context, tx *sql.Tx) error {
	const q = `select encode(sha256(convert_to(text, 'UTF8')), 'hex'), text from content`
	rows, err := tx.QueryContext(ctx, q)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sum, text string
		if err := rows.Scan(&sum, &text); err != nil {
			return err
		}
		path := filepath.Join(g.data, "files", sum[:2], sum[2:])
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return rows.Err()
}

const (
	playground = "playground" // the project whose runs lend their history
	lenders    = 16
	longRun    = "long"
	longSteps  = 20_000
)

// lend logs the runs whose history dataset.sql gives to others: some short ones, and a long one with many metrics and a histogram that
// stays the only one of its kind.
func (g *greenroom) lend(ctx context.Context) error {
	c, err := g.client()
	if err != nil {
		return err
	}
	keys := []string{"epoch", "train/loss", "val/loss", "val/accuracy", "val/f1", "lr", "grad_norm", "throughput", "gpu_memory"}
	for i := range lenders {
		if err := c.logRun(ctx, fmt.Sprintf("short-%02d", i), 100, keys, float64(i)); err != nil {
			return err
		}
	}
	for i := range 20 {
		keys = append(keys, fmt.Sprintf("train/metric_%d", i))
	}
	return c.logRun(ctx, longRun, longSteps, keys, 1)
}

// logRun logs a run of so many steps from its first line to its end, a hundred steps a request.
func (c *client) logRun(ctx context.Context, run string, steps int, keys []string, luck float64) error {
	if err := c.upsertRun(ctx, playground, run); err != nil {
		return err
	}
	const batch = 100
	for first := 0; first < steps; first += batch {
		var history, output, system []string
		for step := first; step < first+batch; step++ {
			row := map[string]any{"_step": step, "_runtime": float64(step) * 0.7, "_timestamp": 1795422902.8 + float64(step)*0.7}
			for k, key := range keys {
				row[key] = math.Exp(-3*float64(step)/float64(steps))*(1+luck/10) + math.Sin(float64(step*(k+1))+luck)/20
			}
			if steps == longSteps {
				row["weights"] = map[string]any{"_type": "histogram", "values": []int{1, step % 7, 9, 4}, "bins": []float64{-2, -1, 0, 1, 2}}
			}
			line, err := json.Marshal(row)
			if err != nil {
				return err
			}
			history, output = append(history, string(line)), append(output, fmt.Sprintf("step %d of %d", step, steps))
			if step%10 == 0 {
				system = append(system, fmt.Sprintf(`{"_runtime":%d,"_timestamp":%d,"system.cpu":%d}`, step, 1795422902+step, 50+step%7))
			}
		}
		summary := strings.TrimSuffix(history[batch-1], "}") + `,"_wandb":{"runtime":70}}`
		body, err := json.Marshal(map[string]any{
			"files": map[string]any{
				"wandb-history.jsonl": map[string]any{"offset": first, "content": history},
				"wandb-events.jsonl":  map[string]any{"offset": first / 10, "content": system},
				"output.log":          map[string]any{"offset": first, "content": output},
				"wandb-summary.json":  map[string]any{"offset": 0, "content": []string{summary}},
			},
			"complete": first+batch == steps, "exitcode": 0,
		})
		if err != nil {
			return err
		}
		address := fmt.Sprintf("%s/files/%s/%s/%s/file_stream", c.url, team, playground, run)
		if err := c.send(ctx, http.MethodPost, address, jsonHeader(), body, nil); err != nil {
			return err
		}
	}
	return nil
}
