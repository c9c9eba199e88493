package reports_test

import (
	"bytes"
	"testing"

	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/reports/longrun"
)

// largestPage is what the page of an hour of six operations may come to.
const largestPage = 1 << 20

func TestThePageOfAnHourIsSmall(t *testing.T) {
	var first, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &again} {
		s, x := longrun.Summary()
		if err := reports.NewPage(s, x).Write(b, reports.Frame{}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d bytes", first.Len())
	if first.Len() > largestPage {
		t.Errorf("the page has %d bytes, want at most %d", first.Len(), largestPage)
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("the same summary gave two pages")
	}
	for _, id := range []string{
		"held", "ccu", "rates", "latency", "heat", "curve", "errors", "lag", "lag-parts", "buffers", "open", "dials", "handshakes",
		"cpu", "stalls", "memory", "in-flight", "goroutines", "descriptors",
		"insight-players", "insight-ugc", "insight-total", "insight-playtime", "insight-per-session",
	} {
		if !bytes.Contains(first.Bytes(), []byte(`id="chart-`+id+`"`)) || !bytes.Contains(first.Bytes(), []byte(`{"id":"`+id+`"`)) {
			t.Errorf("the chart %q is not both drawn and told", id)
		}
	}
}

func TestPanelsAndGroupsAreTheirElements(t *testing.T) {
	s, x := longrun.Summary()
	page := reports.NewPage(s, x)
	for prefix, parts := range map[string]struct {
		names  []string
		render func(string) (string, error)
	}{"": {reports.Panels(), page.Panel}, "charts-": {reports.Groups(), page.Group}} {
		for _, name := range parts.names {
			html, err := parts.render(name)
			if err != nil || !bytes.Contains([]byte(html), []byte(` id="`+prefix+name+`"`)) {
				t.Errorf("%s: %v, %.80q", name, err, html)
			}
		}
		if _, err := parts.render("panel-nothing"); err == nil {
			t.Error("a part that is none was rendered")
		}
	}
}
