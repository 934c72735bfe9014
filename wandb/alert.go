package wandb

import (
	"context"
	"time"

	"greenroom/registry"
)

// longestWait is the longest time for which a repeated alert is held back: much
// more does not fit into a duration of Go's.
const longestWait = 100 * 365 * 24 * time.Hour

// NotifyScriptableRunAlert is the mutation behind run.alert.
func (d *door) NotifyScriptableRunAlert(ctx context.Context, asked struct {
	Input struct {
		EntityName, ProjectName, RunName string
		Title, Text                      string
		Severity                         *string
		WaitDuration                     *int64Scalar
		ClientMutationID                 *string
	}
}) (*successPayload, error) {
	in := asked.Input
	alert := registry.Alert{Title: in.Title, Text: in.Text}
	if err := alert.Level.UnmarshalText([]byte(deref(in.Severity))); err != nil {
		return nil, err
	}
	wait := longestWait
	if ms := max(0, int64(deref(in.WaitDuration))); ms < longestWait.Milliseconds() {
		wait = time.Duration(ms) * time.Millisecond
	}
	ref := registry.RunRef{Place: named{&in.ProjectName, &in.EntityName}.ref(), Name: in.RunName}
	if err := d.DB.AlertRun(ctx, by(ctx), ref, alert, wait); err != nil {
		return nil, err
	}
	return &successPayload{Success: true, ClientMutationID: in.ClientMutationID}, nil
}
