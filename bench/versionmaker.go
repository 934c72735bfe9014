package main

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// sdkMaker makes versions as a script does with run.log_artifact, request by request.
type sdkMaker struct {
	*client
	project, run string
	model        string // the artifact's name, and the registered model's
	linked       bool   // to a registered model, by run.link_artifact; that version has the alias then
	base         string // the version before, as the server tells it
}

func (g *greenroom) newMaker(ctx context.Context, project, model string, linked bool) (maker, error) {
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	m := &sdkMaker{client: c, project: project, run: "run-" + model, model: project + "-" + model, linked: linked}
	return m, m.upsertRun(ctx, project, m.run)
}

func (m *sdkMaker) make(ctx context.Context, content []byte) error {
	id, err := m.create(ctx, content)
	if err != nil {
		return err
	}
	if err := m.upload(ctx, id, content); err != nil {
		return err
	}
	if err := m.ask(ctx, "CommitArtifact", map[string]any{"artifactID": id}, nil); err != nil || !m.linked {
		return err
	}
	if err := m.ask(ctx, "ArtifactByID", map[string]any{"id": id}, nil); err != nil {
		return err
	}
	return m.ask(ctx, "LinkArtifact", map[string]any{"input": map[string]any{
		"artifactID": id, "entityName": team, "projectName": "model-registry", "artifactPortfolioName": m.model,
		"aliases": []any{map[string]any{"artifactCollectionName": m.model, "alias": modelAlias}},
	}}, nil, "LinkArtifactInput")
}

// create makes the artifact that the content will belong to, and returns its id.
func (m *sdkMaker) create(ctx context.Context, content []byte) (id string, err error) {
	if err := m.ask(ctx, "ArtifactType", map[string]any{"entity": team, "project": m.project, "name": m.model + ":latest"}, nil); err != nil {
		return "", err
	}
	sum := md5.Sum(fmt.Appendf(nil, "wandb-artifact-manifest-v1\nmodel.bin:%s\n", md5Of(content)))
	aliases := []any{map[string]any{"artifactCollectionName": m.model, "alias": "latest"}}
	if !m.linked {
		aliases = append(aliases, map[string]any{"artifactCollectionName": m.model, "alias": modelAlias})
	}
	var made struct {
		CreateArtifact struct {
			Artifact struct {
				ID, State        string
				ArtifactSequence struct{ LatestArtifact *struct{ ID string } }
			}
		}
	}
	err = m.ask(ctx, "CreateArtifact", map[string]any{"input": map[string]any{
		"entityName": team, "projectName": m.project, "runName": m.run, "artifactTypeName": "model", "artifactCollectionName": m.model,
		"digest": hex.EncodeToString(sum[:]), "digestAlgorithm": "MANIFEST_MD5", "enableDigestDeduplication": true,
		"clientID": randomID(), "sequenceClientID": randomID(),
		"aliases": aliases,
	}}, &made, "CreateArtifactInput")
	artifact := made.CreateArtifact.Artifact
	if err == nil && artifact.State != "PENDING" {
		err = fmt.Errorf("a new artifact is %s", artifact.State)
	}
	m.base = ""
	if before := artifact.ArtifactSequence.LatestArtifact; before != nil {
		m.base = before.ID
	}
	return artifact.ID, err
}

// upload sends the content and the manifest that lists it.
func (m *sdkMaker) upload(ctx context.Context, id string, content []byte) error {
	first, err := m.manifest(ctx, id, "", false)
	if err != nil {
		return err
	}
	var files struct {
		CreateArtifactFiles struct {
			Files struct{ Edges []struct{ Node uploadTarget } }
		}
	}
	err = m.ask(ctx, "CreateArtifactFiles", map[string]any{"input": map[string]any{
		"storageLayout": "V2",
		"artifactFiles": []any{map[string]any{"artifactID": id, "artifactManifestID": first.ID, "name": "model.bin", "md5": md5Of(content)}},
	}}, &files)
	if err != nil {
		return err
	}
	if n := len(files.CreateArtifactFiles.Files.Edges); n != 1 {
		return fmt.Errorf("%d places for one file", n)
	}
	if err := m.put(ctx, files.CreateArtifactFiles.Files.Edges[0].Node, content); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{
		"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": map[string]any{"storageLayout": "V2"},
		"contents": map[string]any{"model.bin": map[string]any{"digest": md5Of(content), "size": len(content), "birthArtifactID": id}},
	})
	if err != nil {
		return err
	}
	second, err := m.manifest(ctx, id, md5Of(text), true)
	if err != nil {
		return err
	}
	return m.put(ctx, second.File, text)
}

