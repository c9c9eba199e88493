package record

import "slices"

// Entry is one thing that a run directory was given: at most one field is set, and none when there was nothing to write.
// Everything in it, its histograms and maps too, belongs to whoever wrote it and may be used again: an Observer must change
// nothing, and copy what it wants to keep. The plan of a load half alone may be kept: once it is told it never changes.
type Entry struct {
	Manifest *Manifest
	Frames   []*Frame
	Links    []*Links
	Health   []Health
	Track    *InsightsSecond
	Failure  *Failure
	Finding  *Finding
	Ledger   *Ledger
	Insights *InsightsPair
}

// Observer is told of what a run directory was given, after it was written; what could not be written it never hears of.
// Observe is called from several goroutines, and from those that write the run's frames: it must be safe for concurrent
// use, do no I/O, wait for nobody, and cost far less than a second's frames do.
type Observer interface {
	Observe(e Entry)
}

// Tee is a Writer that others watch. The run directory comes first: only its errors are returned, and an Observer can
// neither fail nor change what is written. Samples are not watched; there are too many of them.
type Tee struct {
	*Writer
	observers []Observer
}

// NewTee returns a Writer that nobody watches yet. It owns w.
func NewTee(w *Writer) *Tee { return &Tee{Writer: w} }

// Watch has an Observer told of everything that is written from now on. It must not be called while anything is.
func (t *Tee) Watch(o Observer) { t.observers = append(slices.Clip(t.observers), o) }

// Manifest writes the manifest in place of the earlier one.
func (t *Tee) Manifest(m Manifest) error { return t.told(t.Writer.Manifest(m), Entry{Manifest: &m}) }

// Frames appends frames.
func (t *Tee) Frames(frames []*Frame) error {
	return t.told(t.Writer.Frames(frames), Entry{Frames: frames})
}

// Links appends how connections fared.
func (t *Tee) Links(links []*Links) error { return t.told(t.Writer.Links(links), Entry{Links: links}) }

// Health appends how the generator fared, a second each.
func (t *Tee) Health(seconds []Health) error {
	return t.told(t.Writer.Health(seconds), Entry{Health: seconds})
}

// Track appends the insights of a second.
func (t *Tee) Track(s InsightsSecond) error { return t.told(t.Writer.Track(s), Entry{Track: &s}) }

// Failure appends a sampled exchange.
func (t *Tee) Failure(f Failure) error { return t.told(t.Writer.Failure(f), Entry{Failure: &f}) }

// Finding appends what became of a clause.
func (t *Tee) Finding(f Finding) error { return t.told(t.Writer.Finding(f), Entry{Finding: &f}) }

// Ledger writes the ledger in place of any earlier one.
func (t *Tee) Ledger(l Ledger) error { return t.told(t.Writer.Ledger(l), Entry{Ledger: &l}) }

// Insights writes the five insights in place of any earlier ones.
func (t *Tee) Insights(p InsightsPair) error {
	return t.told(t.Writer.Insights(p), Entry{Insights: &p})
}

// told tells the observers of e, unless it could not be written.
func (t *Tee) told(err error, e Entry) error {
	if err != nil {
		return err
	}
	for _, o := range t.observers {
		o.Observe(e)
	}
	return nil
}
