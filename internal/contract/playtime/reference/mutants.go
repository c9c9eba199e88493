package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// mutant is one named change of the rules.
type mutant struct {
	contract.Mutant
	apply func(*rules)
}

// Mutants lists the wrongnesses that New can be asked for, each with the clause that it breaks.
func Mutants() []contract.Mutant {
	var list []contract.Mutant
	for _, m := range mutants() {
		list = append(list, m.Mutant)
	}
	return list
}

// mutated returns the correct rules, as rulings refine them, with one mutant applied; the empty name is none.
func mutated(name string, rulings map[string]any) (rules, error) {
	r := correct()
	r.ruled(rulings)
	if name == "" {
		return r, nil
	}
	var names []string
	for _, m := range mutants() {
		if m.Name == name {
			m.apply(&r)
			return r, nil
		}
		names = append(names, m.Name)
	}
	return rules{}, fmt.Errorf("playtime mutant %q is unknown, want one of %s", name, strings.Join(names, ", "))
}

func wrong(name, clause, what string, apply func(*rules)) mutant {
	return mutant{contract.Mutant{Name: name, Clause: "playtime/" + clause, Wrong: what}, apply}
}

// mutants returns every mutant, by what it is wrong about.
func mutants() []mutant {
	return slices.Concat(answerMutants, bodyMutants, orderMutants, hashMutants, headerMutants, errorMutants, insightMutants)
}
