package ingest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// CheckClients reports, all at once, what is wrong with a scenario's shares of clients: a client that is unknown, and
// one that never sends as many events at once as a flush holds.
func CheckClients(clients map[string]int, perFlush int) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		p, err := FindProfile(name)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("events.clients: %w", err))
		case p.Batch.Events > 0 && perFlush > p.Batch.Events:
			faults = append(faults, fmt.Errorf("events.clients: %s sends at most %d events at once, want events.per_flush up to that, got %d",
				name, p.Batch.Events, perFlush))
		}
	}
	return errors.Join(faults...)
}
