package suite

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// closeWithin bounds the orderly end of whatever the suite opened.
const closeWithin = 10 * time.Second

// TestConformance runs one spec for each clause that the target can be judged by. No spec at all is a failure.
func TestConformance(t *testing.T) {
	to, redactor := subject(t)
	cfg := connect(t, to, redactor)
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.FailOnEmpty = true
	selected, err := conformance.Select(cfg.Register, cfg.Claimed, suite.LabelFilter)
	if err != nil {
		t.Fatal(err)
	}
	conformance.Describe(t.Context(), cfg, selected)
	ginkgo.RunSpecs(t, "conformance of "+to.Name, suite, reporter)
}

// subject is the target that MUSTER_TARGET names, or the reference, and what keeps its secrets.
func subject(t *testing.T) (*target.Target, *conformance.Redactor) {
	t.Helper()
	if file := os.Getenv("MUSTER_TARGET"); file != "" {
		to, err := target.Load(file, os.LookupEnv)
		if err != nil {
			t.Fatal(err)
		}
		return to, conformance.NewRedactor(secrets(to))
	}
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants(), Judge: c.Judge})
	}
	server, err := reference.Start(t.Context(), reference.Options{Players: 1}, halves)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, "reference", server.Close) })
	return server.Target(), conformance.NewRedactor(secrets(server.Target()))
}

// secrets are those of the target's file, and of the environment, which SNS signs with.
func secrets(to *target.Target) map[string]string {
	all := catalog.Secrets(to)
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		all[os.Getenv(name)] = name
	}
	return all
}

// connect reaches the target by every way that a check may use, for the length of the test. The processes of a parallel
// run share the target's cap on the rate.
func connect(t *testing.T, to *target.Target, redactor *conformance.Redactor) conformance.Config {
	t.Helper()
	suite, _ := ginkgo.GinkgoConfiguration()
	register, err := catalog.Register(to)
	if err != nil {
		t.Fatal(err)
	}
	sender := catalog.NewSender(to, catalog.Settings{
		UserAgent: fmt.Sprintf("muster-suite-%d", suite.ParallelProcess), MaxRate: to.Load.MaxRate / float64(suite.ParallelTotal),
	})
	t.Cleanup(func() { closed(t, "sender", sender.Close) })
	if err := sender.Reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := conformance.Config{
		Register: register, Sender: sender, Insights: catalog.NewInsights(to), Evidence: conformance.NewEvidence(redactor, catalog.BaseVariable),
	}
	for _, name := range to.Capabilities() {
		cfg.Claimed = append(cfg.Claimed, contract.Capability(name))
	}
	reader, err := catalog.OpenReader(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if reader != nil {
		index := conformance.NewIndex(reader)
		t.Cleanup(index.Close)
		cfg.Readback = index
	}
	return cfg
}

func closed(t *testing.T, what string, end func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := end(ctx); err != nil {
		t.Errorf("close the %s: %v", what, err)
	}
}
