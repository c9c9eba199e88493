// Package telemetry shows a run as metrics while it goes on: to be scraped by Prometheus, and pushed by OTLP to any
// OpenTelemetry collector.
//
// What a run directory is given flows in (State is a record.Observer); metric points flow out. State adds up what the
// frames hold, so its counters are the sums of the frames to the last one, and both ways out read the same State through
// the SDK's own seam for figures that were added up elsewhere (metric.Producer). No action is ever recorded one by one: that
// would cost more than to send it.
//
// The number of series is bounded: labels are operations, transports, outcomes, classes and the like, never a player or a
// session, and beyond a limit for each metric they are all "other".
//
// Neither way out can harm the run: a scrape copies figures under a lock that is held for well under a millisecond, and
// pushing goes on in a goroutine of its own with a deadline. The package imports internal/record, internal/contract and
// internal/fitness.
package telemetry
