package clauses

import (
	"slices"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

// All returns the clauses in the order of the document, with checks that sign and address as the target asks. With an
// empty target the list is the same; its checks then judge nothing and return an error.
func All(t *target.Target) []contract.Clause {
	s := newSuite(t)
	sections := slices.Concat(startClauses, heartbeatClauses, endClauses, hashClauses, headerClauses,
		errorClauses, clientClauses, insightClauses)
	all := make([]contract.Clause, len(sections))
	for i, c := range sections {
		all[i] = c.Clause
		if c.script != nil {
			all[i].Check = s.check(c.script)
		}
	}
	return all
}

// suite is what the checks for one target share. It is not changed after newSuite.
type suite struct {
	target   *target.Target
	renderer *playtime.Renderer
	fault    error // why no check can judge
}

func newSuite(t *target.Target) *suite {
	r, err := playtime.NewRenderer(t)
	if err == nil && t.Playtime == nil {
		err = errUnclaimed
	}
	return &suite{target: t, renderer: r, fault: err}
}

// clause is an obligation and the script that shows whether it is kept; without one it cannot be observed.
type clause struct {
	contract.Clause
	script func(*play)
}

// must returns a clause that a server has to keep.
func must(id, duty, basis string, script func(*play)) clause {
	return owed(contract.Must, id, duty, basis, script)
}

// should returns a clause that a server has to keep unless it has a reason.
func should(id, duty, basis string, script func(*play)) clause {
	return owed(contract.Should, id, duty, basis, script)
}

// may returns a clause that a server is free to keep.
func may(id, duty, basis string, script func(*play)) clause {
	return owed(contract.May, id, duty, basis, script)
}

// mustRefuse is must for a clause with an error path: a server that keeps it refuses something.
func mustRefuse(id, duty, basis string, script func(*play)) clause {
	return refusing(must(id, duty, basis, script))
}

// shouldRefuse is should for a clause with an error path.
func shouldRefuse(id, duty, basis string, script func(*play)) clause {
	return refusing(should(id, duty, basis, script))
}

// mayRefuse is may for a clause with an error path.
func mayRefuse(id, duty, basis string, script func(*play)) clause {
	return refusing(may(id, duty, basis, script))
}

// slowly marks a clause whose script takes minutes.
func slowly(c clause) clause {
	c.Slow = true
	return c
}

func refusing(c clause) clause {
	c.Refuses = true
	return c
}

func owed(level contract.Level, id, duty, basis string, script func(*play)) clause {
	return clause{contract.Clause{
		ID: "playtime/" + id, Duty: duty, Level: level, Basis: basis,
		Actor: contract.Server, Transport: contract.HTTP, Needs: []contract.Capability{contract.CapPlaytime},
	}, script}
}

// unseen returns a clause of a server that cannot be observed from outside.
func unseen(level contract.Level, id, duty, basis, reason string) clause {
	c := owed(level, id, duty, basis, nil)
	c.Unobservable = reason
	return c
}

// ofClient returns a clause that a client owes.
func ofClient(level contract.Level, id, duty, basis string) clause {
	return ofClientUnseen(level, id, duty, basis, "judged when a client is under test")
}

// ofClientUnseen returns a clause that a client owes and that no message of it shows.
func ofClientUnseen(level contract.Level, id, duty, basis, reason string) clause {
	c := unseen(level, id, duty, basis, reason)
	c.Actor = contract.Client
	return c
}
