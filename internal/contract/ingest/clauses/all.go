// Package clauses is the register of the ingest contract: every obligation of it, with the check that judges a target
// or the reason why none is possible.
//
// A target flows in, clauses flow out; a check is run by whoever has a probe. There is one file for each section of
// the contract, and parts.go, sending.go and reading.go hold what checks are made of. The package imports
// internal/contract, internal/contract/ingest and internal/target.
//
// What is a MUST: the document shows it, or every client of the public record depends on it. What an implementation
// may decide for itself (the numbers of refusals, limits) is a SHOULD where the public record points one way, and a
// MAY where it merely permits.
package clauses

import (
	"slices"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// All returns the clauses of the ingest contract in order, with checks for the target t. An empty target gives the
// same list for reading; its checks are not to be run.
func All(t *target.Target) []contract.Clause {
	s := suite{}
	if in := t.Ingest; in != nil {
		s.tag = in.CartridgeTag
		if in.HTTP != nil {
			s.key = in.HTTP.APIKey.Reveal()
		}
	}
	return slices.Concat(
		s.http(), s.answers(), s.fields(), s.forms(), s.edges(), s.clock(), s.readback(), s.values(), s.kafka(), s.producers(), s.connection(), s.sns(), s.topic(), s.texts(), s.publishers(), s.clients(), client(), unjudged(), unseen(),
	)
}

// suite is what the checks know of their target.
type suite struct{ tag, key string }

// over completes clauses that a server owes: the way they are observed, and what must be claimed for it.
func over(by contract.Transport, needs []contract.Capability, clauses []contract.Clause) []contract.Clause {
	for i := range clauses {
		clauses[i].Actor, clauses[i].Transport, clauses[i].Needs = contract.Server, by, needs
	}
	return clauses
}
