package conformance

import (
	"regexp"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// Labels returns the labels of a clause, by which filters choose. Slashes are not allowed in labels, so a clause's label
// has dots.
func Labels(c contract.Clause) []string {
	labels := []string{
		"clause:" + strings.ReplaceAll(c.ID, "/", "."),
		"contract:" + contractOf(c.ID),
		"level:" + c.Level.String(),
	}
	if c.Transport != "" {
		labels = append(labels, "transport:"+string(c.Transport))
	}
	if c.Serial {
		labels = append(labels, "serial")
	}
	if c.Slow {
		labels = append(labels, slow)
	}
	return labels
}

// slow is the label of clauses whose check takes minutes of real time, whatever the target. A filter that does not
// speak of it leaves them out, as if it ended in "&& !slow".
const slow = "slow"

// AlsoSlow returns the filter that accepts the same clauses, the slow ones among them.
func AlsoSlow(filter string) string {
	if filter == "" {
		return slow + " || !" + slow
	}
	return "(" + filter + ") && (" + slow + " || !" + slow + ")"
}

var speaksOfSlow = regexp.MustCompile(`(^|[^\w:.-])` + slow + `($|[^\w:.-])`)

func contractOf(id string) string {
	name, _, _ := strings.Cut(id, "/")
	return name
}
