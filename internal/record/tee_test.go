package record_test

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// witness notes which kinds of entries it was told of.
type witness struct {
	mu   sync.Mutex
	told []string
}

// Observe implements record.Observer.
func (w *witness) Observe(e record.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		if !v.Field(i).IsNil() {
			w.told = append(w.told, v.Type().Field(i).Name)
		}
	}
}

func TestTeeTellsEveryObserverOfEverythingThatWasWritten(t *testing.T) {
	w, err := record.Create(t.TempDir(), record.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	tee := record.NewTee(w)
	first, second := &witness{}, &witness{}
	tee.Watch(first)
	tee.Watch(second)
	fault := errors.Join(
		tee.Manifest(record.Manifest{}), tee.Frames([]*record.Frame{record.NewFrame(0, "playtime.start")}), tee.Links([]*record.Links{{Transport: "http"}}),
		tee.Health([]record.Health{{}}), tee.Track(record.InsightsSecond{}), tee.Failure(record.Failure{}), tee.Finding(record.Finding{}),
		tee.Ledger(record.Ledger{}), tee.Insights(record.InsightsPair{}), tee.Close(),
	)
	if fault != nil {
		t.Fatal(fault)
	}
	var all []string
	for i := range reflect.TypeFor[record.Entry]().NumField() {
		all = append(all, reflect.TypeFor[record.Entry]().Field(i).Name)
	}
	if !slices.Equal(first.told, all) || !slices.Equal(second.told, all) {
		t.Errorf("told %v and %v, want both %v", first.told, second.told, all)
	}
	run, err := record.Open(tee.Dir())
	if err != nil || run.Seconds() != 1 || len(run.Failures) != 1 || len(run.Findings) != 1 || run.Ledger == nil || run.Insights == nil {
		t.Errorf("the run directory holds %+v, %v: want everything", run, err)
	}
	if err := tee.Frames([]*record.Frame{record.NewFrame(1, "playtime.start")}); err == nil {
		t.Error("written into a closed directory: want an error")
	}
	if len(first.told) != len(all) {
		t.Errorf("told of what could not be written: %v", first.told[len(all):])
	}
}
