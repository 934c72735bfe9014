package registry_test

import (
	"reflect"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestNetworks(t *testing.T) {
	t.Parallel()
	found := registry.NetworksIn(`{"loss":NaN,"graph_1":{"_type":"graph-file","path":"media/graph/b.graph.json"},"graph_0":{"_type":"graph-file","path":"media/graph/a.graph.json"},"picture":{"_type":"image-file","path":"a.png"}}`)
	if len(found) != 2 || found[0].Key != "graph_0" || found[1].Path != "media/graph/b.graph.json" {
		t.Fatalf("found %+v", found)
	}
	for _, none := range []string{``, `[]`, `{"a":{"_type":"graph-file"}}`, `{"a":7}`} {
		if n := registry.NetworksIn(none); n != nil {
			t.Errorf("NetworksIn(%s) = %+v", none, n)
		}
	}

	for text, want := range map[string][]registry.NetworkLayer{
		`{"format":"torch","nodes":[
			{"name":"0","id":1,"class_name":"Linear(in_features=64, bias=True)","num_parameters":[2048,32],"output_shape":[[100,32]]},
			{"name":"net.lstm","class_name":"Sequential(\n  (0): ReLU()\n)","num_parameters":[],"output_shape":[[100,5],[[1,5],[2,5]]]}]}`: {
			{Name: "0", Kind: "Linear(in_features=64, bias=True)", Output: "100 × 32", Params: 2080},
			{Name: "net.lstm", Kind: "Sequential", Output: "100 × 5, 1 × 5, 2 × 5"},
		},
		`{"format":"keras","nodes":[{"name":"dense","class_name":"Dense","num_parameters":330,"output_shape":[null,10]},{"name":7,"num_parameters":NaN,"output_shape":"multiple"}]}`: {
			{Name: "dense", Kind: "Dense", Output: "any × 10", Params: 330}, {Name: "7"},
		},
		`{"nodes":{}}`: nil,
		`no JSON`:      nil,
	} {
		var n registry.Network
		if n.Read([]byte(text)); !reflect.DeepEqual(n.Layers, want) {
			t.Errorf("read %+v\nwant %+v", n.Layers, want)
		}
	}

	var deep registry.Network
	deep.Read([]byte(`{"nodes":[` + strings.Repeat(`{"name":"l","num_parameters":2},`, registry.LayersShown) + `{"num_parameters":3}]}`))
	if len(deep.Layers) != registry.LayersShown || deep.More != 1 || deep.Params != 2*registry.LayersShown+3 || deep.Most() != 2 {
		t.Errorf("%d layers and %d more, %d parameters, the largest %d", len(deep.Layers), deep.More, deep.Params, deep.Most())
	}
}
