package wandb

import (
	"context"
	"strconv"

	"greenroom/registry"
)

// A connection is a page of a list, as the protocol has it.
type connection[N any] struct {
	Edges      []edge[N]
	PageInfo   pageInfo
	TotalCount int32
}

type edge[N any] struct {
	Node   N
	Cursor string
}

type pageInfo struct {
	StartCursor     *string
	EndCursor       *string
	HasNextPage     bool
	HasPreviousPage bool
}

// page makes a connection of nodes with their cursors.
func page[N any](nodes []N, cursors []string, total int, more bool) *connection[N] {
	c := &connection[N]{Edges: make([]edge[N], len(nodes)), TotalCount: int32(total)}
	for i, n := range nodes {
		c.Edges[i] = edge[N]{n, cursors[i]}
	}
	c.PageInfo = pageOf(cursors, more)
	return c
}

// pageOf describes a page by the cursors of what is on it.
func pageOf(cursors []string, more bool) pageInfo {
	p := pageInfo{HasNextPage: more}
	if len(cursors) > 0 {
		p.StartCursor, p.EndCursor = &cursors[0], &cursors[len(cursors)-1]
	}
	return p
}

// whole is the connection of a list that comes in one page.
func whole[N any](nodes []N) *connection[N] {
	cursors := make([]string, len(nodes))
	for i := range cursors {
		cursors[i] = strconv.Itoa(i)
	}
	return page(nodes, cursors, len(nodes), false)
}

// empty is the connection of what Greenroom has none of.
func empty[N any]() *connection[N] { return whole[N](nil) }

// paging is how clients ask for a page.
type paging struct {
	After *string
	First *int32
}

const (
	usualPage   = 50
	largestPage = 10_000
)

// first is how many things are on a page.
func (p paging) first(ctx context.Context) int {
	n := usualPage
	if p.First != nil && *p.First >= 0 {
		n = int(min(*p.First, largestPage))
	}
	requestOf(ctx).spend(n)
	return n
}

// afterID reads a cursor that is the number of the last thing seen.
func (p paging) afterID() (int64, error) {
	if p.After == nil || *p.After == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(*p.After, 10, 64)
	if err != nil {
		return 0, registry.Errorf(registry.Invalid, "The cursor %q is not one of Greenroom's.", *p.After)
	}
	return n, nil
}

// cursorOf writes such a cursor.
func cursorOf(id int64) string { return strconv.FormatInt(id, 10) }

// deref returns what p points to, or nothing.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// filled returns p unless it points to nothing.
func filled(p *string) *string {
	if p != nil && *p == "" {
		return nil
	}
	return p
}
