package wandb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"
	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// run is a run on the wire, where a run's ID is called its name and its name a
// display name.
type run struct {
	d                *door
	run              registry.RunDetail
	ID               graphql.ID
	ProjectID        *int32
	Name             string
	DisplayName      *string
	Description      *string
	Notes            *string
	Tags             *[]string
	State            *string
	Stopped          *bool
	ShouldStop       *bool
	Config           *jsonString
	SummaryMetrics   *jsonString
	SystemMetrics    *jsonString
	Group            *string
	JobType          *string
	Commit           *string
	Host             *string
	ReadOnly         *bool
	SweepName        *string
	CreatedAt        dateTime
	UpdatedAt        *dateTime
	HeartbeatAt      *dateTime
	User             *user
	Project          *project
	HistoryLineCount *int32
	EventsLineCount  *int32
	LogLineCount     *int32
	RunInfo          *runInfo
}

type runInfo struct {
	Program    *string
	Args       *[]string
	Os         *string
	Python     *string
	Gpu        *string
	GpuCount   *int32
	Colab      *string
	Executable *string
	CodeSaved  *bool
	CpuCount   *int32
	Git        *runGitInfo
}

type runGitInfo struct{ Remote, Commit *string }

func (d *door) run(r registry.RunDetail) *run {
	place, state := int32(r.PlaceID), string(r.State)
	readOnly, none := !r.Access.Can(registry.Log), jsonString("{}")
	config, summary := jsonString(r.Config), jsonString(r.Progress.Summary)
	heartbeat := dateTime(r.Progress.HeartbeatAt)
	lines := [3]int32{int32(r.Progress.HistoryLines), int32(r.Progress.EventLines), int32(r.Progress.OutputLines)}
	if r.Tags == nil {
		r.Tags = []string{}
	}
	return &run{
		d: d, run: r, ID: id(runID, r.ID), ProjectID: &place, Name: r.Name, DisplayName: &r.DisplayName, Notes: filled(&r.Notes),
		Tags: &r.Tags, State: &state, Stopped: &r.StopAsked, ShouldStop: &r.StopAsked, Config: &config, SummaryMetrics: &summary,
		SystemMetrics: &none, Group: filled(&r.Group), JobType: filled(&r.JobType), Commit: filled(&r.Commit), Host: filled(&r.Host),
		ReadOnly: &readOnly, CreatedAt: dateTime(r.CreatedAt), UpdatedAt: &heartbeat, HeartbeatAt: &heartbeat,
		User: d.author(r.CreatedBy, r.Author), Project: d.projectOf(registry.PlaceDetail{Place: r.Place, Access: r.Access}),
		HistoryLineCount: &lines[0], EventsLineCount: &lines[1], LogLineCount: &lines[2],
		RunInfo: &runInfo{Program: filled(&r.Program), Git: &runGitInfo{Commit: filled(&r.Commit)}},
	}
}

// WandbConfig picks some of what the SDK itself keeps in the config, as the SDK
// asks for it to see whether a run can go on.
func (r *run) WandbConfig(asked struct{ Keys *[]string }) *jsonString {
	own := gjson.Get(r.run.Config, "_wandb.value")
	var picked strings.Builder
	picked.WriteByte('{')
	own.ForEach(func(key, value gjson.Result) bool {
		if asked.Keys == nil || slices.Contains(*asked.Keys, key.Str) {
			if picked.Len() > 1 {
				picked.WriteByte(',')
			}
			picked.WriteString(key.Raw + ":" + value.Raw)
		}
		return true
	})
	answer := jsonString(picked.String() + "}")
	return &answer
}

// Run is one of the project's runs, by its ID in the address.
func (p *project) Run(ctx context.Context, asked struct {
	Name string
	Desc *string
}) (*run, error) {
	if asked.Name == "" {
		return nil, nil
	}
	r, err := p.d.DB.Run(ctx, by(ctx), registry.RunRef{Place: p.place.Ref(), Name: asked.Name})
	if err != nil {
		return orNull[run](nil, err)
	}
	return p.d.run(r), nil
}

// Bucket is what old clients, and those that resume, call a run.
func (p *project) Bucket(ctx context.Context, asked struct {
	Name      string
	Desc      *string
	MissingOk *bool
}) (*run, error) {
	return p.Run(ctx, struct {
		Name string
		Desc *string
	}{asked.Name, asked.Desc})
}

type runsAsked struct {
	paging
	Filters *jsonString
	Before  *string
	Last    *int32
	Order   *string
	Names   *[]*string
}

// Runs are the project's runs.
func (p *project) Runs(ctx context.Context, asked runsAsked) (*connection[*run], error) {
	query := registry.RunQuery{Order: deref(asked.Order), After: deref(asked.After), First: asked.first(ctx)}
	var err error
	if query.Filter, err = registry.ParseFilter(string(deref(asked.Filters))); err != nil {
		return nil, err
	}
	if asked.Names != nil {
		query.Names = []string{}
		for _, name := range *asked.Names {
			query.Names = append(query.Names, deref(name))
		}
	}
	list, err := p.d.DB.Runs(ctx, by(ctx), p.place.Ref(), query)
	if err != nil {
		return nil, err
	}
	nodes := make([]*run, len(list.Runs))
	for i, r := range list.Runs {
		nodes[i] = p.d.run(r)
	}
	return page(nodes, list.Cursors, list.Total, list.More), nil
}

