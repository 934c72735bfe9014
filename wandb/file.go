package wandb

import (
	"context"
	"encoding/base64"
	"path"

	graphql "github.com/graph-gophers/graphql-go"
	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/vault"
)

// file is a file of a run or an artifact on the wire, or a place to put one.
type file struct {
	d                   *door
	f                   registry.File
	mayDownload         bool
	ID                  graphql.ID
	Name                string
	DisplayName         string
	SizeBytes           int64Scalar
	StoragePath         *string
	Mimetype            *string
	UpdatedAt           *dateTime
	Digest              *string
	Md5                 *string
	UploadUrl           *string
	UploadHeaders       *[]string
	UploadMultipartUrls *uploadMultipartUrls
	Artifact            *artifact
}

type uploadMultipartUrls struct {
	UploadID       string
	UploadUrlParts []uploadUrlPart
}

type uploadUrlPart struct {
	PartNumber int64Scalar
	UploadUrl  string
}

func (d *door) file(f registry.File, mayDownload bool) *file {
	updated := dateTime(f.UpdatedAt)
	wire := &file{
		d: d, f: f, mayDownload: mayDownload, Name: f.Path, DisplayName: f.Path, SizeBytes: int64Scalar(f.Size),
		StoragePath: &f.Path, UpdatedAt: &updated, Digest: &f.Digest, Md5: &f.Digest, ID: id(fileID, f.ID),
	}
	if f.ArtifactID != 0 {
		wire.ID = graphql.ID(base64.StdEncoding.EncodeToString([]byte(string(id(artifactID, f.ArtifactID)) + "/" + f.Path)))
	}
	return wire
}

// DirectUrl is where to get the file: an absolute address that needs no other
// proof, or where a reference points.
func (f *file) DirectUrl() (string, error) {
	if !f.mayDownload {
		return "", registry.Errorf(registry.Denied, "Your role here lets you look, not download. Ask an administrator of this place for it.")
	}
	return f.d.Vault.FileURL(f.f), nil
}

// Url is the same. Nothing is uploaded to it.
func (f *file) Url(asked struct{ Upload *bool }) (*string, error) {
	if deref(asked.Upload) {
		return nil, nil
	}
	address, err := f.DirectUrl()
	return &address, err
}

type fileConnection struct {
	connection[*file]
	UploadHeaders *[]string
}

func (d *door) files(list registry.FileList) *fileConnection {
	nodes, cursors := make([]*file, len(list.Files)), make([]string, len(list.Files))
	for i, f := range list.Files {
		nodes[i], cursors[i] = d.file(f, list.MayDownload), f.Path
	}
	return &fileConnection{*page(nodes, cursors, list.Total, list.More), &[]string{}}
}

type artifactFilesAsked struct {
	paging
	Names *[]string
}

func (d *door) artifactFiles(ctx context.Context, artifact int64, names []string, p paging) (*fileConnection, error) {
	part := registry.FileRange{Names: names, After: deref(p.After), First: p.first(ctx)}
	list, err := d.DB.Files(ctx, by(ctx), registry.ArtifactRef{ID: artifact}, part)
	if err != nil {
		return nil, err
	}
	return d.files(list), nil
}

// Files are the artifact's, references included.
func (a *artifact) Files(ctx context.Context, asked artifactFilesAsked) (*fileConnection, error) {
	return a.d.artifactFiles(ctx, a.v.Artifact.ID, deref(asked.Names), asked.paging)
}

// Files are those of the version's artifact.
func (m *membership) Files(ctx context.Context, asked artifactFilesAsked) (*fileConnection, error) {
	return m.d.artifactFiles(ctx, m.v.Artifact.ID, deref(asked.Names), asked.paging)
}

type manifestEntryInput struct {
	Name, Digest         string
	BirthArtifactID, Ref *string
	Size                 *int64Scalar
}

// FilesByManifestEntries are the artifact's files of certain names.
func (a *artifact) FilesByManifestEntries(ctx context.Context, asked struct {
	paging
	StorageLayout, ManifestVersion string
	Entries                        *[]manifestEntryInput
	StorageRegion                  *string
}) (*fileConnection, error) {
	var names []string
	for _, e := range deref(asked.Entries) {
		names = append(names, e.Name)
	}
	p := asked.paging
	if p.First == nil {
		all := int32(largestPage)
		p.First = &all
	}
	return a.d.artifactFiles(ctx, a.v.Artifact.ID, names, p)
}

// manifest is the list of an artifact's files on the wire.
type manifest struct {
	ID     graphql.ID
	Digest string
	File   *file
}

