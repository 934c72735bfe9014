package handlers_test

import (
	"time"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// shelve puts a model with three versions into a registry: v0 on production, v2
// on staging.
func (h *home) shelve(place registry.PlaceRef, name string, more func(*dbtest.Stock)) {
	h.t.Helper()
	stock := dbtest.Stock{
		Place: place, Project: registry.Project("vision", "digits"), Name: name, Tags: []string{"mnist", "edge case"},
		ChangedAt: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC),
		Versions: []dbtest.StockVersion{
			{Summary: `{"val/acc":0.9,"_step":4}`, Aliases: []string{"production"}},
			{Summary: `{"val/acc":0.91}`},
			{
				Summary: `{"epoch":3,"val/acc":0.955}`, Aliases: []string{"latest", "staging", "belt 2 #trial"}, Tags: []string{"cutout"},
				Description: "Wider *first* conv", Metadata: `{"framework":"torch","layers":[1,2],"input":{"dtype":"uint8"}}`,
				Files: []dbtest.StockFile{
					{Path: "model.pt", Size: 4_800_000}, {Path: "a b/100% ü?.txt", Size: 312}, {Path: "data.csv", Size: 9, Ref: "s3://bucket/data.csv"},
				},
			},
		},
	}
	if more != nil {
		more(&stock)
	}
	dbtest.Put(h.t, h.db, h.Ada, stock)
}