// An uploadTarget is where the server wants something.
type uploadTarget struct {
	UploadURL     string
	UploadHeaders []string
}

type artifactManifest struct {
	ID   string
	File uploadTarget
}

func (m *sdkMaker) manifest(ctx context.Context, id, digest string, upload bool) (artifactManifest, error) {
	var made struct {
		CreateArtifactManifest struct{ ArtifactManifest artifactManifest }
	}
	variables := map[string]any{
		"artifactID": id, "name": "wandb_manifest.json", "digest": digest, "manifestType": "FULL", "includeUpload": upload,
		"entityName": team, "projectName": m.project, "runName": m.run, "baseArtifactID": nil,
	}
	if m.base != "" {
		variables["baseArtifactID"] = m.base
	}
	err := m.ask(ctx, "CreateArtifactManifest", variables, &made)
	return made.CreateArtifactManifest.ArtifactManifest, err
}

func (m *sdkMaker) put(ctx context.Context, to uploadTarget, content []byte) error {
	header := http.Header{}
	for _, line := range to.UploadHeaders {
		name, value, _ := strings.Cut(line, ":")
		header.Set(name, strings.TrimSpace(value))
	}
	return m.send(ctx, http.MethodPut, to.UploadURL, header, content, nil)
}

func (m *sdkMaker) check(ctx context.Context, count int, last []byte) error {
	project := m.project
	if m.linked {
		project = "model-registry"
	}
	in := map[string]any{
		"entity": team, "project": project, "name": m.model + ":" + modelAlias,
		"type": "model", "collection": m.model, "alias": modelAlias, "perPage": 1,
	}
	var listed struct {
		Project struct {
			ArtifactType struct {
				ArtifactCollection struct{ Artifacts struct{ TotalCount int } }
			}
		}
	}
	if err := m.ask(ctx, "ProjectArtifacts", only(in, "entity", "project", "type", "collection", "perPage"), &listed); err != nil {
		return err
	}
	if n := listed.Project.ArtifactType.ArtifactCollection.Artifacts.TotalCount; n != count {
		return fmt.Errorf("there are %d versions, and %d were made", n, count)
	}
	var aliased struct {
		Project struct {
			ArtifactCollectionMembership struct{ VersionIndex int }
		}
	}
	if err := m.ask(ctx, "ArtifactMembershipByName", only(in, "entity", "project", "name"), &aliased); err != nil {
		return err
	}
	if at := aliased.Project.ArtifactCollectionMembership.VersionIndex; at != count-1 {
		return fmt.Errorf("the alias is on v%d, and was put on v%d", at, count-1)
	}
	var urls struct {
		Project struct {
			ArtifactCollection struct {
				ArtifactMembership struct {
					Files struct {
						Edges []struct{ Node struct{ DirectURL string } }
					}
				}
			}
		}
	}
	if err := m.ask(ctx, "GetArtifactMembershipFileUrls", only(in, "entity", "project", "collection", "alias"), &urls); err != nil {
		return err
	}
	files := urls.Project.ArtifactCollection.ArtifactMembership.Files.Edges
	if len(files) != 1 {
		return fmt.Errorf("a version has %d files, and was made with one", len(files))
	}
	var got []byte
	if err := m.send(ctx, http.MethodGet, files[0].Node.DirectURL, http.Header{}, nil, &got); err != nil {
		return err
	}
	return demandSame(got, last)
}

// only returns some of the variables: a document takes none that it does not declare.
func only(variables map[string]any, names ...string) map[string]any {
	some := map[string]any{}
	for _, name := range names {
		some[name] = variables[name]
	}
	return some
}

// md5Of is how the SDK names content.
func md5Of(content []byte) string {
	sum := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// randomID is what the SDK gives each artifact and each collection it speaks of: 128 letters and digits.
func randomID() string {
	var b [64]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
