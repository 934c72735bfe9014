package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
)

// A canned server answers GraphQL from memory, byte for byte as Greenroom answered before. What is new to it it asks
// Greenroom, once.
type canned struct {
	source string                   // the address of Greenroom
	like   func(body []byte) string // requests of which it says the same get the same answer

	asked atomic.Int64 // how often Greenroom was

	mu      sync.Mutex
	answers map[string]answer
}

func newCanned(source string, like func(body []byte) string) *canned {
	return &canned{source: source, like: like, answers: map[string]answer{}}
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a, err := c.answer(r, body)
	a.write(w, err)
}

func (c *canned) answer(r *http.Request, body []byte) (answer, error) {
	like := c.like(body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, known := c.answers[like]; known {
		return a, nil
	}
	c.asked.Add(1)
	a, err := relay(r, body, c.source)
	if err == nil {
		c.answers[like] = a
	}
	return a, err
}

// An answer is one that Greenroom gave, as it came over the wire.
type answer struct {
	header http.Header
	body   []byte
}

// relays keeps connections to Greenroom open, and leaves what is zipped zipped.
var relays = newHTTP()

// relay asks Greenroom what somebody else was asked. Only what it answers with 200 is an answer.
func relay(r *http.Request, body []byte, source string) (answer, error) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, source+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header = r.Header.Clone()
	res, err := relays.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("Greenroom answers %s: %s", res.Status, text) //nolint:staticcheck // it is a name
	}
	return answer{res.Header, text}, err
}

// write passes the answer on, or says why there is none in a way that no client tries again.
func (a answer) write(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	_, _ = w.Write(a.body) // who asked may have gone
}

// operation is the name of what a GraphQL request asks for.
func operation(body []byte) string {
	var in struct{ Query string }
	if err := json.Unmarshal(body, &in); err != nil {
		return ""
	}
	if name := operationName.FindStringSubmatch(in.Query); name != nil {
		return name[1]
	}
	return ""
}
