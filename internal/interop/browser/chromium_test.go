//go:build integration

package browser

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds the whole use of one browser, its cold start included.
const patience = 2 * time.Minute

// tab is one page in a browser of its own, and what it did.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	requests []string // addresses that were asked for
	errors   []string // that the console shows: exceptions, refused resources, breaches of the page's policy
}

// open starts a browser with a fresh profile, and ends it with the test.
func open(t *testing.T) *tab {
	t.Helper()
	return openFor(t, patience)
}

// openFor starts a browser that is used no longer than so.
func openFor(t *testing.T, patience time.Duration) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v; .ci/integration-setup installs it", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	allocator, cancel := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1200, 1000),
	)
	t.Cleanup(cancel)
	page := &tab{}
	var shut context.CancelFunc
	page.ctx, shut = chromedp.NewContext(allocator)
	t.Cleanup(shut)
	if err := chromedp.Listen(page.ctx, page.note); err != nil {
		t.Fatal(err)
	}
	call(t, page, network.Enable, network.EnableParams{})
	return page
}

// note keeps what the tests ask about.
func (p *tab) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.errors = append(p.errors, "console."+string(e.Type))
	case *log.EventEntryAdded:
		p.errors = append(p.errors, e.Entry.Text+" "+e.Entry.URL)
	}
}

// seen returns what the page asked for and complained of until now.
func (p *tab) seen() (requests, errors []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests), slices.Clone(p.errors)
}

// do takes the steps one after the other.
func (p *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// call gives the browser a command of its protocol.
func call[P, R any](t *testing.T, p *tab, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// run takes one step that gives a value.
func run[T any](t *testing.T, p *tab, step chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(p.ctx, step)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// get evaluates an expression in the page; of a promise, what it becomes.
func get[T any](t *testing.T, p *tab, expression string) T {
	t.Helper()
	return run(t, p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits for the page to change so that the condition holds.
func (p *tab) until(t *testing.T, condition string) {
	t.Helper()
	get[bool](t, p, `new Promise((done) => {
		const holds = () => `+condition+`;
		if (holds()) { done(true); return; }
		new MutationObserver((_, watch) => { if (holds()) { watch.disconnect(); done(true); } })
			.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
	})`)
}

// appears waits for the condition to hold on a page that may load itself again meanwhile.
func (p *tab) appears(t *testing.T, condition string) {
	t.Helper()
	for holds := false; !holds; {
		var err error
		if holds, err = chromedp.Run(p.ctx, chromedp.Evaluate[bool](condition)); err != nil && p.ctx.Err() != nil {
			t.Fatal(err)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-p.ctx.Done():
			t.Fatalf("%s did not come true", condition)
		}
	}
}

// shoot takes a picture of the whole page.
func (p *tab) shoot(t *testing.T, name string) {
	t.Helper()
	picture := run(t, p, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
	if len(picture) < 10_000 {
		t.Errorf("%s: a picture of %d bytes shows nothing", name, len(picture))
	}
}

// quoted writes text as a literal of the page's language.
func quoted(text string) string {
	literal, _ := json.Marshal(text) // a string has no reason to fail
	return string(literal)
}
