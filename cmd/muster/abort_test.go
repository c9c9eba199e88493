package main

import (
	"context"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/scenarios"
)

// book is a log that is read at the end; page one that is followed.
type book struct{}

func (book) Read(context.Context, func(contract.Stored) error) error { return nil }
func (book) Close()                                                  {}

type page struct{ book }

func (page) Tails() {}

func TestAnAbortThatCannotComeIsTold(t *testing.T) {
	for _, c := range []struct {
		reader     transport.Reader
		thresholds []scenarios.Threshold
		want       string
	}{
		{book{}, []scenarios.Threshold{"errors < 1% abort", "lost == 0", "duplicated == 0"}, ""},
		{book{}, []scenarios.Threshold{"errors < 1% abort", "duplicated == 0 abort"}, "duplicated == 0 abort"},
		{book{}, []scenarios.Threshold{"visible max < 1s over any 2s abort"}, "visible max < 1s over any 2s abort"},
		{nil, []scenarios.Threshold{"corrupt == 0 abort"}, "corrupt == 0 abort"},
		{page{}, []scenarios.Threshold{"corrupt == 0 abort", "visible max < 1s over any 2s abort"}, ""},
	} {
		config := &loadgen.Config{Reader: c.reader, Scenario: scenarios.Scenario{Thresholds: c.thresholds}}
		if got := blind(config); got != c.want {
			t.Errorf("%q with %T: told %q, want %q", c.thresholds, c.reader, got, c.want)
		}
	}
}
