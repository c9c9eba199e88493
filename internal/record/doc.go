// Package record is the format of the run directory: everything that a run leaves, and all that a report is built from.
//
//	manifest.json     what was run, with what, and how it ended; replaced atomically, so it never reads as more than it is
//	frames.jsonl      one line per second and operation, appended and flushed every second; survives kill -9
//	samples.bin       every action, where the run was told to keep them; readable up to where it was cut off
//	links.jsonl       one line per second and transport about connections, likewise
//	health.jsonl      one line per second about the generator itself, likewise
//	ledger.json       what became of every event
//	insights.json     the five insights, truth beside the target's own figures
//	insights.jsonl    one line per second: the truth of the insights, and now and then the target's own
//	findings.jsonl    one line per clause (conformance)
//	failures.jsonl    bounded samples of failed exchanges
//
// Values flow in and files flow out, and back; the directories of a run's slices merge into that of the run. A Tee tells Observers
// of what was written, for those who show a run while it goes on. Every file carries a format version. A line that cannot be read is
// reported with its position and reading goes on. The package imports nothing of the project.
package record

// Version is the version of the run directory's format that this package writes.
const Version = 1

// The names of the files in a run directory.
const (
	ManifestFile = "manifest.json"
	FramesFile   = "frames.jsonl"
	LinksFile    = "links.jsonl"
	HealthFile   = "health.jsonl"
	LedgerFile   = "ledger.json"
	InsightsFile = "insights.json"
	TrackFile    = "insights.jsonl"
	FindingsFile = "findings.jsonl"
	FailuresFile = "failures.jsonl"
)
