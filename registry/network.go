package registry

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// How much of models' layers a page reads and shows.
const (
	MaxNetwork    = 1 << 20 // bytes of the file of one
	NetworksShown = 4
	LayersShown   = 500
)

// Network is the layers of a model, as scripts log them with watch.
type Network struct {
	Key    string // in the summary
	Path   string // of the run's file that has them
	Layers []NetworkLayer
	More   int // layers that are not shown
	Params int64
}

// NetworkLayer is one of them.
type NetworkLayer struct {
	Name   string
	Kind   string
	Output string // its shape
	Params int64
}

// Most returns the parameters of the largest layer.
func (n Network) Most() (most int64) {
	for _, l := range n.Layers {
		most = max(most, l.Params)
	}
	return most
}

// NetworksIn returns the models whose layers a run's summary names, by key.
func NetworksIn(summary string) (networks []Network) {
	var values map[string]json.RawMessage
	if json.Unmarshal([]byte(StrictJSON(summary)), &values) != nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if m, ok := ReadMedia(string(values[key])); ok && m.Type == "graph-file" && len(m.Files) == 1 && len(networks) < NetworksShown {
			networks = append(networks, Network{Key: key, Path: m.Files[0].Path})
		}
	}
	return networks
}

// Read reads the layers from the file that has them; what is no such file has none.
func (n *Network) Read(raw []byte) {
	var file struct {
		Nodes []struct {
			Name   anyText         `json:"name"`
			Class  anyText         `json:"class_name"`
			Output any             `json:"output_shape"`
			Params json.RawMessage `json:"num_parameters"`
		} `json:"nodes"`
	}
	if json.Unmarshal([]byte(StrictJSON(string(raw))), &file) != nil {
		return
	}
	for _, node := range file.Nodes {
		kind, _, cut := strings.Cut(string(node.Class), "\n")
		if cut { // what it is made of stands in further lines
			kind = strings.TrimSuffix(kind, "(")
		}
		l := NetworkLayer{Name: string(node.Name), Kind: kind, Output: strings.Join(shapesIn(node.Output), ", "), Params: parametersIn(node.Params)}
		n.Params += l.Params
		if len(n.Layers) == LayersShown {
			n.More++
			continue
		}
		n.Layers = append(n.Layers, l)
	}
}

// parametersIn reads a number of parameters, or one for each tensor.
func parametersIn(raw json.RawMessage) (sum int64) {
	var one looseFloat
	var each []looseFloat
	if json.Unmarshal(raw, &each) != nil && json.Unmarshal(raw, &one) == nil {
		each = []looseFloat{one}
	}
	for _, v := range each {
		if v > 0 && v < 1<<53 {
			sum += int64(v)
		}
	}
	return sum
}

// shapesIn returns the shapes in a value of any depth, which layers that return
// several tensors have.
func shapesIn(v any) (shapes []string) {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	var sizes []string
	for _, item := range list {
		switch item := item.(type) {
		case float64:
			sizes = append(sizes, strconv.FormatFloat(item, 'f', -1, 64))
		case nil:
			sizes = append(sizes, "any")
		default:
			shapes = append(shapes, shapesIn(item)...)
		}
	}
	if len(sizes) > 0 {
		shapes = append(shapes, strings.Join(sizes, " × "))
	}
	return shapes
}
