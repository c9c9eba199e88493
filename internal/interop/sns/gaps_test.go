//go:build integration

package sns

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// What the two fall short in, as the clauses of the register say it. A clause that one of them comes to keep has to
// leave its list, and one that it comes to break fails the test.
var (
	fauxqsGaps = []string{ // version 2.4.1
		"ingest/sns/refuses-illegal-characters",
		"ingest/sns/refuses-oversized-batch", // it holds each message to the limit, not their sum
		"ingest/sns/refuses-unknown-access-key",
		"ingest/sns/refuses-unsigned",
		"ingest/sns/refuses-wrong-secret",
		"ingest/sns/reports-failed-entries", // an empty message is in neither list
	}
	motoGaps = []string{ // version 5.2.5
		"ingest/sns/refuses-empty-message",
		"ingest/sns/refuses-illegal-characters",
		"ingest/sns/refuses-oversized-batch",
		"ingest/sns/refuses-unknown-access-key",
		"ingest/sns/refuses-unsigned", // it answers 200 with no result in it, which says neither yes nor no
		"ingest/sns/refuses-wrong-secret",
		"ingest/sns/reports-failed-entries",
	}
)

// TestGapsAreKnown holds each server against every clause about topics, and expects just the known ones to be broken.
func TestGapsAreKnown(t *testing.T) {
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) {
			to := s.newTopic(t)
			claimed := &target.Target{Ingest: &target.Ingest{CartridgeTag: "muster", SNS: &to.SNS}}
			sender := catalog.NewSender(claimed, catalog.Settings{})
			defer func() {
				if err := sender.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			register, err := catalog.Register(claimed)
			if err != nil {
				t.Fatal(err)
			}
			var broken []string
			for _, c := range register.Clauses() {
				if c.Check == nil || !slices.Equal(c.Needs, []contract.Capability{contract.CapSNS}) {
					continue
				}
				if why := judge(t, c, sender); why != "" {
					t.Logf("%s: %s", c.ID, why)
					broken = append(broken, c.ID)
				}
			}
			slices.Sort(broken)
			known := slices.Sorted(slices.Values(s.gaps))
			if !slices.Equal(broken, known) {
				t.Errorf("breaks\n%s\nwant\n%s", strings.Join(broken, "\n"), strings.Join(known, "\n"))
			}
		})
	}
}

func judge(t *testing.T, c contract.Clause, sender contract.Sender) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	violations, err := c.Check(ctx, &contract.Probe{Sender: sender, Now: time.Now, ID: func() string {
		var id [16]byte
		_, _ = rand.Read(id[:])
		return hex.EncodeToString(id[:])
	}})
	switch {
	case err != nil:
		return "inconclusive: " + err.Error()
	case len(violations) > 0:
		return "wanted " + violations[0].Wanted + ", got " + violations[0].Got
	}
	return ""
}
