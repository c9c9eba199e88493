package reports_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/reports/longrun"
)

// largestPage is what the page of an hour of six operations may come to, the clauses included.
const largestPage = 1_000_000

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

// The data block must be what the script reads, and nothing in it may end the block.
func TestTheDataBlockHoldsWhateverNamesARunHas(t *testing.T) {
	hostile := `</script><script>alert("x")</script><!--`
	s, x := longrun.Summary()
	for i := range s.Timeline {
		s.Timeline[i].Operations[hostile] = s.Timeline[i].Operations["ingest.http"]
		s.Timeline[i].Classes[hostile] = 1
		s.Timeline[i].Links[hostile] = s.Timeline[i].Links["http"]
	}
	s.All.Classes[hostile] = 7
	s.Operations[0].Name = hostile
	var b bytes.Buffer
	if err := reports.NewPage(s, x).Write(&b, reports.Frame{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<script>alert") {
		t.Error("a name became markup")
	}
	_, rest, _ := strings.Cut(b.String(), `id="data">`)
	data, _, _ := strings.Cut(rest, "</script>")
	var block struct {
		Charts []struct {
			ID     string
			Series []struct{ Name string }
			Points [][]*float64
		}
	}
	if err := json.Unmarshal([]byte(data), &block); err != nil {
		t.Fatalf("the block is no JSON: %v", err)
	}
	for _, c := range block.Charts {
		if c.ID == "errors" && (len(c.Series) != 5 || c.Series[4].Name != hostile || len(c.Points[4]) != 450) {
			t.Errorf("the block says of errors: %+v", c.Series)
		}
	}
}
