package conformance

import (
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
	return labels
}

func contractOf(id string) string {
	name, _, _ := strings.Cut(id, "/")
	return name
}
