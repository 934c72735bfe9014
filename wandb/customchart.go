package wandb

import (
	"context"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// customChart is a custom chart on the wire: its address is its ID, which scripts
// hand to wandb.plot_table.
type customChart struct{ ID graphql.ID }

type createCustomChartPayload struct {
	Chart            *customChart
	ClientMutationID *string
}

// CreateCustomChart is the mutation behind Api.create_custom_chart.
func (d *door) CreateCustomChart(ctx context.Context, asked struct {
	Input struct {
		Entity, Name, DisplayName, Type, Access string
		Spec                                    jsonString
		ClientMutationID                        *string
	}
}) (*createCustomChartPayload, error) {
	in := asked.Input
	chart := registry.CustomChart{
		EntityName: in.Entity, Name: in.Name, DisplayName: in.DisplayName, Type: in.Type, Spec: string(in.Spec),
	}
	if err := chart.Access.UnmarshalText([]byte(in.Access)); err != nil {
		return nil, err
	}
	ref, err := d.DB.CreateChart(ctx, by(ctx), chart)
	if err != nil {
		return nil, err
	}
	return &createCustomChartPayload{Chart: &customChart{ID: graphql.ID(ref.String())}, ClientMutationID: in.ClientMutationID}, nil
}
