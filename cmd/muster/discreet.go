package main

import (
	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/record"
)

// discreet writes a run directory in which no word of the target, and none about it, gives away a secret. Findings are
// redacted where they are made, with the exchanges still whole.
type discreet struct {
	*record.Writer
	redactor *conformance.Redactor
}

// Failure redacts what the reply said; the command has been redacted part by part, so that it still runs.
func (w discreet) Failure(f record.Failure) error {
	f.Detail = w.redactor.Redact(f.Detail)
	return w.Writer.Failure(f)
}

// Ledger redacts why read-back stopped.
func (w discreet) Ledger(l record.Ledger) error {
	l.Note = w.redactor.Redact(l.Note)
	return w.Writer.Ledger(l)
}

// Insights redacts why the target gave none.
func (w discreet) Insights(p record.InsightsPair) error {
	p.Note = w.redactor.Redact(p.Note)
	return w.Writer.Insights(p)
}

// Manifest redacts what broke.
func (w discreet) Manifest(m record.Manifest) error {
	m.Fault = w.redactor.Redact(m.Fault)
	return w.Writer.Manifest(m)
}
