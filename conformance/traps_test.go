package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// The traps of running Ginkgo inside a binary, one test or more for each. Those of the command line (T8, and the exit codes
// of T1) are in cmd/muster.

// grown is a tree of these clauses, each with its spec.
func grown(t *testing.T, clauses ...contract.Clause) func() {
	t.Helper()
	cfg, selected := Config{Register: register(t, clauses...)}, map[string]bool{}
	for _, c := range clauses {
		selected[c.ID] = true
	}
	return func() { Describe(t.Context(), cfg, selected) }
}

// TestT1NothingSelectedIsNoSuccess: to Ginkgo, a run without specs is a success.
func TestT1NothingSelectedIsNoSuccess(t *testing.T) {
	cfg := Config{Register: demo(t), Filter: "level:MAY"}
	_, serial := Run(t.Context(), cfg)
	_, parallel := RunOver(t.Context(), cfg, (&bench{cfg: cfg}).crew(4))
	empty := runSpecs(1, func() {}, func(string, row) {})
	var said bytes.Buffer
	worker := Work(t.Context(), cfg, nil, &said)
	if err := hear(&said, func(word) {}); err == nil {
		t.Error("a worker without a share says that it has told all")
	}
	for name, err := range map[string]error{"serial": serial, "parallel": parallel, "an empty tree": empty, "a worker without a share": worker} {
		if !errors.Is(err, ErrNothingSelected) {
			t.Errorf("%s: got %v, want ErrNothingSelected", name, err)
		}
	}
}

// TestT2AFailedSetupPassesNothing: when a setup of the whole suite fails, Ginkgo's report has no rows for the specs at all.
func TestT2AFailedSetupPassesNothing(t *testing.T) {
	specs := grown(t, clause("demo/a/keeps", keeps))
	rows := map[string]row{}
	err := runSpecs(1, func() {
		ginkgo.BeforeSuite(func() { ginkgo.Fail("no broker") })
		specs()
	}, func(id string, r row) { rows[id] = r })
	if err == nil || !strings.Contains(err.Error(), "no broker") {
		t.Errorf("got %v, want an error that tells what failed", err)
	}
	all := findings(register(t, clause("demo/a/keeps", keeps)), nil, map[string]bool{"demo/a/keeps": true}, rows, 1)
	if all[0].Status != record.NotRun {
		t.Errorf("got %s, want not-run", all[0].Status)
	}
}

// TestT3ADryRunPassesNothing: rows of a preview and of a dry run say that their specs passed, in no attempt.
func TestT3ADryRunPassesNothing(t *testing.T) {
	globals.Reset()
	defer quiet()()
	grown(t, clause("demo/a/keeps", keeps))()
	specs := ginkgo.PreviewSpecs("preview").SpecReports.WithLeafNodeType(types.NodeTypeIt)
	if len(specs) != 1 || specs[0].State != types.SpecStatePassed {
		t.Fatalf("got %d rows, want one that claims to have passed: the trap is gone", len(specs))
	}
	specs[0].ReportEntries = append(specs[0].ReportEntries, entryOf(t, outcome{})) // even if it were to bear a good word
	if r := rowOf(specs[0]); r.Executed {
		t.Errorf("got %+v, want a row that was not executed", r)
	}
	var f record.Finding
	if settle(&f, rowOf(specs[0]), 1); f.Status != record.NotRun {
		t.Errorf("got %s, want not-run", f.Status)
	}
}

// entryOf is the report entry of an outcome, as a spec leaves it.
func entryOf(t *testing.T, o outcome) types.ReportEntry {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return types.ReportEntry{Name: entryName, Value: types.WrapEntryValue(string(text))}
}

// TestT4EvidenceSurvivesTheWayBetweenProcesses: from another process a report entry comes as JSON text only, whatever it was.
func TestT4EvidenceSurvivesTheWayBetweenProcesses(t *testing.T) {
	want := outcome{Violations: []record.Violation{{Wanted: `"204"`, Got: "500 ü", Exchange: "> POST /\n< 500\n", Curl: "curl"}}}
	here := types.SpecReport{
		LeafNodeType: types.NodeTypeIt, State: types.SpecStateFailed, NumAttempts: 1, ReportEntries: types.ReportEntries{entryOf(t, want)},
	}
	text, err := json.Marshal(here)
	if err != nil {
		t.Fatal(err)
	}
	var there types.SpecReport
	if err := json.Unmarshal(text, &there); err != nil {
		t.Fatal(err)
	}
	for _, spec := range []types.SpecReport{here, there} {
		if r := rowOf(spec); !r.Executed || len(r.Outcome.Violations) != 1 || r.Outcome.Violations[0] != want.Violations[0] {
			t.Errorf("got %+v, want the violation whole", r)
		}
	}
}

// TestT4RowsSurviveTheWayBetweenProcesses: what a worker tells is what its parent hears.
func TestT4RowsSurviveTheWayBetweenProcesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		want := row{
			Executed: rapid.Bool().Draw(t, "executed"), Attempts: rapid.IntRange(0, 6).Draw(t, "attempts"),
			Duration: time.Duration(rapid.Int64().Draw(t, "duration")), Reason: text.Draw(t, "reason"), Panicked: rapid.Bool().Draw(t, "panicked"),
			Outcome: outcome{Inconclusive: text.Draw(t, "inconclusive"), Stuck: rapid.Bool().Draw(t, "stuck")},
		}
		var said bytes.Buffer
		m := newMouth(&said)
		m.say(word{ID: "a/b/c", Row: want})
		m.say(word{End: true})
		heard := 0
		err := hear(&said, func(w word) {
			got := w.Row
			if heard++; w.ID != "a/b/c" || got.Executed != want.Executed || got.Attempts != want.Attempts || got.Duration != want.Duration || got.Reason != want.Reason ||
				got.Panicked != want.Panicked || got.Outcome.Inconclusive != want.Outcome.Inconclusive || got.Outcome.Stuck != want.Outcome.Stuck {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
		if err != nil || heard != 1 || m.err != nil {
			t.Errorf("heard %d words: %v, %v", heard, err, m.err)
		}
	})
}

// TestT5GinkgoNeverEndsTheProcess: it exits by itself on a filter that it cannot read, on a second run and without a
// working directory; each of these would end this test.
func TestT5GinkgoNeverEndsTheProcess(t *testing.T) {
	cfg := Config{Register: demo(t)}
	for range 2 {
		if _, err := Run(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	for _, filter := range []string{"level: MUST", "(", "&&", "level:MUST &&", "/[/", "clause: isSubsetOf {a"} {
		if _, err := Run(t.Context(), Config{Register: demo(t), Filter: filter}); err == nil {
			t.Errorf("filter %q: got no error", filter)
		}
	}
	gone := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(gone)
	if err := os.Remove(gone); err != nil {
		t.Skipf("the working directory cannot be removed here: %v", err)
	}
	if _, err := Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "working directory") {
		t.Errorf("got %v, want an error about the working directory", err)
	}
}

// TestT5NothingIsFocused: a focused spec that passes makes Ginkgo end the process with 197, and leaves out all others.
func TestT5NothingIsFocused(t *testing.T) {
	focused := regexp.MustCompile(`^(F(It|Describe|Context|When|Specify|Entry|DescribeTable|DescribeTableSubtree)|Focus)$`)
	uses := 0
	eachFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "ginkgo" {
					if uses++; focused.MatchString(s.Sel.Name) {
						t.Errorf("%s uses ginkgo.%s", path, s.Sel.Name)
					}
				}
			}
			return true
		})
		for _, i := range file.Imports {
			if i.Name != nil && i.Name.Name == "." && strings.Contains(i.Path.Value, "onsi/ginkgo") {
				t.Errorf("%s imports Ginkgo by a dot, so that a focused spec could not be seen", path)
			}
		}
	})
	if uses == 0 {
		t.Error("no use of Ginkgo was seen, so nothing was shown")
	}
}

// eachFile visits every Go file of the project, tests too.
func eachFile(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "bin" || d.Name() == "runs") {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			visit(filepath.ToSlash(path), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestT6AFlakyPassIsTold: a spec that passed in a later attempt is a plain pass to Ginkgo, with the earlier failures aside;
// and the earlier attempts' entries are still there.
func TestT6AFlakyPassIsTold(t *testing.T) {
	spec := types.SpecReport{
		LeafNodeType: types.NodeTypeIt, State: types.SpecStatePassed, NumAttempts: 3, MaxFlakeAttempts: 3,
		ReportEntries: types.ReportEntries{
			entryOf(t, outcome{Violations: []record.Violation{{Wanted: "204"}}}), entryOf(t, outcome{Inconclusive: "reset"}), entryOf(t, outcome{}),
		},
	}
	var f record.Finding
	settle(&f, rowOf(spec), 3)
	if f.Status != record.Pass || f.Attempts != 3 || f.Reason != "passed on attempt 3 of 3" {
		t.Errorf("got %s after %d attempts (%s), want a pass that tells of three", f.Status, f.Attempts, f.Reason)
	}
	spec.AdditionalFailures = []types.AdditionalFailure{{State: types.SpecStatePanicked, Failure: types.Failure{Message: "boom"}}}
	settle(&f, rowOf(spec), 3)
	if f.Status != record.Inconclusive || !strings.Contains(f.Reason, "boom") {
		t.Errorf("got %s (%s), want a panic in an earlier attempt told", f.Status, f.Reason)
	}
}

// TestT7AFailingReportHookFailsTheRun: were it passed over, a full disk could make a run look whole.
func TestT7AFailingReportHookFailsTheRun(t *testing.T) {
	specs := grown(t, clause("demo/a/keeps", keeps))
	none := func(string, row) {}
	for name, err := range map[string]error{
		"after each": runSpecs(1, specs, func(string, row) { panic("disk full") }),
		"after the suite": runSpecs(1, func() {
			specs()
			ginkgo.ReportAfterSuite("write", func(types.Report) { ginkgo.Fail("disk full") })
		}, none),
	} {
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if err := runSpecs(1, grown(t, clause("demo/a/breaks", breaks)), none); err != nil {
		t.Errorf("got %v for a clause that was broken, which is no fault of muster's", err)
	}
	if err := Work(t.Context(), Config{Register: demo(t)}, []string{"demo/a/keeps"}, full{}); err == nil {
		t.Error("a worker that cannot tell what it found got no error")
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestT7AStuckCheckIsAbandonedAndTold: one that does not heed its context cannot be killed, and would hold up all others.
func TestT7AStuckCheckIsAbandonedAndTold(t *testing.T) {
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	stuck := func(context.Context, *contract.Probe) ([]contract.Violation, error) {
		<-hold
		return nil, nil
	}
	cfg := Config{Register: register(t, clause("demo/a/stuck", stuck), clause("demo/a/keeps", keeps)), Timeout: time.Millisecond, grace: time.Millisecond}
	got, err := Run(t.Context(), cfg)
	if err == nil || !strings.Contains(err.Error(), "demo/a/stuck did not end") {
		t.Errorf("got %v, want an error that names the clause", err)
	}
	if got[0].Status != record.Inconclusive || !strings.Contains(got[0].Reason, "abandoned") || got[1].Status != record.Pass {
		t.Errorf("got %v (%s), want the stuck one inconclusive and the other passed", statuses(got), got[0].Reason)
	}
	interrupted, cancel := context.WithCancel(t.Context())
	cfg.Timeout = time.Hour
	cfg.Register = register(t, clause("demo/a/stuck", func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		cancel()
		return stuck(ctx, p)
	}))
	if got, err := Run(interrupted, cfg); err != nil || got[0].Reason != "the run was interrupted during it" {
		t.Errorf("got %v (%s) and %v, want the interrupt told", statuses(got), got[0].Reason, err)
	}
}

// TestT10GinkgoIsSilentAndPatient: its console is not muster's voice, and its own limit of an hour is not muster's.
func TestT10GinkgoIsSilentAndPatient(t *testing.T) {
	suite, _ := configuration(1)
	if byDefault := types.NewDefaultSuiteConfig().Timeout; suite.Timeout <= max(byDefault, time.Hour) {
		t.Errorf("the suite may take %v, want more than Ginkgo's own %v", suite.Timeout, byDefault)
	}
	stdout, stderr := formatter.ColorableStdOut, formatter.ColorableStdErr
	looks := func(context.Context, *contract.Probe) ([]contract.Violation, error) {
		if formatter.ColorableStdOut != io.Discard || formatter.ColorableStdErr != io.Discard {
			t.Error("what Ginkgo prints during a run is shown")
		}
		return nil, nil
	}
	if _, err := Run(t.Context(), Config{Register: register(t, clause("demo/a/looks", looks))}); err != nil {
		t.Fatal(err)
	}
	if formatter.ColorableStdOut != stdout || formatter.ColorableStdErr != stderr {
		t.Error("the console is not given back after a run")
	}
}

// TestT10SecretsAreTakenOutBeforeGinkgoHoldsThem: entries, failures and skips go verbatim into whatever it reports.
func TestT10SecretsAreTakenOutBeforeGinkgoHoldsThem(t *testing.T) {
	refused := func(context.Context, *contract.Probe) ([]contract.Violation, error) {
		return nil, errors.New("no answer to s3cret")
	}
	cfg := Config{
		Register: register(t, clause("demo/a/breaks", breaks), clause("demo/a/refused", refused)),
		Evidence: NewEvidence(NewRedactor(map[string]string{"s3cret": "TOKEN", "k3y": "KEY"}), nil),
	}
	var report []byte
	err := runSpecs(1, func() {
		Describe(t.Context(), cfg, map[string]bool{"demo/a/breaks": true, "demo/a/refused": true})
		ginkgo.ReportAfterSuite("keep", func(r types.Report) { report, _ = json.Marshal(r.SpecReports) })
	}, func(string, row) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cret", "k3y"} {
		if bytes.Contains(report, []byte(secret)) {
			t.Errorf("Ginkgo's report holds %q", secret)
		}
	}
	if !bytes.Contains(report, []byte("$TOKEN")) {
		t.Error("the report holds no evidence, so nothing was shown")
	}
}

// TestT11OneFileKnowsGinkgo: its packages for running specs are public but not promised to stay, so workers are ours, and
// the rest of Ginkgo is known to one file beside the tests.
func TestT11OneFileKnowsGinkgo(t *testing.T) {
	var knows []string
	eachFile(t, func(path string, file *ast.File) {
		for _, i := range file.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			if !strings.HasPrefix(name, "github.com/onsi/ginkgo") {
				continue
			}
			if strings.HasPrefix(name, "github.com/onsi/ginkgo/v2/ginkgo") {
				t.Errorf("%s imports %s", path, name)
			}
			if !strings.HasSuffix(path, "_test.go") && !slices.Contains(knows, path) {
				knows = append(knows, path)
			}
		}
	})
	if !slices.Equal(knows, []string{"../conformance/tree.go"}) {
		t.Errorf("%q import Ginkgo, want conformance/tree.go alone", knows)
	}
}
