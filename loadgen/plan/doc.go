// Package plan is the pure timeline of a load run: which player is due to do what at which instant.
//
// Params flow in, a Timeline of Dues flows out, in order of planned instant. Nothing here reads a clock, does I/O or
// knows what a contract is; the package imports nothing of the project.
//
// # The population law
//
// Player p (from 0) is on line exactly while the curve is above p. While on line he plays sessions back to back, each
// ending at the instant at which the next one begins. So the number of sessions open at any instant is the curve's
// value, rounded up, at that instant: the intended number of concurrent players is met exactly, not on average. A
// session that is open when its player goes off line, or when the plan ends, ends there.
//
// # Randomness
//
// Everything drawn is a function of (seed, player, session, draw). Nothing is stored, no draw depends on another, and
// all arithmetic is on integers, so that a plan is the same on every machine and for any number of slices and shards.
package plan
