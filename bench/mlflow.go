package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	_ "github.com/lib/pq"
)

// An mlflow is MLflow's server, on a database of its own in the Postgres of a Greenroom, and a client of it that keeps its
// connections.
type mlflow struct {
	*process
	url  string
	who  string // for the report
	http *http.Client
}

// mlflow starts MLflow's server as its documentation recommends it for a team: Postgres for what is known, artifacts
// through the server, and as many workers as there are processors. What it would do besides, running jobs and sending
// usage data, is off: it only takes time from both sides.
func (b *bed) mlflow(ctx context.Context, g *greenroom) (*mlflow, error) {
	python, err := filepath.Abs(".venv/bin/python")
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, python, "-c", "import mlflow.version; print(mlflow.version.VERSION)").Output()
	if err != nil {
		return nil, fmt.Errorf("MLflow is not in bench/.venv; `build/need mlflow` installs it: %w", err)
	}
	m := &mlflow{who: "MLflow " + lastLine(string(out)), http: newHTTP()}
	b.using("MLflow", lastLine(string(out)))
	database, err := databaseFor(ctx, g, "mlflow")
	if err != nil {
		return nil, err
	}
	artifacts, err := b.folder("mlflow")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	host, port, _ := strings.Cut(addr, ":")
	m.url = "http://" + addr
	cmd := exec.Command(python, "-m", "mlflow", "server", "--host", host, "--port", port, //nolint:noctx // it ends by stop, in good order
		"--workers", strconv.Itoa(runtime.NumCPU()),
		"--backend-store-uri", strings.Replace(database, "postgresql:", "postgresql+psycopg2:", 1),
		"--serve-artifacts", "--artifacts-destination", artifacts)
	cmd.Dir = artifacts
	cmd.Env = cleanEnv("MLFLOW_DISABLE_TELEMETRY=true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false")
	if m.process, err = b.start("mlflow", cmd); err != nil {
		return nil, err
	}
	b.logf("waiting for MLflow, which makes its tables first")
	return m, m.await(ctx, func(ctx context.Context) error { return answers(ctx, m.url+"/health") })
}

// databaseFor makes a database in the Postgres of a Greenroom and returns its address.
func databaseFor(ctx context.Context, g *greenroom, name string) (string, error) {
	own, err := g.database("greenroom")
	if err != nil {
		return "", err
	}
	pool, err := sql.Open("postgres", own)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "create database "+name); err != nil {
		return "", fmt.Errorf("make the database %s: %w", name, err)
	}
	return g.database(name)
}

// call sends a request of MLflow's REST API with a JSON body.
func (m *mlflow) call(ctx context.Context, method, path string, body map[string]any, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return m.send(ctx, method, path, text, answer)
}

func (m *mlflow) send(ctx context.Context, method, path string, body []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, m.url+"/api/2.0/mlflow/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = jsonHeader()
	return exchange(m.http, req, answer)
}

// get sends a request of MLflow's REST API, by GET.
func (m *mlflow) get(ctx context.Context, path string, query url.Values, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url+"/api/2.0/mlflow/"+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	return exchange(m.http, req, answer)
}

// An mlflowRun is a run of MLflow's.
type mlflowRun struct {
	id, experiment string
	artifacts      string // where its artifacts go, mlflow-artifacts:/1/…
}

// newRun makes an experiment with one run.
func (m *mlflow) newRun(ctx context.Context, experiment string) (r mlflowRun, err error) {
	var made struct {
		ID string `json:"experiment_id"`
	}
	if err := m.call(ctx, http.MethodPost, "experiments/create", map[string]any{"name": experiment}, &made); err != nil {
		return r, err
	}
	var answer struct {
		Run struct {
			Info struct {
				ID        string `json:"run_id"`
				Artifacts string `json:"artifact_uri"`
			}
		}
	}
	err = m.call(ctx, http.MethodPost, "runs/create", map[string]any{"experiment_id": made.ID, "start_time": 1795422902851}, &answer)
	return mlflowRun{answer.Run.Info.ID, made.ID, answer.Run.Info.Artifacts}, err
}
