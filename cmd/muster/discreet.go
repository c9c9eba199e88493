package main

import (
	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/record"
)

// discreet writes a run directory in which no word of the target, and none about it, gives away a secret. Findings are
// redacted where they are made, with the exchanges still whole. Who watches the directory sees what is in it, not more.
type discreet struct {
	*record.Tee
	redactor *conformance.Redactor
}

// Failure redacts what the reply said; the command has been redacted part by part, so that it still runs.
func (w discreet) Failure(f record.Failure) error {
	f.Detail = w.redactor.Redact(f.Detail)
	return w.Tee.Failure(f)
}

// Ledger redacts why read-back stopped.
func (w discreet) Ledger(l record.Ledger) error {
	l.Note = w.redactor.Redact(l.Note)
	return w.Tee.Ledger(l)
}

// Track redacts why the target gave none in a second.
func (w discreet) Track(s record.InsightsSecond) error {
	s.Note = w.redactor.Redact(s.Note)
	return w.Tee.Track(s)
}

// Insights redacts why the target gave none.
func (w discreet) Insights(p record.InsightsPair) error {
	p.Note = w.redactor.Redact(p.Note)
	return w.Tee.Insights(p)
}

// Manifest redacts what broke.
func (w discreet) Manifest(m record.Manifest) error {
	m.Fault = w.redactor.Redact(m.Fault)
	return w.Tee.Manifest(m)
}