// Buckets is what old clients call runs.
func (p *project) Buckets(ctx context.Context, asked struct {
	paging
	Order   *string
	Filters *jsonString
}) (*connection[*run], error) {
	return p.Runs(ctx, runsAsked{paging: asked.paging, Order: asked.Order, Filters: asked.Filters})
}

// RunCount is how many runs pass a filter.
func (p *project) RunCount(ctx context.Context, asked struct{ Filters *jsonString }) (*int32, error) {
	none := int32(0)
	c, err := p.Runs(ctx, runsAsked{Filters: asked.Filters, paging: paging{First: &none}})
	if err != nil {
		return nil, err
	}
	return &c.TotalCount, nil
}

type upsertBucketInput struct {
	ID, Name, GroupName, ModelName, EntityName *string
	Description, DisplayName, Notes            *string
	Config                                     *jsonString
	Commit, Host                               *string
	Debug                                      *bool
	JobProgram, JobRepo, JobType               *string
	State, Sweep                               *string
	Tags                                       *[]string
	SummaryMetrics                             *jsonString
	ClientMutationID                           *string
}

type upsertBucketPayload struct {
	Bucket           *run
	Inserted         *bool
	ServerSettings   *serverSettings
	ClientMutationID *string
}

// UpsertBucket is the mutation that makes a run or changes one. A run that was
// deleted is the one mistake that is answered by status: clients give up on a
// 410 at once and show its message.
func (d *door) UpsertBucket(ctx context.Context, asked struct{ Input upsertBucketInput }) (*upsertBucketPayload, error) {
	edit, err := asked.Input.edit()
	if err != nil {
		return nil, err
	}
	r, inserted, err := d.DB.UpsertRun(ctx, by(ctx), edit)
	if registry.KindOf(err) == registry.Gone {
		requestOf(ctx).status = http.StatusGone
	}
	if err != nil {
		return nil, err
	}
	return &upsertBucketPayload{
		Bucket: d.run(r), Inserted: &inserted, ServerSettings: &serverSettings{[]serverMessage{}}, ClientMutationID: asked.Input.ClientMutationID,
	}, nil
}

func (in upsertBucketInput) edit() (edit registry.RunEdit, err error) {
	if deref(in.Sweep) != "" {
		return edit, unsupported("sweeps")
	}
	edit = registry.RunEdit{
		DisplayName: in.DisplayName, Notes: in.Notes, Group: in.GroupName, JobType: in.JobType, Host: in.Host,
		Program: in.JobProgram, Commit: in.Commit, Tags: in.Tags,
		Config: (*string)(in.Config), Summary: (*string)(in.SummaryMetrics),
		// Who only edits a run gives its ID alone.
		Logs: deref(in.Name) != "",
	}
	if edit.Notes == nil {
		edit.Notes = filled(in.Description)
	}
	if deref(in.State) != "" {
		edit.State = new(registry.RunState)
		if err := edit.State.UnmarshalText([]byte(*in.State)); err != nil {
			return edit, err
		}
	}
	if deref(in.ID) == "" {
		edit.Run = registry.RunRef{Place: named{in.ModelName, in.EntityName}.ref(), Name: deref(in.Name)}
		return edit, nil
	}
	edit.Run.ID, err = number(graphql.ID(*in.ID), runID)
	return edit, err
}

type deleteRunPayload struct{ ClientMutationID *string }

// DeleteRun is the mutation of that name.
func (d *door) DeleteRun(ctx context.Context, asked struct {
	Input struct {
		ID               graphql.ID
		DeleteArtifacts  *bool
		ClientMutationID *string
	}
}) (*deleteRunPayload, error) {
	n, err := number(asked.Input.ID, runID)
	if err != nil {
		return nil, err
	}
	if deref(asked.Input.DeleteArtifacts) {
		return nil, unsupported("deleting a run's artifacts along with it; delete the run alone")
	}
	return &deleteRunPayload{asked.Input.ClientMutationID}, d.DB.DeleteRun(ctx, by(ctx), registry.RunRef{ID: n})
}

// StopRun is the mutation that asks a script to stop.
func (d *door) StopRun(ctx context.Context, asked struct {
	Input struct {
		ID               graphql.ID
		ClientMutationID *string
	}
}) (*successPayload, error) {
	n, err := number(asked.Input.ID, runID)
	if err != nil {
		return nil, err
	}
	stopping, err := d.DB.StopRun(ctx, by(ctx), registry.RunRef{ID: n})
	if err != nil {
		return nil, err
	}
	return &successPayload{Success: stopping, ClientMutationID: asked.Input.ClientMutationID}, nil
}
