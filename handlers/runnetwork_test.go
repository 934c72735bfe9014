package handlers_test

import (
	"net/http"
	"testing"

	"greenroom/registry"
)

// The layers of a model that a script watches stand on the run's page, for those who may read the file that has them.
func TestLayersOfANetwork(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	run := h.run("digits", "watched", registry.RunEdit{Config: new(`{}`)}, registry.RunLines{Summary: new(
		`{"graph_0":{"_type":"graph-file","path":"media/graph/a.graph.json","size":9},"graph_1":{"_type":"graph-file","path":"../../other/config.yaml"}}`), Complete: true})
	h.sends(run, map[string]string{"media/graph/a.graph.json": `{"nodes":[{"name":` + quoted(hostile) + `,"class_name":"Linear(64, 10)","num_parameters":[640,10],"output_shape":[[100,10]]}]}`})
	const at = "/vision/digits/runs/watched/overview"
	page := h.as("bob").get(at).is(http.StatusOK)
	page.shows("section:contains('Layers of graph_0')", "1 layer, 650 parameters").shows("section:contains('Layers of graph_0') tbody", hostile)
	page.shows("section:contains('Layers of graph_0') tbody", "Linear(64, 10)").shows("section:contains('Layers of graph_0') tbody", "100 × 10")
	page.lacks("section:contains('Layers of graph_1')")
}