// CurrentManifest is the whole manifest; null while the artifact is pending.
func (a *artifact) CurrentManifest(ctx context.Context) (*manifest, error) {
	if a.v.Artifact.State == registry.Pending {
		return nil, nil
	}
	n := a.v.Artifact.ID
	list, err := a.d.DB.Files(ctx, by(ctx), registry.ArtifactRef{ID: n}, registry.FileRange{})
	if err != nil {
		return nil, err
	}
	// The manifest is no file of the artifact; it has an address of its own, which
	// stands here the way a reference's does.
	content := registry.File{Path: "wandb_manifest.json", Ref: a.d.Vault.ManifestURL(n), UpdatedAt: a.v.Artifact.UpdatedAt}
	return &manifest{ID: id(manifestID, n), Digest: a.Digest, File: a.d.file(content, list.MayDownload)}, nil
}

// FileCount is how many of the run's files have arrived.
func (r *run) FileCount(ctx context.Context) (*int32, error) {
	list, err := r.d.DB.RunFiles(ctx, by(ctx), r.ref(), registry.FileRange{})
	if err != nil {
		return nil, err
	}
	n := int32(list.Total)
	return &n, nil
}

// Files are the run's, those whose content has arrived.
func (r *run) Files(ctx context.Context, asked struct {
	paging
	Names   *[]*string
	Pattern *string
}) (*fileConnection, error) {
	part := registry.FileRange{After: deref(asked.After), First: asked.first(ctx), Pattern: deref(asked.Pattern)}
	for _, name := range deref(asked.Names) {
		part.Names = append(part.Names, path.Clean(deref(name))) // people write ./model.pt
	}
	list, err := r.d.DB.RunFiles(ctx, by(ctx), r.ref(), part)
	if err != nil {
		return nil, err
	}
	return r.d.files(list), nil
}

// target is a place to put a file.
func (d *door) target(u vault.Upload) *file {
	wire := &file{d: d, Name: u.Name, DisplayName: u.Name, StoragePath: &u.Name, UploadHeaders: &u.Headers, UploadUrl: filled(&u.URL)}
	wire.ID = graphql.ID(base64.StdEncoding.EncodeToString([]byte(fileID + "/" + u.Name)))
	return wire
}

type runFilesInput struct {
	EntityName, ProjectName, RunName string
	Files                            []string
	ClientMutationID                 *string
}

func (in runFilesInput) run() registry.RunRef {
	return registry.RunRef{Place: registry.PlaceNamed(in.EntityName, in.ProjectName), Name: in.RunName}
}

type runFilesPayload struct {
	RunID         graphql.ID
	UploadHeaders []string
	Files         []*file
}

// CreateRunFiles is the mutation that gives out where to put files of a run.
func (d *door) CreateRunFiles(ctx context.Context, asked struct{ Input runFilesInput }) (*runFilesPayload, error) {
	r, err := d.DB.Run(ctx, by(ctx), asked.Input.run())
	if err != nil {
		return nil, err
	}
	uploads, err := d.Vault.ReserveRunFiles(ctx, by(ctx), registry.RunRef{ID: r.ID}, asked.Input.Files)
	if err != nil {
		return nil, err
	}
	answer := &runFilesPayload{RunID: id(runID, r.ID), UploadHeaders: []string{}}
	for _, u := range uploads {
		answer.Files = append(answer.Files, d.target(u))
	}
	return answer, nil
}

// MarkRunFilesUploaded is the mutation that tells of files whose arrival was
// seen anyway.
func (d *door) MarkRunFilesUploaded(ctx context.Context, asked struct{ Input runFilesInput }) (*successPayload, error) {
	if _, err := d.DB.Run(ctx, by(ctx), asked.Input.run()); err != nil {
		return nil, err
	}
	return &successPayload{Success: true}, nil
}

// DeleteFiles is the mutation that deletes files of runs.
func (d *door) DeleteFiles(ctx context.Context, asked struct {
	Input struct {
		Files                                     []graphql.ID
		ProjectID                                 *int32
		EntityName, ProjectName, ClientMutationID *string
	}
}) (*successPayload, error) {
	var ids []int64
	for _, f := range asked.Input.Files {
		n, err := number(f, fileID)
		if err != nil {
			return nil, err
		}
		ids = append(ids, n)
	}
	if err := d.DB.DeleteRunFiles(ctx, by(ctx), ids); err != nil {
		return nil, err
	}
	return &successPayload{Success: true}, nil
}

// artifactByDigest serves the addresses that clients make up when a signed one
// fails.
func (d *door) artifactByDigest(c echo.Context) error {
	err := d.Vault.ByDigest(c, by(c.Request().Context()), vault.Wire{
		ArtifactID: func(given string) (int64, bool) {
			n, err := number(graphql.ID(given), artifactID)
			return n, err == nil
		},
		Place: registry.PlaceNamed,
	})
	if err != nil && !c.Response().Committed {
		return d.fail(c, err)
	}
	return err
}
