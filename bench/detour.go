package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// A detour stands between a client and Greenroom and passes everything on. With another place for files it also puts
// addresses there in the answers, where Greenroom has given signed ones for files of an artifact, or none because it has
// the content already. What is a file's name here is its name there. Manifests still go to Greenroom, which reads them.
type detour struct {
	source string // the address of Greenroom
	files  string // the other place, with a slash at its end; "" for none
}

func (d detour) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Header.Del("Accept-Encoding") // answers are to be read here
	a, err := relay(r, body, d.source)
	if err == nil && d.files != "" {
		a.body, err = d.turn(body, a.body)
	}
	a.write(w, err)
}

// turn rewrites the addresses in an answer.
func (d detour) turn(asked, answered []byte) ([]byte, error) {
	name := operation(asked)
	if name != "CreateArtifactFiles" && name != "GetArtifactMembershipFileUrls" {
		return answered, nil
	}
	var in struct {
		Variables struct {
			Input struct{ ArtifactFiles []struct{ Name string } }
		}
	}
	var out any
	if err := json.Unmarshal(asked, &in); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(answered, &out); err != nil {
		return nil, err
	}
	files := nodesIn(out)
	if name == "GetArtifactMembershipFileUrls" {
		for _, file := range files {
			file["directUrl"] = d.files + fmt.Sprint(file["name"])
		}
		return json.Marshal(out)
	}
	specs := in.Variables.Input.ArtifactFiles // the answers come in this order
	if len(files) != len(specs) {
		return nil, fmt.Errorf("%d places for %d files", len(files), len(specs))
	}
	for i, file := range files {
		file["uploadUrl"] = d.files + specs[i].Name
	}
	return json.Marshal(out)
}

// nodesIn are the nodes of the only connection in an answer.
func nodesIn(answer any) (nodes []map[string]any) {
	in, _ := answer.(map[string]any)
	edges, _ := in["edges"].([]any)
	for _, e := range edges {
		edge, _ := e.(map[string]any)
		if node, ok := edge["node"].(map[string]any); ok {
			nodes = append(nodes, node)
		}
	}
	for _, below := range in {
		if nodes == nil {
			nodes = nodesIn(below)
		}
	}
	return nodes
}
