package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// mlflowMaker makes versions as a script does with MLflow's client, request by request.
type mlflowMaker struct {
	*mlflow
	run    mlflowRun
	model  string
	logged bool // by log_model, rather than by as few calls as do
	made   int
	source string // of the newest version
	file   string // of the newest version, among the server's artifacts
}

// newMaker makes a registered model and a run to log it from.
func (m *mlflow) newMaker(ctx context.Context, model string, logged bool) (maker, error) {
	run, err := m.newRun(ctx, model)
	if err != nil {
		return nil, err
	}
	return &mlflowMaker{mlflow: m, run: run, model: model, logged: logged}, m.call(ctx, http.MethodPost, "registered-models/create", map[string]any{"name": model}, nil)
}

func (m *mlflowMaker) make(ctx context.Context, content []byte) error {
	log := m.logArtifact
	if m.logged {
		log = m.logModel
	}
	version, err := log(ctx, content)
	if err != nil {
		return err
	}
	if m.made++; version != strconv.Itoa(m.made) {
		return fmt.Errorf("version %d is made as %s", m.made, version)
	}
	// set_registered_model_alias
	if err := m.get(ctx, "registered-models/get", url.Values{"name": {m.model}}, nil); err != nil {
		return err
	}
	return m.call(ctx, http.MethodPost, "registered-models/alias", map[string]any{"name": m.model, "alias": modelAlias, "version": version}, nil)
}

// logArtifact is MlflowClient's log_artifact and create_model_version.
func (m *mlflowMaker) logArtifact(ctx context.Context, content []byte) (version string, err error) {
	if err := m.lookAtRun(ctx); err != nil {
		return "", err
	}
	folder := fmt.Sprintf("%s/model-%d", m.run.artifacts, m.made)
	m.source, m.file = folder, strings.TrimPrefix(folder, "mlflow-artifacts:")+"/model.bin"
	if err := m.artifact(ctx, http.MethodPut, content, nil); err != nil {
		return "", err
	}
	return m.createVersion(ctx, map[string]any{"name": m.model, "source": m.source, "run_id": m.run.id})
}

// logModel is log_model with a registered_model_name. It would send the files that describe a model, too; those are left
// out.
func (m *mlflowMaker) logModel(ctx context.Context, content []byte) (version string, err error) {
	if err := m.lookAtRun(ctx); err != nil {
		return "", err
	}
	var made struct {
		Model struct {
			Info struct {
				ID string `json:"model_id"`
			}
		}
	}
	err = m.call(ctx, http.MethodPost, "logged-models", map[string]any{"experiment_id": m.run.experiment, "name": "model", "source_run_id": m.run.id}, &made)
	if err != nil {
		return "", err
	}
	id := made.Model.Info.ID
	m.source, m.file = "models:/"+id, fmt.Sprintf("/%s/models/%s/artifacts/model.bin", m.run.experiment, id)
	err = m.call(ctx, http.MethodPost, "runs/outputs", map[string]any{"run_id": m.run.id, "models": []any{map[string]any{"model_id": id, "step": 0}}}, nil)
	if err != nil {
		return "", err
	}
	if err := m.lookAtRun(ctx); err != nil {
		return "", err
	}
	logged := "logged-models/" + id
	if err := m.get(ctx, logged, nil, nil); err != nil {
		return "", err
	}
	if err := m.artifact(ctx, http.MethodPut, content, nil); err != nil {
		return "", err
	}
	if err := m.call(ctx, http.MethodPatch, logged, map[string]any{"model_id": id, "status": "LOGGED_MODEL_READY"}, nil); err != nil {
		return "", err
	}
	// It tries to make the registered model each time.
	if err := m.call(ctx, http.MethodPost, "registered-models/create", map[string]any{"name": m.model}, nil); err == nil {
		return "", fmt.Errorf("the model %s was there, and could be made again", m.model)
	}
	if version, err = m.createVersion(ctx, map[string]any{"name": m.model, "source": m.source, "model_id": id}); err != nil {
		return "", err
	}
	for range 2 {
		if err := m.get(ctx, logged, nil, nil); err != nil {
			return "", err
		}
	}
	note := fmt.Sprintf(`[{"name": %q, "version": %s}]`, m.model, version)
	return version, m.call(ctx, http.MethodPatch, logged+"/tags", map[string]any{"tags": []any{map[string]any{"key": "mlflow.modelVersions", "value": note}}}, nil)
}

// lookAtRun is what the client does before anything that has to do with a run.
func (m *mlflowMaker) lookAtRun(ctx context.Context) error {
	return m.get(ctx, "runs/get", url.Values{"run_id": {m.run.id}, "run_uuid": {m.run.id}}, nil)
}

func (m *mlflowMaker) createVersion(ctx context.Context, body map[string]any) (version string, err error) {
	var answer struct {
		Version struct{ Version, Status string } `json:"model_version"`
	}
	err = m.call(ctx, http.MethodPost, "model-versions/create", body, &answer)
	if err == nil && answer.Version.Status != "READY" {
		err = fmt.Errorf("a new version is %s", answer.Version.Status)
	}
	return answer.Version.Version, err
}

// artifact sends or gets the file of the newest version, through the server.
func (m *mlflowMaker) artifact(ctx context.Context, method string, content []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, m.url+"/api/2.0/mlflow-artifacts/artifacts"+m.file, bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	return exchange(m.http, req, answer)
}

func (m *mlflowMaker) check(ctx context.Context, count int, last []byte) error {
	var listed struct {
		Versions []struct{ Version string } `json:"model_versions"`
	}
	query := url.Values{"filter": {"name='" + m.model + "'"}, "max_results": {"10000"}}
	if err := m.get(ctx, "model-versions/search", query, &listed); err != nil {
		return err
	}
	if len(listed.Versions) != count {
		return fmt.Errorf("there are %d versions, and %d were made", len(listed.Versions), count)
	}
	var aliased struct {
		Version struct{ Version, Source string } `json:"model_version"`
	}
	if err := m.get(ctx, "registered-models/alias", url.Values{"name": {m.model}, "alias": {modelAlias}}, &aliased); err != nil {
		return err
	}
	if aliased.Version.Version != strconv.Itoa(count) || aliased.Version.Source != m.source {
		return fmt.Errorf("the alias is on version %s of %s, and was put on %d of %s", aliased.Version.Version, aliased.Version.Source, count, m.source)
	}
	var got []byte
	if err := m.artifact(ctx, http.MethodGet, nil, &got); err != nil {
		return err
	}
	return demandSame(got, last)
}
