// Package reports turns a run directory into reports.
//
// A record.Run flows in, or the entries of one that goes on, as they are written. An Account folds them into a Summary, which
// holds every verdict and every figure; the renderers (text, terminal, JSON, JUnit, HTML) are projections of it and judge
// nothing themselves. All of it is pure and depends on the run directory alone, so that one run renders to the same bytes on
// any machine and at any time; only WriteAll touches the disk. The package imports internal/record, internal/fitness,
// internal/numeral, reports/chart for its pictures, scenarios for thresholds, internal/contract for the words of outcomes and levels, and
// internal/contract/playtime for the names of its operations.
package reports
