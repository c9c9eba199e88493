// Package live shows a run while it goes on: as a page in a browser that is told once a second what has changed.
//
// The entries of a run directory flow in as they are written (a Feed is a record.Observer); summaries flow out to whoever
// draws them, and pages and server-sent events to viewers. What it shows is made by package reports from the same Account
// that makes the report, so that the two never disagree. It imports reports, internal/record and internal/httpd.
package live
