//go:build integration

package second

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	binary = "../../../bin/muster"
	server = "../../../fixtures/second/server.mjs"

	patience = 60 * time.Second // bounds every wait of these tests
)

// targetFile is what the owner of the second implementation says of it; %s is its address.
const targetFile = `version: 1
name: second
playtime:
  base_url: %[1]s
  access_tokens: [token-1, token-2]
  metrics_key: 982dcdd0-3802-4f1f-87b0-e32b06481f27
  insights: {url: "%[1]s/insights"}
ingest:
  cartridge_tag: lanternfall
  http: {base_url: "%[1]s", api_key: key-1}
  readback: {http: {url: "%[1]s/events"}}
`

func TestMain(m *testing.M) {
	if _, err := os.Stat(binary); err != nil {
		fmt.Fprintf(os.Stderr, "%v; run make build\n", err)
		os.Exit(1)
	}
	if _, err := exec.LookPath("node"); err != nil {
		fmt.Fprintf(os.Stderr, "%v; run .ci/integration-setup\n", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Every clause that can be judged by these capabilities is kept, those below MUST as well.
func TestConforms(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	muster(t, "conform", "--fail-on", "may", "--target", serve(t), "--out", run)
	var report struct {
		Verdict string
		Claimed []string
		Clauses []struct{ ID, Status, Reason string }
	}
	load(t, filepath.Join(run, "conformance.json"), &report)
	if report.Verdict != "conformant" {
		t.Errorf("verdict %q, want conformant", report.Verdict)
	}
	passed := 0
	for _, c := range report.Clauses {
		switch c.Status {
		case "pass":
			passed++
		case "not-claimed": // Kafka and SNS
			if !strings.HasPrefix(c.ID, "ingest/kafka/") && !strings.HasPrefix(c.ID, "ingest/sns/") && c.ID != "ingest/clients/backend-records-are-stored" {
				t.Errorf("%s is not claimed", c.ID)
			}
		case "not-run":
			if c.Reason != "slow: run with --slow" {
				t.Errorf("%s: not run, %s", c.ID, c.Reason)
			}
		default:
			t.Errorf("%s: %s", c.ID, c.Status)
		}
	}
	if passed < 140 {
		t.Errorf("%d clauses passed, want at least 140: those of both contracts over HTTP", passed)
	}
}

// A load run closes its ledger by the read-back over HTTP.
func TestLedgerCloses(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	muster(t, "load", "smoke", "--ccu", "200", "--target", serve(t), "--out", run)
	var ledger struct {
		Complete                                                bool
		Acknowledged, Found, Lost, Duplicated, Corrupt, Phantom int
	}
	load(t, filepath.Join(run, "ledger.json"), &ledger)
	if !ledger.Complete || ledger.Acknowledged == 0 || ledger.Found < ledger.Acknowledged {
		t.Errorf("ledger %+v, want it complete and everything acknowledged found", ledger)
	}
	if ledger.Lost+ledger.Duplicated+ledger.Corrupt+ledger.Phantom != 0 {
		t.Errorf("ledger %+v, want nothing amiss", ledger)
	}
}

// serve starts the implementation for the length of the test and returns a target file for it.
func serve(t *testing.T) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "node", server)
	c.Env = append(os.Environ(), "PORT=0", "ACCESS_TOKENS=token-1,token-2", "METRICS_KEY=982dcdd0-3802-4f1f-87b0-e32b06481f27",
		"GAME_TAG=lanternfall", "API_KEY=key-1")
	var complaints bytes.Buffer
	c.Stderr = &complaints
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait() // t's context kills what does not end by itself
		if complaints.Len() > 0 {
			t.Errorf("the server complained: %s", &complaints)
		}
	})
	deadline := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer deadline.Stop()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no address: %v", err)
	}
	file := filepath.Join(t.TempDir(), "target.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, targetFile, strings.TrimSpace(address)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// muster runs the binary and wants the exit code 0 of it.
func muster(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput(); err != nil {
		t.Fatalf("muster %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func load(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
