package telemetry

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

// dashboard is what the tests look at of Grafana's format.
type dashboard struct {
	UID        string
	Title      string
	Panels     []panel
	Templating struct {
		List []struct{ Name, Type, Definition string }
	}
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               struct{ Type, UID string }
	FieldConfig              struct{ Defaults struct{ Unit string } }
	GridPos                  struct{ X, Y, W, H int }
	Targets                  []struct{ Expr string }
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	data, err := os.ReadFile("../../fixtures/grafana/muster.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDashboardPanelsAreComplete(t *testing.T) {
	d := readDashboard(t)
	ids, cells, rows := map[int]bool{}, map[[2]int]string{}, []string{}
	for _, p := range d.Panels {
		if p.Title == "" || p.ID == 0 || ids[p.ID] {
			t.Errorf("panel %d %q: want a title, and an id of its own", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if cells[[2]int{x, y}] != "" || x >= 24 {
					t.Fatalf("%s lies on %q or beyond the edge", p.Title, cells[[2]int{x, y}])
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			rows = append(rows, p.Title)
			continue
		}
		if p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
			t.Errorf("%s: want a description, a unit, an expression and the data source that was chosen", p.Title)
		}
	}
	want := []string{"Verdict so far", "Rates", "Latency", "Errors", "Lag and generator", "Connections", "Kafka and SNS", "Insights and ledger"}
	if !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	var variables []string
	for _, v := range d.Templating.List {
		variables = append(variables, v.Name)
	}
	if !slices.Equal(variables, []string{"datasource", "run", "operation"}) {
		t.Errorf("variables %q, want datasource, run and operation", variables)
	}
}

var (
	selector = regexp.MustCompile(`(muster_[a-z0-9_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`([a-z_]+)(=~|!~|!=|=)"([^"]*)"`)
	grouping = regexp.MustCompile(`\b(?:by|without|on|ignoring) \(([^)]*)\)`)
)

// Every metric, label and value that the dashboard asks for is one that a run has.
func TestDashboardAsksForWhatThereIs(t *testing.T) {
	_, families := exposition(t)
	d := readDashboard(t)
	asked := 0
	ask := func(where, expr string) {
		found := selector.FindAllStringSubmatch(expr, -1)
		if len(found) == 0 {
			t.Errorf("%s: %s asks for nothing", where, expr)
		}
		for _, m := range found {
			asked++
			f := asFamily(families, m[1])
			if f == nil {
				t.Errorf("%s: there is no metric %s", where, m[1])
				continue
			}
			for _, l := range matcher.FindAllStringSubmatch(m[2], -1) {
				if !matches(f, l[1], l[2], l[3]) {
					t.Errorf("%s: no series of %s has a label %s%s%q", where, m[1], l[1], l[2], l[3])
				}
			}
			for _, by := range grouping.FindAllStringSubmatch(expr, -1) {
				for name := range strings.SplitSeq(by[1], ", ") {
					if name != "le" && !matches(f, name, "=~", ".+") {
						t.Errorf("%s: no series of %s has a label %s", where, m[1], name)
					}
				}
			}
		}
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			ask(p.Title, target.Expr)
		}
	}
	for _, v := range d.Templating.List {
		if v.Type == "query" {
			ask("variable "+v.Name, v.Definition)
		}
	}
	if asked < 80 {
		t.Errorf("only %d metrics were looked for, want all that the dashboard has", asked)
	}
}

// asFamily returns the family of a name as an expression has it: a histogram's is that of its buckets.
func asFamily(families map[string]*dto.MetricFamily, name string) *dto.MetricFamily {
	base, isBucket := strings.CutSuffix(name, "_bucket")
	f := families[base]
	if f == nil || isBucket != (f.GetType() == dto.MetricType_HISTOGRAM) {
		return nil
	}
	return f
}

// matches says whether any series has a label that matches; Grafana's variables match anything.
func matches(f *dto.MetricFamily, name, operator, want string) bool {
	if strings.HasPrefix(want, "$") {
		want, operator = ".+", "=~"
	}
	for _, m := range f.GetMetric() {
		got := label(m, name)
		is := got == want
		if strings.HasSuffix(operator, "~") {
			is = regexp.MustCompile("^(?:" + want + ")$").MatchString(got)
		}
		if got != "" && is != strings.HasPrefix(operator, "!") {
			return true
		}
	}
	return false
}

// named is what a row of that README's table names: one metric, several, or a beginning that ends in _ and several ends.
var named = regexp.MustCompile("`([a-z0-9_]+)`")

// The dashboard's README has every metric in its table, and no other.
func TestReadmeNamesEveryMetric(t *testing.T) {
	_, families := exposition(t)
	readme, err := os.ReadFile("../../fixtures/grafana/README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for row := range strings.Lines(string(readme)) {
		if !strings.HasPrefix(row, "| `muster_") {
			continue
		}
		prefix := ""
		for _, n := range named.FindAllStringSubmatch(strings.Split(row, "|")[1], -1) {
			if strings.HasSuffix(n[1], "_") {
				prefix = n[1]
				continue
			}
			listed[prefix+n[1]] = true
		}
	}
	for name := range families {
		if !listed[name] {
			t.Errorf("README does not list %s", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("README lists %s, which no run has", name)
	}
}
