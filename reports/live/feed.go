package live

import (
	"sync"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// Feed is the account of a run that goes on. It costs next to nothing until somebody asks how the run stands. Safe for
// concurrent use.
type Feed struct {
	mu      sync.Mutex // guards what follows
	account *reports.Account
	fault   error // the first
}

// NewFeed begins the account of a run with its manifest.
func NewFeed(m record.Manifest) *Feed { return &Feed{account: reports.NewAccount(m)} }

// Observe implements record.Observer.
func (f *Feed) Observe(e record.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.account.Add(e); err != nil && f.fault == nil {
		f.fault = err
	}
}

// SoFar sums the run up.
func (f *Feed) SoFar() reports.Summary {
	s, _ := f.stand()
	return s
}

// stand sums the run up, with what a page shows beside that. A run that has ended is judged as its report judges it.
func (f *Feed) stand() (reports.Summary, reports.Exhibits) {
	f.mu.Lock()
	defer f.mu.Unlock()
	run := f.account.Run()
	s := f.account.SoFar
	if run.Manifest.Ended != record.Running {
		s = f.account.Summary
	}
	summary := s()
	if f.fault != nil { // cannot be: the same frames were written before
		summary.Problems = append(summary.Problems, record.Problem{File: record.FramesFile, Text: f.fault.Error()})
	}
	return summary, reports.ExhibitsOf(run)
}
