//go:build integration

package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/passmuster/muster/internal/record"
	runs "github.com/passmuster/muster/reports/live"
)

// longRun is a run of half an hour that has just begun.
func longRun() record.Manifest {
	return record.Manifest{
		Version: record.Version, Name: "long", Verb: "load", TargetIs: "acme", Ended: record.Running, Began: time.Unix(1_700_000_000, 0),
		Load: &record.LoadPlan{
			PlannedWall: 30 * time.Minute, Planned: map[string]int{"playtime.start": 18_000, "ingest.http": 18_000}, Operations: []string{"playtime.start", "ingest.http"},
			CCU: make([]int, 1800), MaxLag: 250 * time.Millisecond, LateShare: 0.1, Slice: record.Slice{Count: 1},
		},
	}
}

// seconds lets a run go on.
func seconds(feed *runs.Feed, from, to int, class string) {
	for n := from; n < to; n++ {
		var frames []*record.Frame
		for _, name := range []string{"playtime.start", "ingest.http"} {
			f := record.NewFrame(n, name)
			f.Planned, f.Fired, f.Sent, f.Outcomes["acknowledged"] = 10, 10, 10, 9
			f.Outcomes["failed"], f.Classes[class] = 1, 1
			for us := range int64(10) {
				_, _, _ = f.Response.RecordValue(900+us*300), f.Service.RecordValue(700+us*300), f.Lag.RecordValue(30)
			}
			frames = append(frames, f)
		}
		feed.Observe(record.Entry{Frames: frames})
	}
}

// TestLivePageOfALongRun is shown a run in which intervals become wider, charts appear, and the end comes.
func TestLivePageOfALongRun(t *testing.T) {
	server, err := runs.Listen(t.Context(), ":0")
	if err != nil {
		t.Fatal(err)
	}
	feed := runs.NewFeed(longRun())
	server.Serve(feed, "one")
	closed := false
	t.Cleanup(func() {
		if !closed {
			server.Close()
		}
	})
	seconds(feed, 0, 470, "timeout")
	page := openFor(t, wholeRun)
	page.do(t, chromedp.Navigate(server.URL()))
	page.until(t, note+` === "Live"`)
	upTo(t, page)
	const place = `document.querySelector("#chart-rates .plot").getAttribute("aria-valuetext")`
	page.do(t, chromedp.Focus("#chart-rates .plot"), chromedp.KeyEvent(kb.Home))
	page.until(t, place+`.startsWith("0.5 s: planned 20,")`)

	seconds(feed, 470, 480, "timeout")
	page.until(t, sent+` === 9600`)
	seconds(feed, 480, 500, "server-error") // twice as wide, and a reason more
	page.until(t, sent+` === 10000 && [...document.querySelectorAll("#chart-errors .legend li")].some((l) => l.textContent.includes("server-error"))`)
	upTo(t, page)
	page.do(t, chromedp.Focus("#chart-rates .plot"), chromedp.KeyEvent(kb.Home))
	page.until(t, place+`.startsWith("1 s: planned 20,")`)
	seconds(feed, 500, 502, "timeout")
	page.until(t, sent+` === 10040`)
	if got := get[string](t, page, `document.querySelector("#panel-operations tr.total").textContent`); got == "" {
		t.Error("the table of operations is gone")
	}

	m := longRun()
	m.Ended = record.Interrupted
	feed.Observe(record.Entry{Manifest: &m})
	began := time.Now()
	dropped, refused := server.Close()
	closed = true
	t.Logf("the server ended within %v", time.Since(began).Round(time.Millisecond))
	page.until(t, note+`.startsWith("The run is over: interrupted")`)
	upTo(t, page)
	page.shoot(t, "run-long.png")
	if _, complaints := page.seen(); len(complaints) > 0 || dropped+refused > 0 {
		t.Errorf("the page complained of %q; %d viewers were dropped, %d refused", complaints, dropped, refused)
	}
}
