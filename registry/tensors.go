package registry

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
)

// Tensors is what the head of a safetensors file tells of it.
type Tensors struct {
	All      int
	Params   int64
	Types    []string // of numbers, the one with most parameters first
	Largest  int64    // parameters of the largest
	List     []Tensor // the first of them, as they stand in the file
	Metadata [][2]string
}

// Tensor is one of them.
type Tensor struct {
	Name   string
	Type   string // F32, BF16, …
	Shape  []int64
	Params int64
}

// How much of such a head is read and shown.
const (
	tensorsHead  = 10 << 20 // bytes
	tensorsShown = 500
)

// ReadTensors reads the head of a safetensors file and nothing of its numbers.
// Returns Invalid for what is no such file, or has a head of more than 10 MiB.
func ReadTensors(r io.Reader, size int64) (t Tensors, err error) {
	var length [8]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return t, unread(err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > tensorsHead || int64(n) > size-8 {
		return t, errNoTensors
	}
	raw := make([]byte, n)
	if _, err := io.ReadFull(r, raw); err != nil {
		return t, unread(err)
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(raw, &head); err != nil {
		return t, errNoTensors
	}
	return readTensors(head)
}

var errNoTensors = Errorf(Invalid, "The file is not what a safetensors file begins with.")

// unread tells a file that is too short from one that cannot be read.
func unread(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errNoTensors
	}
	return err
}

func readTensors(head map[string]json.RawMessage) (t Tensors, err error) {
	type placed struct {
		Tensor
		at int64
	}
	var all []placed
	byType := map[string]int64{}
	for name, raw := range head {
		if name == "__metadata__" {
			var said map[string]string
			_ = json.Unmarshal(raw, &said) // what is no such map says nothing
			for k, v := range said {
				t.Metadata = append(t.Metadata, [2]string{k, v})
			}
			continue
		}
		var e struct {
			Type    string   `json:"dtype"`
			Shape   []int64  `json:"shape"`
			Offsets [2]int64 `json:"data_offsets"`
		}
		if err := json.Unmarshal(raw, &e); err != nil || e.Type == "" {
			return t, errNoTensors
		}
		params := int64(1)
		for _, n := range e.Shape {
			if n < 0 || n > 0 && params > math.MaxInt64/n {
				return t, errNoTensors
			}
			params *= n
		}
		all = append(all, placed{Tensor{name, e.Type, e.Shape, params}, e.Offsets[0]})
		byType[e.Type] += params
		t.Params += params
		t.Largest = max(t.Largest, params)
	}
	slices.SortFunc(t.Metadata, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	slices.SortFunc(all, func(a, b placed) int {
		if a.at != b.at {
			return int(min(1, max(-1, a.at-b.at)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	for kind := range byType {
		t.Types = append(t.Types, kind)
	}
	slices.SortFunc(t.Types, func(a, b string) int {
		if byType[a] != byType[b] {
			return int(min(1, max(-1, byType[b]-byType[a])))
		}
		return strings.Compare(a, b)
	})
	t.All = len(all)
	for _, p := range all[:min(len(all), tensorsShown)] {
		t.List = append(t.List, p.Tensor)
	}
	return t, nil
}
