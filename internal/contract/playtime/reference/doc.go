// Package reference is the server half of the playtime contract: a message in, an answer out, all from memory.
//
// It serves POST /v1/metrics/sessions/{start,heartbeat,end} as the document and the rulings on its silences ask, and
// GET /insights and GET /export, which are muster's own. It verifies hashes from the written rule in its own code, so that a mistake of
// the renderer cannot pass here. How it behaves is data (rules): rulings of the target file and choices of whoever runs
// it (Knobs) refine it, and a mutant is a named change of it. It imports internal/contract, internal/contract/playtime
// (bodies, names and paths, nothing that signs), its export, and internal/target; it does no I/O and reads no clock.
//
// Every session, player, content id and row of the export that it keeps is bounded; what no longer fitted is counted
// (Counts).
package reference
