//go:build integration

package browser

import (
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestDashboardIsForEverybody has axe-core look for what keeps people from using the page, in light and in dark.
func TestDashboardIsForEverybody(t *testing.T) {
	server := serve(t)
	play(t, server.Target())
	page := open(t)
	for _, scheme := range []string{"light", "dark"} {
		call(t, page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		page.do(t, chromedp.Navigate(server.Target().Playtime.BaseURL+"/"))
		page.until(t, live+` && document.querySelectorAll("details").length === 1`)
		get[bool](t, page, `(document.querySelector("summary").click(), document.querySelector("#pause").click(), true)`)
		accessible(t, page, scheme)
	}
}

// accessible fails the test for everything that axe-core finds in the page as it is. What is found names the rule and the
// place, and that something was looked at must be seen.
func accessible(t *testing.T, page *tab, scheme string) {
	t.Helper()
	axe, err := os.ReadFile("axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v; .ci/integration-setup installs it", err)
	}
	get[bool](t, page, string(axe)+`; true`)
	found := get[[]string](t, page, `axe.run().then((r) => [String(r.passes.length)].concat(
		r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target + ": " + n.failureSummary))))`)
	if len(found[0]) < 2 {
		t.Errorf("%s: only %s rules were kept: was the page looked at?", scheme, found[0])
	}
	for _, violation := range found[1:] {
		t.Errorf("%s: %s", scheme, violation)
	}
}
