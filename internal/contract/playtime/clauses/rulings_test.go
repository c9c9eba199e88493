package clauses_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract/playtime/clauses"
	"github.com/passmuster/muster/internal/target"
)

// rulings is how many rulings on this contract there are; they are numbered from 1.
const rulings = 22

var listed = regexp.MustCompile(`rulings? ([0-9]+(?:, [0-9]+)*)`)

// Every ruling on what the document leaves open is the basis of a clause, so that none is a dead letter.
func TestEveryRulingIsCited(t *testing.T) {
	cited := map[int]bool{}
	for _, c := range clauses.All(&target.Target{}) {
		for _, list := range listed.FindAllStringSubmatch(c.Basis, -1) {
			for _, number := range strings.Split(list[1], ", ") {
				n, err := strconv.Atoi(number)
				if err != nil {
					t.Fatal(err)
				}
				cited[n] = true
			}
		}
	}
	for n := 1; n <= rulings; n++ {
		if !cited[n] {
			t.Errorf("no clause cites ruling %d", n)
		}
	}
}
