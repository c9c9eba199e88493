// Package playtime renders, signs and validates the requests of the playtime contract: a session's start, its
// heartbeats and its end, each a signed JSON object sent by POST.
//
// Actions of players flow in and messages flow out (Renderer), each as one of the known clients would send it (Profile,
// which is data: wire form, cadence, habits, and departures that can be switched off by name); bodies flow in and requests, or the faults of each
// member, flow out (Decode). The package reads no clock and does no I/O. It imports internal/contract and
// internal/target only. The server half lives in reference and verifies hashes with code of its own, so that one
// mistake cannot pass on both sides; the obligations live in clauses.
package playtime
