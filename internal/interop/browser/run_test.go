//go:build integration

package browser

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// wholeRun bounds the time for a run and for looking at it.
const wholeRun = 3 * time.Minute

// Expressions over the page of a run that goes on.
const (
	note    = `document.getElementById("state").textContent`
	verdict = `document.querySelector("#panel-verdict .verdict strong").textContent`
	sent    = `Number((document.querySelector("#panel-operations tr.total td:nth-of-type(3)")?.textContent ?? "0").replaceAll(",", ""))`
)

// muster builds the binary.
func muster(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "muster")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/passmuster/muster/cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// process is a run that goes on.
type process struct {
	interrupt func() error
	url       string // of its live page
	ended     chan error
	said      *bytes.Buffer // on stdout; whole when it has ended
}

// start starts a run with a live page. It ends with the test.
func start(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), wholeRun)
	t.Cleanup(cancel)
	command := exec.CommandContext(ctx, binary, append(args, "--live", ":0", "--out", filepath.Join(t.TempDir(), "run"))...)
	p := &process{ended: make(chan error, 1), said: &bytes.Buffer{}}
	command.Stdout = p.said
	told, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	where, over := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(over)
		for lines := bufio.NewScanner(told); lines.Scan(); {
			if _, url, is := strings.Cut(lines.Text(), "live at "); is {
				where <- url
			}
		}
		p.ended <- command.Wait()
	}()
	p.interrupt = func() error { return command.Process.Signal(syscall.SIGINT) }
	t.Cleanup(func() {
		_ = p.interrupt() // it may have ended before
		<-over
	})
	select {
	case p.url = <-where:
	case <-over:
		t.Fatal("the run ended before it told of its page")
	}
	return p
}

// TestRehearsalIsLive looks at a rehearsal from its conformance half to its verdict, which the page keeps when the server
// is gone. It lasts as long as it takes to look at it, and is interrupted then.
func TestRehearsalIsLive(t *testing.T) {
	binary, page := muster(t), openFor(t, wholeRun)
	run := start(t, binary, "rehearse", "smoke", "--ccu", "2000", "--duration", "10m", "--floor", "0s")
	page.do(t, chromedp.Navigate(run.url))
	page.until(t, note+`.startsWith("Live")`)
	t.Log("first the page says: ", get[string](t, page, note), " and ", get[string](t, page, verdict))

	// It loads itself again when there are charts to show; from then on it is one page until the end.
	page.appears(t, sent+` > 0`)
	get[bool](t, page, `(window.kept = true)`)
	upTo(t, page)
	before := get[int](t, page, sent)
	page.until(t, sent+` > `+strconv.Itoa(before))
	page.until(t, `/so far$/.test(`+verdict+`)`)

	// What the reader has chosen outlives what comes.
	const legend = `document.querySelectorAll("#chart-rates .legend button")[2]`
	get[bool](t, page, `(`+legend+`.click(), true)`)
	get[bool](t, page, `(() => { const s = document.getElementById("operation"); s.value = "ingest.kafka"; s.dispatchEvent(new Event("change")); return true; })()`)
	page.until(t, `document.getElementById("chart-latency").dataset.of === "ingest.kafka"`)
	news := get[int](t, page, sent)
	page.until(t, sent+` > `+strconv.Itoa(news))
	if !get[bool](t, page, legend+`.getAttribute("aria-pressed") === "false" && document.getElementById("chart-latency").dataset.of === "ingest.kafka"`) {
		t.Error("what the reader chose was forgotten when news came")
	}
	page.shoot(t, "run-live.png")
	accessible(t, page, "live")

	if err := run.interrupt(); err != nil {
		t.Fatal(err)
	}
	page.until(t, note+`.startsWith("The run is over: ")`)
	err := <-run.ended
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	printed := regexp.MustCompile(`^[A-Z ]+`).FindString(run.said.String())
	if shown := get[string](t, page, verdict); !strings.EqualFold(strings.TrimSpace(printed), shown) || printed == "" {
		t.Errorf("in the end the page says %q, the run %q", shown, printed)
	}
	if !get[bool](t, page, `window.kept === true && document.querySelector("#panel-ledger table") !== null && document.querySelector("#panel-conformance table") !== null`) {
		t.Error("at its end the page was loaded again, or lacks what only the end tells")
	}
	page.shoot(t, "run-over.png")
	requests, complaints := page.seen()
	for _, url := range requests {
		if !strings.HasPrefix(url, run.url) && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(complaints) > 0 {
		t.Errorf("the page complained of %q", complaints)
	}
}
