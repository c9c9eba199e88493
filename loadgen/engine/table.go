package engine

import (
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// Table says which route carries which action, and what the operation is called. It does not change once made.
type Table struct {
	operations []operation
	index      map[way]int
	sessions   [contract.Kinds]int // the index of what goes by HTTP, by kind; -1 when no route carries it
}

// operation is one kind of action by one route.
type operation struct {
	name  string
	route transport.Route
}

// way is what an operation is looked up by.
type way struct {
	kind contract.Kind
	by   contract.Transport
}

// NewTable asks every route's renderer what it has to do with the actions: session actions go by HTTP, flushes by any
// transport. Of several routes for one action the first is taken.
func NewTable(routes []transport.Route) *Table {
	t := &Table{index: map[way]int{}}
	for _, w := range []way{
		{contract.Start, contract.HTTP}, {contract.Heartbeat, contract.HTTP}, {contract.End, contract.HTTP},
		{contract.Flush, contract.HTTP}, {contract.Flush, contract.Kafka}, {contract.Flush, contract.SNS},
	} {
		t.add(w, routes)
	}
	for k := range t.sessions {
		t.sessions[k] = -1
		if i, ok := t.index[way{contract.Kind(k), contract.HTTP}]; ok {
			t.sessions[k] = i
		}
	}
	return t
}

func (t *Table) add(w way, routes []transport.Route) {
	for _, r := range routes {
		if r.Transport != w.by {
			continue
		}
		if name := r.Renderer.Operation(w.kind, w.by); name != "" {
			t.index[w] = len(t.operations)
			t.operations = append(t.operations, operation{name: name, route: r})
			return
		}
	}
}

// Operation returns the name and the route of an action; false when no route carries it, so that it is no part of the
// run.
func (t *Table) Operation(k contract.Kind, by contract.Transport) (name string, r transport.Route, ok bool) {
	i, ok := t.index[way{k, by}]
	if !ok {
		return "", transport.Route{}, false
	}
	return t.operations[i].name, t.operations[i].route, true
}

// Names returns the operations in the order in which reports show them.
func (t *Table) Names() []string {
	names := make([]string, len(t.operations))
	for i, op := range t.operations {
		names[i] = op.name
	}
	return names
}
