// Package selftest tries the conformance suite itself: does it let the clean reference pass, does it notice every
// mutant of the reference by the clause that the mutant breaks, and how much does each clause send.
//
// Nothing flows in but how to try it; a report flows out. Everything happens over real sockets on loopback. The package
// may import conformance, internal/catalog, internal/reference and what lies below them. It never prints.
package selftest
