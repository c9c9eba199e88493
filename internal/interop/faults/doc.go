// Package faults holds tests that take things away from a generator for real, and want it to notice within five seconds:
// its CPU (neighbours on its one core), its memory (a limit below what it needs), its descriptors (RLIMIT_NOFILE), its
// ports (a network namespace with a handful of them) and its workers (a cap of one). Each plays `muster load` in a process
// of its own. And it wants silence of clean runs, of which MUSTER_CLEAN_RUNS says how many there are, 50 unless told
// otherwise.
//
// The other three faults, a clock that is stepped, a drainer and a disk that stand still, cannot be made without harm to
// the machine; loadgen's own tests inject them in virtual time. The tests carry the build tag integration and need Linux.
package faults
