package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/passmuster/muster/internal/contract"
)

// This file is the only one outside of tests that knows Ginkgo.

// entryName is the report entry under which a spec leaves what its check saw. It travels as JSON text, the only form
// that survives when specs run in other processes.
const entryName = "muster/outcome"

// suiteTimeout bounds a whole run. It is above Ginkgo's own hour: the checks have limits of their own.
const suiteTimeout = 24 * time.Hour

// accepts reads a filter over the labels of a clause.
func accepts(filter string) (func(labels []string) bool, error) {
	f, err := types.ParseLabelFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("conform: filter %q: not a label filter, want for example 'level:MUST && transport:http'", filter)
	}
	return f, nil
}

// configuration is how Ginkgo runs the specs: in this process, in the order that the seed draws.
func configuration(seed int64) (types.SuiteConfig, types.ReporterConfig) {
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.LabelFilter, suite.ParallelTotal, suite.ParallelProcess = "", 1, 1
	suite.Timeout, suite.RandomSeed, suite.FailOnEmpty = suiteTimeout, seed, true
	return suite, reporter
}

// runSpecs runs the specs that grow adds to Ginkgo's tree and tells take of each as soon as it has ended, from one
// goroutine. An error means that not all was told, by whatever fault.
func runSpecs(seed int64, grow func(), take func(id string, r row)) error {
	if _, err := os.Getwd(); err != nil { // Ginkgo would end the process
		return fmt.Errorf("conform: find the working directory: %w", err)
	}
	globals.Reset()
	defer quiet()()
	grow()
	begun, ended := 0, 0
	ginkgo.ReportAfterEach(func(spec types.SpecReport) {
		begun++
		take(spec.LeafNodeText, rowOf(spec))
		ended++
	})
	var report *ginkgo.Report
	ginkgo.ReportAfterSuite("collect", func(r ginkgo.Report) { report = &r })
	suite, reporter := configuration(seed)
	passed := ginkgo.RunSpecs(&outcomeOnly{}, "conformance", suite, reporter)
	switch {
	case report == nil || begun != ended:
		return errors.New("conform: what became of the clauses could not be collected")
	case suite.FailOnEmpty && report.PreRunStats.SpecsThatWillRun == 0:
		return fmt.Errorf("%w: Ginkgo was given no spec to run", ErrNothingSelected)
	}
	return hookFault(*report, passed)
}

// hookFault returns what failed around the specs: a setup, or a hook that was to report.
func hookFault(report ginkgo.Report, passed bool) error {
	specsPassed := true
	for _, spec := range report.SpecReports {
		failed := spec.State.Is(types.SpecStateFailureStates)
		if failed && spec.LeafNodeType != types.NodeTypeIt && !spec.State.Is(types.SpecStateInterrupted) {
			return fmt.Errorf("conform: %s failed: %s", spec.LeafNodeType, told(spec.State, spec.Failure))
		}
		specsPassed = specsPassed && !failed
	}
	if !passed && specsPassed && len(report.SpecialSuiteFailureReasons) == 0 {
		return errors.New("conform: a hook that reports what became of the clauses failed")
	}
	return nil
}

// quiet keeps what Ginkgo prints from the terminal, since it is not muster's voice, until the returned function is called.
func quiet() func() {
	stdout, stderr := formatter.ColorableStdOut, formatter.ColorableStdErr
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	return func() { formatter.ColorableStdOut, formatter.ColorableStdErr = stdout, stderr }
}

// outcomeOnly stands in for *testing.T: whether a spec failed is read from the report.
type outcomeOnly struct{}

// Fail does nothing.
func (*outcomeOnly) Fail() {}

// Describe adds one spec per selected clause to Ginkgo's tree, for a caller that runs the tree itself (go test or the
// ginkgo command). Each spec passes when its clause was kept, fails when it was broken and is skipped when no
// judgement was possible. Clauses that are to be judged alone are Serial to Ginkgo, too.
func Describe(ctx context.Context, cfg Config, selected map[string]bool) {
	tried := newDoors()
	for _, c := range cfg.Register.Clauses() {
		if !selected[c.ID] {
			continue
		}
		options := []any{ginkgo.Label(Labels(c)...), ginkgo.FlakeAttempts(1 + cfg.Retries)}
		if c.Serial {
			options = append(options, ginkgo.Serial)
		}
		ginkgo.It(c.ID, append(options, func(spec ginkgo.SpecContext) {
			if ctx.Err() != nil {
				ginkgo.Skip("the run was interrupted before it")
			}
			tell(c, cfg.judge(ctx, spec, tried, c))
		})...)
	}
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
	case o.Stuck:
		ginkgo.Skip("the check did not end when it should, and was abandoned")
	case o.Inconclusive != "":
		ginkgo.Skip("inconclusive: " + o.Inconclusive)
	case len(o.Violations) > 0:
		v := o.Violations[0]
		ginkgo.Fail(fmt.Sprintf("%s %s (%s)\nwanted %s\ngot    %s\n%s", c.Level, c.Duty, c.Basis, v.Wanted, v.Got, v.Exchange))
	}
}

// rowOf reads what became of a spec from Ginkgo's report. Of several attempts the last one counts.
func rowOf(spec types.SpecReport) row {
	r := row{Attempts: spec.NumAttempts, Duration: spec.RunTime}
	for _, entry := range spec.ReportEntries {
		if entry.Name != entryName {
			continue
		}
		var o outcome
		if err := json.Unmarshal([]byte(entry.StringRepresentation()), &o); err != nil {
			r.Reason = "its outcome cannot be read: " + err.Error()
			return r
		}
		r.Outcome, r.Executed = o, spec.NumAttempts > 0
	}
	if !r.Executed {
		r.Reason = told(spec.State, spec.Failure)
	}
	for _, f := range append(spec.AdditionalFailures, types.AdditionalFailure{State: spec.State, Failure: spec.Failure}) {
		if f.State.Is(types.SpecStatePanicked) {
			r.Panicked, r.Reason = true, told(f.State, f.Failure)
		}
	}
	return r
}

// told is what Ginkgo says of a failure.
func told(s types.SpecState, f types.Failure) string {
	return strings.TrimSpace(s.String() + " " + f.Message + " " + f.ForwardedPanic)
}
