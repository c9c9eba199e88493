package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// answerLimit is the --timeout of the runs below, and hostileLimit how long each of them may take: three time-outs for
// each of two doors, twice over for what else a busy machine does.
const (
	answerLimit  = 300 * time.Millisecond
	hostileLimit = 30 * time.Second
)

// TestHostileTargets runs muster against servers that are no implementation at all: each run ends in time, with the right
// exit code and a message that names the cause.
func TestHostileTargets(t *testing.T) {
	for _, c := range []struct {
		name   string
		server func(t *testing.T) string // starts it and returns its address
		code   int
		says   string
	}{
		{"200 to all, empty", status(http.StatusOK), exitFailed, "status 200"},
		{"404 to all", status(http.StatusNotFound), exitFailed, "status 404"},
		{"500 to all", status(http.StatusInternalServerError), exitFailed, "status 500"},
		{"redirects to elsewhere", redirects, exitFailed, "status 302"},
		{"hangs after accept", speaks(hang), exitInvalid, "no answer (timeout)"},
		{"drips a byte a second", speaks(drip), exitInvalid, "no answer (timeout)"},
		{"resets every connection", speaks(reset), exitInvalid, "no answer (reset)"},
		{"closes at once", speaks(func(net.Conn) {}), exitInvalid, "no answer (reset)"},
		{"speaks garbage", speaks(garbage), exitInvalid, "no answer (protocol): net/http: HTTP/1.x transport connection broken: malformed HTTP"},
		{"endless headers", speaks(headers), exitInvalid, "no answer (protocol)"},
		{"endless body", speaks(body), exitInvalid, "no answer (timeout)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := targetFile(t, fmt.Sprintf(`
playtime: {base_url: "http://%[1]s", access_tokens: [first-user, second-user], metrics_key: signing-key}
ingest: {cartridge_tag: zeeverse, http: {base_url: "http://%[1]s", api_key: sending-key}}
`, c.server(t)))
			judged(t, c.code, c.says, "conform", "--target", file, "--timeout", answerLimit.String(), "--out", filepath.Join(t.TempDir(), "run"))
		})
	}
}

func TestABrokerThatNeverAnswersIsUnreachable(t *testing.T) {
	file := targetFile(t, fmt.Sprintf("\ningest: {cartridge_tag: zeeverse, kafka: {brokers: [%q], topic: events}}\n", speaks(hang)(t)))
	judged(t, exitInvalid, "timeout", "conform", "--target", file, "--timeout", "1s", "--out", filepath.Join(t.TempDir(), "run"))
}

func TestRehearseStopsAtATargetThatNeverAnswers(t *testing.T) {
	file := targetFile(t, fmt.Sprintf("\nplaytime: {base_url: \"http://%s\", access_tokens: [first-user], metrics_key: signing-key}\n", speaks(reset)(t)))
	scenario := filepath.Join(t.TempDir(), "tiny.yaml")
	write(t, scenario, "version: 1\nname: tiny\nduration: 1s\nplayers:\n  ccu: [{at: 0s, players: 2}]\n  session: {law: fixed, mean: 500ms}\n  heartbeat: {period: 200ms}\ngenerator: {max_lag: 1m}\n")
	judged(t, exitFailed, "reset", "rehearse", scenario, "--target", file, "--timeout", answerLimit.String(), "--out", filepath.Join(t.TempDir(), "run"))
}

func TestTimeoutIsBounded(t *testing.T) {
	for _, limit := range []string{"0s", "11s", "-1s"} {
		judged(t, exitUsage, "--timeout", "conform", "--timeout="+limit, "--out", filepath.Join(t.TempDir(), "run"))
	}
}

// judged runs muster and demands its exit code within the limit, and words on either stream.
func judged(t *testing.T, code int, says string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	began := time.Now()
	got := run(args, &out, &out)
	if took := time.Since(began); took > hostileLimit {
		t.Errorf("took %v, want at most %v", took, hostileLimit)
	}
	if got != code || !strings.Contains(out.String(), says) {
		t.Errorf("exit code %d, want %d, and %q in:\n%s", got, code, says, head(out.String()))
	}
}

// head is the first part of what a run said.
func head(text string) string { return text[:min(len(text), 3000)] }

// targetFile writes a target file with these sections.
func targetFile(t *testing.T, sections string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "target.yaml")
	write(t, path, "version: 1\nname: hostile"+sections)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// status answers everything with one status and an empty body.
func status(code int) func(*testing.T) string {
	return func(t *testing.T) string {
		return serves(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
}

// redirects sends everybody to a server that fails the test when it is asked anything.
func redirects(t *testing.T) string {
	elsewhere := serves(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the redirect was followed to %s", r.URL) })
	return serves(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+elsewhere+r.URL.Path, http.StatusFound)
	})
}

func serves(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// speaks lets talk have each connection, which is closed when talk returns, or when the test ends.
func speaks(talk func(net.Conn)) func(*testing.T) string {
	return func(t *testing.T) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var talks sync.WaitGroup
		var mu sync.Mutex
		open := map[net.Conn]bool{}
		talks.Go(func() {
			for {
				conn, err := listener.Accept()
				if errors.Is(err, net.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("accept: %v", err)
					return
				}
				mu.Lock()
				open[conn] = true
				mu.Unlock()
				talks.Go(func() { talk(conn); _ = conn.Close() })
			}
		})
		t.Cleanup(func() {
			_ = listener.Close()
			mu.Lock()
			for conn := range open {
				_ = conn.Close()
			}
			mu.Unlock()
			talks.Wait()
		})
		return listener.Addr().String()
	}
}

// hang reads until the other side has had enough.
func hang(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func reset(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

func garbage(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	_, _ = io.WriteString(c, "\x16\x03\x01 what is this?\r\n\r\n")
	hang(c)
}

// drip answers well, a byte a second.
func drip(c net.Conn) {
	for _, b := range []byte("HTTP/1.1 204 No Content\r\n\r\n") {
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := io.Copy(io.Discard, c); err == nil { // the other side has gone
			return
		}
	}
}

func headers(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	_, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n")
	for line := "X-More: " + strings.Repeat("x", 32<<10) + "\r\n"; err == nil; {
		_, err = io.WriteString(c, line)
	}
}

// body never ends, and comes slowly enough for the time-out to be what ends it.
func body(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	for tick := time.NewTicker(10 * time.Millisecond); err == nil; <-tick.C {
		_, err = io.WriteString(c, "more and more ")
	}
}
