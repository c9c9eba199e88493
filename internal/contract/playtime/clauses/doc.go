// Package clauses holds the obligations of the playtime contract, one file per section of the document, each with the
// check that shows whether a target keeps it.
//
// A check is a short play of one player: it renders an action as any load run would, alters one thing about it, sends
// it and judges the answer (play.go, draft.go). Every play has sessions of its own, spaced by ids from the probe, and
// ends what it started. Nothing is a MUST unless the document or a public fact demands it of a server; what the
// document leaves open is a ruling, and clauses about it bind less. The package imports internal/contract,
// internal/contract/playtime and internal/target.
//
// What a client owes is judged the other way round: a Judge holds each message that a client sent against duties, and
// says what it broke and, of a wrong hash, by which known mistake (judge.go, duties.go, mistakes.go). The file
// paragraphs.json says for every paragraph of the document which clauses come from it.
package clauses
