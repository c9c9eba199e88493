//go:build integration

package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/reports/longrun"
)

// Expressions over the report.
const (
	moving   = `document.querySelectorAll(".plot.moving canvas").length`
	pictures = `[...document.querySelectorAll(".plot > svg")].filter((s) => s.getBoundingClientRect().height > 50).length`
	all      = `document.querySelectorAll("figure").length`
	valueOf  = `document.getElementById("chart-rates").querySelectorAll(".legend output")[1].textContent`
	said     = `document.getElementById("said").textContent`
)

// hour writes the page of an hour of six operations and returns its address.
func hour(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	s, x := longrun.Summary()
	if err := reports.NewPage(s, x).Write(&b, reports.Frame{}); err != nil {
		t.Fatal(err)
	}
	return file(t, b.Bytes())
}

// rehearsal writes the page of a run in which a little of everything went wrong, conformance included.
func rehearsal(t *testing.T) string {
	t.Helper()
	run, err := record.Open("../../../reports/testdata/run-v1")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.HTML(&b, reports.Summarize(run), run); err != nil {
		t.Fatal(err)
	}
	return file(t, b.Bytes())
}

func file(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), reports.HTMLFile)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// quiet fails the test when the page asked for anything but itself, or complained.
func quiet(t *testing.T, page *tab, address string) {
	t.Helper()
	requests, errors := page.seen()
	for _, url := range requests {
		if url != address && !strings.HasPrefix(url, address+"#") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(requests) == 0 || len(errors) > 0 {
		t.Errorf("the page asked for %d things and complained of %q", len(requests), errors)
	}
}

// upTo waits until every figure has been near the reader's eyes and has its lines.
func upTo(t *testing.T, page *tab) {
	t.Helper()
	get[bool](t, page, `(async () => {
		for (const figure of document.querySelectorAll("figure")) {
			figure.scrollIntoView();
			await new Promise((done) => {
				const look = () => (figure.querySelector(".moving canvas") ? done() : requestAnimationFrame(look));
				look();
			});
		}
		scrollTo(0, 0);
		return true;
	})()`)
}

func TestReportNeedsNothingElseAndMoves(t *testing.T) {
	address := hour(t)
	page := open(t)
	page.do(t, chromedp.Navigate(address))
	page.until(t, moving+` >= 1`)
	if drawn, figures := get[int](t, page, moving), get[int](t, page, all); drawn >= figures {
		t.Errorf("%d of %d charts were set in motion before anybody saw them", drawn, figures)
	}
	t.Logf("open after %.0f ms of it, painted first after %.0f ms",
		get[float64](t, page, `performance.getEntriesByType("navigation")[0].domComplete`),
		get[float64](t, page, `performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0`))
	upTo(t, page)
	if left := get[int](t, page, pictures); left != 0 {
		t.Errorf("%d pictures stand beside the lines that took their place", left)
	}
	if names := get[[]string](t, page, `Object.keys(window).filter((k) => /plot|muster|model|stages|draw$/i.test(k))`); len(names) > 0 {
		t.Errorf("the script left global names: %q", names)
	}
	page.shoot(t, "report.png")
	quiet(t, page, address)
}

func TestReportWithoutScripts(t *testing.T) {
	for _, address := range []string{hour(t), rehearsal(t)} {
		page := open(t)
		call(t, page, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		page.do(t, chromedp.Navigate(address))
		drawn, figures := get[int](t, page, pictures), get[int](t, page, all)
		if drawn != figures || figures < 8 {
			t.Errorf("%d of %d charts are to be seen without scripts", drawn, figures)
		}
		if get[bool](t, page, `document.getElementById("tools").getBoundingClientRect().height > 0`) {
			t.Error("without scripts the page offers tools")
		}
		page.shoot(t, "report-static.png")
	}
}

// drag moves the mouse over a chart with its button down, from a share of its width to another.
func drag(t *testing.T, page *tab, chart string, from, to float64) {
	t.Helper()
	over := get[[]float64](t, page, `(() => { const u = document.querySelector("#chart-`+chart+` .u-over"); u.scrollIntoView({ block: "center" });
		const r = u.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()`)
	y := over[1] + over[3]/2
	page.do(t, chromedp.DragAndDropXY(over[0]+from*over[2], y, over[0]+to*over[2], y, 8))
}

func TestReportByMouse(t *testing.T) {
	page := open(t)
	page.do(t, chromedp.Navigate(hour(t)))
	upTo(t, page)
	drag(t, page, "rates", 0.25, 0.5)
	page.until(t, said+`.startsWith("Showing 1") && !document.getElementById("whole").hidden`)
	page.until(t, valueOf+` !== ""`)
	if other := get[string](t, page, `document.getElementById("chart-ccu").querySelector(".legend output").textContent`); other == "" {
		t.Error("the cursor in one chart reads nothing in another")
	}
	page.do(t, chromedp.Click("#whole"))
	page.until(t, said+` === "Showing the whole time"`)

	const acknowledged = `document.querySelectorAll("#chart-rates .legend button")[2]`
	get[bool](t, page, `(`+acknowledged+`.click(), true)`)
	page.until(t, acknowledged+`.getAttribute("aria-pressed") === "false"`)

	before := get[string](t, page, `document.querySelector("#chart-latency canvas").toDataURL()`)
	get[bool](t, page, `(() => { const s = document.getElementById("operation"); s.value = "ingest.kafka"; s.dispatchEvent(new Event("change")); return true; })()`)
	page.until(t, `document.getElementById("chart-latency").dataset.of === "ingest.kafka"`)
	get[bool](t, page, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	if after := get[string](t, page, `document.querySelector("#chart-latency canvas").toDataURL()`); after == before {
		t.Error("another operation draws the same lines")
	}
	quiet(t, page, get[string](t, page, `location.href`))
}

func TestReportByKeyboard(t *testing.T) {
	page := open(t)
	page.do(t, chromedp.Navigate(hour(t)))
	page.until(t, moving+` >= 1`)
	page.do(t, chromedp.KeyEvent(kb.Tab))
	if first := get[string](t, page, `document.activeElement.className`); first != "skip" {
		t.Errorf("the first stop is %q, want the link past the contents", first)
	}
	const plot, now = `document.querySelector("#chart-rates .plot")`, `document.querySelector("#chart-rates .plot").getAttribute("aria-valuenow")`
	page.do(t, chromedp.Focus("#chart-rates .plot"))
	page.do(t, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	page.until(t, now+` === "2" && `+plot+`.getAttribute("aria-valuetext").includes("sent ") && `+valueOf+` !== ""`)
	if shown := get[string](t, page, `getComputedStyle(`+plot+`).outlineStyle`); shown == "none" {
		t.Error("a chart in focus does not look like it")
	}
	page.do(t, chromedp.KeyEvent(kb.End))
	page.until(t, now+` === "449"`)
	page.do(t, chromedp.KeyEvent("+"))
	page.until(t, said+`.startsWith("Showing ") && !`+said+`.includes("whole")`)
	page.do(t, chromedp.KeyEvent(kb.Home))
	page.until(t, `Number(`+now+`) > 200`) // the first point of what is shown
	page.do(t, chromedp.KeyEvent(kb.Escape))
	page.until(t, said+` === "Showing the whole time"`)
}

// TestReportTakesWhatALivePageSends dispatches the events by which a page is kept up to date.
func TestReportTakesWhatALivePageSends(t *testing.T) {
	page := open(t)
	page.do(t, chromedp.Navigate(hour(t)))
	upTo(t, page)
	get[bool](t, page, `(() => {
		document.dispatchEvent(new CustomEvent("muster:points", { detail: { version: 1, seconds: 4000, step: 8, warmup: 60, late: [],
			charts: [{ id: "rates", from: 450, points: [[7], [6], [12345]] }] } }));
		document.dispatchEvent(new CustomEvent("muster:fragment", { detail: { id: "panel-ledger", html: "<div id=panel-ledger><h2>Ledger</h2>anew</div>" } }));
		return true;
	})()`)
	page.until(t, `document.getElementById("panel-ledger").textContent.includes("anew")`)
	page.do(t, chromedp.Focus("#chart-rates .plot"), chromedp.KeyEvent(kb.End))
	page.until(t, `[...document.querySelectorAll("#chart-rates .legend output")].map((o) => o.textContent).join() === "7,6,12,345"`)
	get[bool](t, page, `(() => {
		const block = JSON.parse(document.getElementById("data").textContent);
		block.charts.find((c) => c.id === "rates").points = [[1], [2], [3]];
		document.dispatchEvent(new CustomEvent("muster:block", { detail: block }));
		return true;
	})()`)
	page.do(t, chromedp.Focus("#chart-rates .plot"))
	page.until(t, `document.querySelector("#chart-rates .moving canvas") !== null`)
	page.do(t, chromedp.KeyEvent(kb.End))
	page.until(t, `[...document.querySelectorAll("#chart-rates .legend output")].map((o) => o.textContent).join() === "1,2,3"`)
	quiet(t, page, get[string](t, page, `location.href`))
}

func TestReportIsForEverybody(t *testing.T) {
	for _, address := range []string{hour(t), rehearsal(t)} {
		page := open(t)
		for _, width := range []int64{1200, 360} {
			for _, scheme := range []string{"light", "dark"} {
				call(t, page, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 1000})
				call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				page.do(t, chromedp.Navigate(address))
				upTo(t, page)
				accessible(t, page, scheme)
				if wide := get[int64](t, page, `document.documentElement.scrollWidth`); wide > width {
					t.Errorf("at %d pixels the page is %d wide", width, wide)
				}
				page.shoot(t, "report-"+scheme+map[bool]string{true: "-phone"}[width < 1000]+".png")
			}
		}
		quiet(t, page, address)
	}
}

func TestReportPrints(t *testing.T) {
	page := open(t)
	page.do(t, chromedp.Navigate(hour(t)))
	upTo(t, page)
	call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	if drawn, figures := get[int](t, page, pictures), get[int](t, page, all); drawn != figures {
		t.Errorf("%d of %d pictures are printed", drawn, figures)
	}
	if get[bool](t, page, `document.querySelector(".uplot").getBoundingClientRect().height > 0`) {
		t.Error("what moves is printed too")
	}
	call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	yes := true
	printed, err := chromedp.Call(page.ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(printed.Data, []byte("%PDF")) || len(printed.Data) < 50_000 {
		t.Errorf("a print of %d bytes begins with %.8q", len(printed.Data), printed.Data)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "report.pdf"), printed.Data, 0o600); err != nil {
		t.Fatal(err)
	}
}
