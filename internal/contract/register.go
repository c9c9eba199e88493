package contract

import (
	"errors"
	"fmt"
	"regexp"
)

// Register is the ordered set of all clauses. Build one with NewRegister; the zero value is empty and useful.
type Register struct {
	clauses []Clause
	byID    map[string]int
}

// idForm is what a clause id looks like: contract, section and duty, each in lower-case words joined by hyphens.
var idForm = regexp.MustCompile(`^[a-z]+(/[a-z0-9]+(-[a-z0-9]+)*){2}$`)

// NewRegister builds a register from the clauses in the order given. It reports every clause that is malformed (no
// duty, no basis, no level, both or neither of Check and Unobservable) or whose id was used before, all at once.
func NewRegister(clauses ...Clause) (*Register, error) {
	r := &Register{clauses: clauses, byID: make(map[string]int, len(clauses))}
	var faults []error
	for i, c := range clauses {
		if err := c.validate(); err != nil {
			faults = append(faults, err)
		}
		if first, used := r.byID[c.ID]; used {
			faults = append(faults, fmt.Errorf("clause %q: id used twice, first at position %d", c.ID, first))
			continue
		}
		r.byID[c.ID] = i
	}
	return r, errors.Join(faults...)
}

// Clauses returns all clauses in order. The caller must not change the slice.
func (r *Register) Clauses() []Clause { return r.clauses }

// Lookup returns the clause with this id.
func (r *Register) Lookup(id string) (Clause, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Clause{}, false
	}
	return r.clauses[i], true
}

// validate reports the first thing that makes c unusable.
func (c Clause) validate() error {
	switch {
	case !idForm.MatchString(c.ID):
		return fmt.Errorf("clause %q: malformed id, want contract/section/duty-in-words", c.ID)
	case c.Duty == "" || c.Basis == "":
		return fmt.Errorf("clause %q: duty and basis must both be given", c.ID)
	case c.Level < May || c.Level > Must:
		return fmt.Errorf("clause %q: no level", c.ID)
	case c.Actor != Server && c.Actor != Client:
		return fmt.Errorf("clause %q: actor %q, want server or client", c.ID, c.Actor)
	case (c.Check == nil) == (c.Unobservable == ""):
		return fmt.Errorf("clause %q: want either a check or the reason why there is none", c.ID)
	}
	return nil
}
