package ingest

import "github.com/passmuster/muster/internal/contract"

// Deletes tells whether an event takes back the one that had its id before (ruling 36).
func (e *Event) Deletes() bool { return e.Op == "delete" || e.Op == "d" }

// Current returns the stored copy of an event that counts, of all copies in the order in which they were stored: the
// last, for the last write wins. There is none when nothing is stored, and none when the last copy is a deletion.
func Current(copies []contract.Stored) (contract.Stored, bool) {
	if len(copies) == 0 {
		return contract.Stored{}, false
	}
	last := copies[len(copies)-1]
	if e, faults := DecodeEvent(last.Value); len(last.Value) == 0 || len(faults) == 0 && e.Deletes() {
		return contract.Stored{}, false
	}
	return last, true
}
