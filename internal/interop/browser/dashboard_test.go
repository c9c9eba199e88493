//go:build integration

package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Expressions over the page.
const (
	figures = `[...document.querySelectorAll(".figure")].map((f) => f.textContent).join(" | ")`
	curves  = `[...document.querySelectorAll("figure > svg .curve")].map((c) => c.getAttribute("d")).join(" | ")`
	state   = `document.getElementById("state").textContent`
	asOf    = `document.querySelector("[data-part=asof]").textContent`
	live    = state + ` === "Live"`
)

func TestDashboardIsLive(t *testing.T) {
	server := serve(t)
	page := open(t)
	base := server.Target().Playtime.BaseURL
	page.do(t, chromedp.Navigate(base+"/"))
	page.until(t, live)
	before, drawn := get[string](t, page, figures), get[string](t, page, curves)
	if before != "0 | 0 | 0 | 0 s | 0" {
		t.Errorf("before anybody plays the insights are %q", before)
	}

	play(t, server.Target())
	for i, name := range []string{"concurrent players", "concurrent content", "total players", "average playtime", "average content"} {
		page.until(t, `document.querySelectorAll(".figure")[`+string(rune('0'+i))+`].textContent !== "`+strings.Split(before, " | ")[i]+`"`)
		t.Log(name, "has changed")
	}
	page.until(t, curves+` !== `+quoted(drawn))
	page.until(t, `document.querySelectorAll("details").length === 1 && document.querySelectorAll("[data-part=requests] tbody tr").length === 20`)
	page.until(t, `document.querySelectorAll(".bars tr").length >= 5`)
	// The charts have moved: most lines rise above their floor.
	page.until(t, `[...document.querySelectorAll("figure > svg .curve")].filter((c) => c.getBBox().height > 5).length >= 6`)
	page.shoot(t, "light.png")

	requests, errors := page.seen()
	for _, url := range requests {
		if !strings.HasPrefix(url, base+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(requests) < 2 || len(errors) > 0 {
		t.Errorf("the page asked for %d things and complained of %q", len(requests), errors)
	}
}

func TestDashboardInOtherLights(t *testing.T) {
	server := serve(t)
	play(t, server.Target())
	page := open(t)
	call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	page.do(t, chromedp.Navigate(server.Target().Playtime.BaseURL+"/"))
	page.until(t, `document.querySelectorAll("details").length === 1`)
	if got := get[string](t, page, `getComputedStyle(document.body).backgroundColor`); got != "rgb(14, 17, 22)" {
		t.Errorf("in the dark the page is %s", got)
	}
	get[bool](t, page, `(document.querySelector("summary").click(), true)`) // at once: the page may renew itself at any time
	page.shoot(t, "dark.png")

	call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	call(t, page, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: 360, Height: 800, DeviceScaleFactor: 2, Mobile: true,
	})
	page.until(t, `innerWidth === 360 && `+live)
	if wide := get[int](t, page, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("on a phone of 360 pixels the page is %d wide", wide)
	}
	const within = `[...document.querySelectorAll("figure *")].filter((e) => !e.closest(".unseen") &&
		e.getBoundingClientRect().right > e.closest("figure").getBoundingClientRect().right).length`
	if over := get[int](t, page, within); over > 0 {
		t.Errorf("on a phone %d things stand over the edges of their cards", over)
	}
	page.shoot(t, "phone.png")
}

func TestDashboardByKeyboard(t *testing.T) {
	server := serve(t)
	play(t, server.Target())
	page := open(t)
	page.do(t, chromedp.Navigate(server.Target().Playtime.BaseURL+"/"))
	page.until(t, live+` && document.querySelectorAll("details").length === 1`)

	const focused = `document.activeElement.tagName + "#" + document.activeElement.id`
	page.do(t, chromedp.KeyEvent(kb.Tab))
	if got := get[string](t, page, focused); got != "BUTTON#pause" {
		t.Fatalf("the first stop is %s", got)
	}
	page.do(t, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	page.until(t, `document.querySelector("details").open`)
	page.until(t, asOf+` !== `+quoted(get[string](t, page, asOf))) // the page renews itself
	page.until(t, `document.querySelector("details .meta").textContent.length > 0`)
	if !get[bool](t, page, `document.querySelector("details").open && document.activeElement.tagName === "SUMMARY"`) {
		t.Error("what the reader opened, and where he was, did not outlive the renewal of the page")
	}

	page.do(t, chromedp.Focus("#pause"), chromedp.KeyEvent(" "))
	page.until(t, state+` === "Paused"`)
	paused := get[string](t, page, asOf)
	if got := get[string](t, page, `new Promise((done) => setTimeout(() => done(`+asOf+`), 1500))`); got != paused {
		t.Errorf("a paused page went on from %q to %q", paused, got)
	}
	page.do(t, chromedp.KeyEvent(" "))
	page.until(t, live+` && `+asOf+` !== `+quoted(paused))
}

func TestDashboardWithoutScripts(t *testing.T) {
	server := serve(t)
	play(t, server.Target())
	page := open(t)
	call(t, page, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	page.do(t, chromedp.Navigate(server.Target().Playtime.BaseURL+"/"))
	text := run(t, page, chromedp.Text("body"))
	for _, want := range []string{"Not live: scripts are off", "Concurrent players", "Playtime of sessions", "Requests per second"} {
		if !strings.Contains(text, want) {
			t.Errorf("without scripts the page does not say %q", want)
		}
	}
	if strings.Contains(text, "Pause") {
		t.Error("without scripts the page offers to pause")
	}
}

func TestDashboardTellsThatTheServerEnded(t *testing.T) {
	server := serve(t)
	page := open(t)
	page.do(t, chromedp.Navigate(server.Target().Playtime.BaseURL+"/"))
	page.until(t, live)
	if err := server.Close(t.Context()); err != nil {
		t.Errorf("with a viewer the server does not end well: %v", err)
	}
	page.until(t, state+` === "Connection lost: trying again"`)
}
