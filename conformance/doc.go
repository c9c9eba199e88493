// Package conformance judges a target by a register of clauses.
//
// The register and the means to reach a target flow in; one finding for each clause of the register flows out. Ginkgo
// runs the checks inside the binary, but it is only their front: a check is a function that returns violations, and
// the findings are computed from the register outward, so that a clause whose check did not run is never a pass.
//
// The package may import internal/contract, internal/transport, internal/patience, internal/record and internal/strict. It names no contract.
package conformance
