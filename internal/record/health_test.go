package record

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// addTo appends text to a file of a run directory.
func addTo(t *testing.T, dir, name, text string) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	must(t, err)
	_, err = file.WriteString(text)
	must(t, err)
	must(t, file.Close())
}

func TestHealthAndLinksReadAsTheyWereWritten(t *testing.T) {
	w, dir := create(t)
	second := Health{Second: 2, Facts: map[string]float64{CPUShare: 0.25, ClockStep: -12, "of a newer binary": 4}}
	first := Health{Second: 0, Facts: map[string]float64{Goroutines: 9}}
	must(t, w.Health([]Health{second}))
	must(t, w.Health([]Health{first}))
	must(t, w.Links([]*Links{{Second: 1, Transport: "http", Open: 4}, {Second: 0, Transport: "sns", Dials: 2}, {Second: 0, Transport: "http", Dials: 1}}))
	addTo(t, dir, HealthFile, `{"version":1,"second":3,"facts":{"cp`)
	addTo(t, dir, LinksFile, "{}\n")

	r := open(t, dir)
	var health []Health
	for h, err := range r.Health() {
		must(t, err)
		health = append(health, h)
	}
	first.Version, second.Version = Version, Version
	if want := []Health{first, second}; !reflect.DeepEqual(health, want) {
		t.Errorf("health %+v, want %+v", health, want)
	}
	var links []string
	for l, err := range r.Links() {
		must(t, err)
		links = append(links, l.Transport)
	}
	if got := strings.Join(links, " "); got != "http sns http" {
		t.Errorf("links of %s, want those of second 0 first", got)
	}
	if len(r.Problems) != 2 || r.Problems[0].File != LinksFile || r.Problems[1].File != HealthFile {
		t.Errorf("problems %v, want one of each file", r.Problems)
	}
}

func TestDecodeHealthRefuses(t *testing.T) {
	refuses(t, DecodeHealth, []badLine{
		{"no JSON", `{`, "decode health"},
		{"a newer format", `{"version":9}`, "format version 9"},
		{"a second below 0", `{"version":1,"second":-1}`, "second -1"},
		{"a second beyond a year", `{"version":1,"second":99999999}`, "second 99999999"},
		{"a fact beyond measure", `{"version":1,"facts":{"heap_bytes":1e300}}`, "heap_bytes 1e+300"},
		{"a fact that is no number", `{"version":1,"facts":{"heap_bytes":"much"}}`, "decode health"},
	})
}

func FuzzDecodeHealth(f *testing.F) {
	f.Add([]byte(`{"version":1,"second":3,"facts":{"cpu_share":0.5}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		h, err := DecodeHealth(line)
		if err == nil && (h.Second < 0 || h.Version != Version) {
			t.Errorf("accepted %+v", h)
		}
	})
}
