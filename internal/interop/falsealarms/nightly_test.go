//go:build nightly

package falsealarms

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/faultproxy"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/target"
)

// runs is how often the clean reference is judged.
func runs(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("MUSTER_NIGHTLY_RUNS")
	if text == "" {
		return 200
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		t.Fatalf("MUSTER_NIGHTLY_RUNS %q: want a number from 1 on", text)
	}
	return n
}

// binary builds muster for the length of the test.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "muster")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/passmuster/muster/cmd/muster")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build muster: %v\n%s", err, out)
	}
	return path
}

// Every run of the clean reference passes, in whatever order and however many processes share the clauses. The order is in
// the name of a run, and 'muster conform --procs N --order SEED' repeats it.
func TestCleanReference(t *testing.T) {
	muster := binary(t)
	for run := range runs(t) {
		procs, order := 1<<(run%3), rand.Int64() //nolint:gosec // an order is to be repeatable, not unforeseeable
		t.Run(fmt.Sprintf("run %d, %d processes, order %d", run+1, procs, order), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			cmd := exec.CommandContext(t.Context(), muster, "conform", fmt.Sprintf("--procs=%d", procs), fmt.Sprintf("--order=%d", order), "--out", dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			left, err := record.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			left.Findings = slices.DeleteFunc(left.Findings, func(f record.Finding) bool {
				return f.Status == record.NotRun && f.Reason == "slow: run with --slow"
			})
			want(t, left.Findings, record.Pass, record.Unobservable)
		})
	}
}

// Over a slow network that breaks a hundredth of what is sent no MUST fails: what could not be judged is inconclusive.
func TestBadNetwork(t *testing.T) {
	var resets uint64
	for seed := range runs(t)/20 + 1 {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			bad, network := behind(t, serve(t), faultproxy.Faults{
				Seed: seed, Latency: 300 * time.Millisecond, Reset: 0.01, ResetPer: 1 << 10, // about once for each request
			})
			found, counts := sweep(t, connect(t, bad), seed, 32), map[string]int{}
			for _, f := range found {
				counts[f.Status]++
				if f.Status != record.Pass && f.Status != record.Inconclusive {
					t.Errorf("%s (%s) is %s: %s %+v", f.ID, f.Level, f.Status, f.Reason, f.Violations)
				}
			}
			resets += network.Counts().Resets
			t.Logf("%v; the network: %+v", counts, network.Counts())
		})
	}
	if resets == 0 {
		t.Error("nothing was reset, so nothing was shown")
	}
}

// behind returns to as it is reached over a bad network: its doors by HTTP and SNS, and the insights. Kafka, which tells
// its clients where to connect, stays as it is.
func behind(t *testing.T, to *target.Target, f faultproxy.Faults) (*target.Target, *faultproxy.Proxy) {
	t.Helper()
	far, playtime, insights := *to, *to.Playtime, *to.Playtime.Insights
	ingest, door, topic := *to.Ingest, *to.Ingest.HTTP, *to.Ingest.SNS
	far.Playtime, playtime.Insights = &playtime, &insights
	far.Ingest, ingest.HTTP, ingest.SNS = &ingest, &door, &topic
	network, err := faultproxy.Start(host(t, door.BaseURL), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, address := range []*string{&playtime.BaseURL, &insights.URL, &door.BaseURL, &topic.EndpointURL} {
		if got, want := host(t, *address), host(t, to.Ingest.HTTP.BaseURL); got != want {
			t.Fatalf("the reference listens at %s and %s, want one address", got, want)
		}
		u, _ := url.Parse(*address) // host has parsed it
		u.Host = network.Addr()
		*address = u.String()
	}
	return &far, network
}

func host(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
