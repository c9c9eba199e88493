package conformance

import (
	"math/rand/v2"

	"github.com/passmuster/muster/internal/contract"
)

// Deal shares the selected clauses among so many workers as the seed draws, and returns apart from them those that are to
// be judged alone. No share is empty, so there may be fewer shares than workers. Neighbours in the register cost about the
// same, so of as many of them as there are shares each gets one.
func Deal(register *contract.Register, selected map[string]bool, workers int, seed int64) (shares [][]string, alone map[string]bool) {
	alone = map[string]bool{}
	var ids []string
	for _, c := range register.Clauses() {
		switch {
		case !selected[c.ID]:
		case c.Serial:
			alone[c.ID] = true
		default:
			ids = append(ids, c.ID)
		}
	}
	shares = make([][]string, min(workers, len(ids)))
	random := rand.New(rand.NewPCG(uint64(seed), 0)) //nolint:gosec // an order is to be repeatable, not unforeseeable
	var turn []int
	for i, id := range ids {
		if i%len(shares) == 0 {
			turn = random.Perm(len(shares))
		}
		to := turn[i%len(shares)]
		shares[to] = append(shares[to], id)
	}
	return shares, alone
}
