package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
)

// A client speaks to a server as one process of the W&B SDK does: with the documents that the SDK sends, over connections
// that stay open.
type client struct {
	url, key  string
	http      *http.Client
	documents map[string][]string // by the name of the operation; some names have several
}

// operationName finds the name in a document that has one.
var operationName = regexp.MustCompile(`(?m)^\s*(?:query|mutation)\s+(\w+)`)

// client returns a new one for a server, with connections of its own.
func (g *greenroom) client() (*client, error) {
	text, err := os.ReadFile("../wandb/testdata/documents-" + sdk + ".json")
	if err != nil {
		return nil, err
	}
	var all []string
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("documents of the SDK: %w", err)
	}
	documents := map[string][]string{}
	for _, d := range all {
		if name := operationName.FindStringSubmatch(d); name != nil {
			documents[name[1]] = append(documents[name[1]], d)
		}
	}
	return &client{url: g.url, key: g.key, http: newHTTP(), documents: documents}, nil
}

// newHTTP keeps as many connections open as are used at once.
func newHTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
}

// ask sends the SDK's document of that name, of several the first that contains all of having, and decodes the answer's
// data into answer unless that is nil.
func (c *client) ask(ctx context.Context, name string, variables map[string]any, answer any, having ...string) error {
	document, err := c.document(name, having)
	if err != nil {
		return err
	}
	var got struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	asked := map[string]any{"query": document, "variables": variables, "operationName": name}
	if err := c.post(ctx, "/graphql", asked, &got); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(got.Errors) > 0 {
		return fmt.Errorf("%s: %s", name, got.Errors[0].Message)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(got.Data, answer); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (c *client) document(name string, having []string) (string, error) {
documents:
	for _, d := range c.documents[name] {
		for _, part := range having {
			if !strings.Contains(d, part) {
				continue documents
			}
		}
		return d, nil
	}
	return "", fmt.Errorf("the SDK has no document %s with %q", name, having)
}

// post sends JSON and decodes the JSON that is answered.
func (c *client) post(ctx context.Context, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.send(ctx, http.MethodPost, c.url+path, jsonHeader(), text, answer)
}

// send sends a request, demands success, and decodes the answer unless that is nil. The key goes where the SDK sends it:
// signed addresses speak for themselves.
func (c *client) send(ctx context.Context, method, address string, header http.Header, body []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header
	if method == http.MethodPost {
		req.SetBasicAuth("api", c.key)
	}
	return exchange(c.http, req, answer)
}

// exchange sends a request, demands success, and decodes the JSON that is answered: into *[]byte as it stands, and not at
// all when answer is nil.
func exchange(over *http.Client, req *http.Request, answer any) error {
	res, err := over.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s answers %s: %s", req.Method, req.URL.Path, res.Status, text[:min(len(text), 500)])
	}
	switch answer := answer.(type) {
	case nil:
		return nil
	case *[]byte:
		*answer = text
		return nil
	}
	return json.Unmarshal(text, answer)
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }
