package conformance

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/patience"
	"github.com/passmuster/muster/internal/record"
)

// entryName is the report entry under which a spec leaves what its check saw. It travels as JSON text, the only form
// that survives when specs run in other processes.
const entryName = "muster/outcome"

// outcome is what a check saw: violations, or why it could not judge, or was not tried at all.
type outcome struct {
	NotRun       string             `json:"not_run,omitempty"`
	Inconclusive string             `json:"inconclusive,omitempty"`
	Violations   []record.Violation `json:"violations,omitempty"`
}

// row is what became of one spec, free of Ginkgo's types.
type row struct {
	executed bool // the check ran to its end
	attempts int
	duration time.Duration
	outcome  outcome
	reason   string // why it was not executed, or how it ended otherwise than by its check's word
	panicked bool
}

// Labels returns the Ginkgo labels of a clause. Slashes are not allowed in labels, so a clause's label has dots.
func Labels(c contract.Clause) []string {
	labels := []string{
		"clause:" + strings.ReplaceAll(c.ID, "/", "."),
		"contract:" + contractOf(c.ID),
		"level:" + c.Level.String(),
	}
	if c.Transport != "" {
		labels = append(labels, "transport:"+string(c.Transport))
	}
	return labels
}

func contractOf(id string) string {
	name, _, _ := strings.Cut(id, "/")
	return name
}

// runTree runs the selected clauses as Ginkgo specs and returns a row for each that Ginkgo reported, by clause id.
func runTree(ctx context.Context, cfg Config, selected map[string]bool) map[string]row {
	globals.Reset()
	stdout := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard // what Ginkgo prints is not muster's voice
	defer func() { formatter.ColorableStdOut = stdout }()

	rows := map[string]row{}
	Describe(ctx, cfg, selected)
	ginkgo.ReportAfterSuite("collect", func(report ginkgo.Report) {
		for _, spec := range report.SpecReports {
			if spec.LeafNodeType == types.NodeTypeIt {
				r := rowOf(spec)
				r.reason = cfg.Evidence.Redact(r.reason)
				rows[spec.LeafNodeText] = r
			}
		}
	})
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.LabelFilter, suite.ParallelTotal, suite.ParallelProcess = "", 1, 1
	suite.Timeout = 24 * time.Hour // the clauses have deadlines of their own
	suite.RandomSeed = 1           // Ginkgo's order, but the same every time
	ginkgo.RunSpecs(&outcomeOnly{}, "conformance", suite, reporter)
	return rows
}

// outcomeOnly stands in for *testing.T: whether a spec failed is read from the report.
type outcomeOnly struct{}

// Fail does nothing.
func (*outcomeOnly) Fail() {}

// Describe adds one spec per selected clause to Ginkgo's tree, for a caller that runs the tree itself (go test or the
// ginkgo command). Each spec passes when its clause was kept, fails when it was broken and is skipped when no
// judgement was possible.
func Describe(ctx context.Context, cfg Config, selected map[string]bool) {
	total, done := len(selected), 0
	tried := newDoors()
	for _, c := range cfg.Register.Clauses() {
		if !selected[c.ID] {
			continue
		}
		ginkgo.It(c.ID, ginkgo.Label(Labels(c)...), func(spec ginkgo.SpecContext) {
			if cfg.Progress != nil {
				defer func() { done++; cfg.Progress(done, total) }()
			}
			if ctx.Err() != nil {
				ginkgo.Skip("the run was interrupted before it")
			}
			tell(c, cfg.judge(ctx, spec, tried, c))
		})
	}
}

// judge runs the check of c until spec or outer ends and returns what it saw, unless its door was given up.
func (cfg Config) judge(outer, spec context.Context, tried *doors, c contract.Clause) outcome {
	if why := tried.givenUp(c); why != "" {
		return outcome{NotRun: cfg.Evidence.Redact(why)}
	}
	ctx, cancel := context.WithCancel(spec)
	defer cancel()
	defer context.AfterFunc(outer, cancel)()
	listening := &watch{Sender: cfg.Sender}
	cfg.Sender = listening
	o := examine(ctx, cfg, c)
	tried.heard(c, listening)
	return o
}

// tell leaves the outcome of c in Ginkgo's report and ends the spec accordingly.
func tell(c contract.Clause, o outcome) {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("encode outcome of %s: %v", c.ID, err))
	}
	ginkgo.AddReportEntry(entryName, string(text), ginkgo.ReportEntryVisibilityNever)
	switch {
	case o.NotRun != "":
		ginkgo.Skip(o.NotRun)
	case o.Inconclusive != "":
		ginkgo.Skip("inconclusive: " + o.Inconclusive)
	case len(o.Violations) > 0:
		v := o.Violations[0]
		ginkgo.Fail(fmt.Sprintf("%s %s (%s)\nwanted %s\ngot    %s\n%s", c.Level, c.Duty, c.Basis, v.Wanted, v.Got, v.Exchange))
	}
}

// examine runs the check of c within its time limit, and tells what it saw without the secrets.
func examine(ctx context.Context, cfg Config, c contract.Clause) outcome {
	bounded, cancel := patience.WithLimit(ctx, cmp.Or(cfg.Timeout, DefaultTimeout)) // the target's rate cap takes none of it
	defer cancel()
	violations, err := c.Check(bounded, cfg.probe())
	switch {
	case err != nil:
		return outcome{Inconclusive: cfg.Evidence.Redact(err.Error())}
	case ctx.Err() != nil: // what a check did not find when it was cut short may well be there
		return outcome{Inconclusive: "the run was interrupted during it"}
	}
	return outcome{Violations: cfg.Evidence.violations(violations)}
}

// probe returns a fresh probe on the target.
func (cfg Config) probe() *contract.Probe {
	return &contract.Probe{Sender: cfg.Sender, Readback: cfg.Readback, Insights: cfg.Insights, Now: time.Now, ID: newID}
}

// newID returns 32 random hex digits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // crypto/rand never fails since Go 1.24
	return hex.EncodeToString(id[:])
}

// rowOf reads what became of a spec from Ginkgo's report.
func rowOf(spec types.SpecReport) row {
	r := row{attempts: spec.NumAttempts, duration: spec.RunTime}
	for _, entry := range spec.ReportEntries {
		if entry.Name != entryName {
			continue
		}
		if err := json.Unmarshal([]byte(entry.StringRepresentation()), &r.outcome); err != nil {
			r.reason = "its outcome cannot be read: " + err.Error()
			return r
		}
		r.executed = spec.NumAttempts > 0
	}
	r.panicked = spec.State == types.SpecStatePanicked
	if !r.executed {
		r.reason = strings.TrimSpace(spec.State.String() + " " + spec.Failure.Message + " " + spec.Failure.ForwardedPanic)
	}
	return r
}
