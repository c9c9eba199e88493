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
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.account.SoFar()
}
