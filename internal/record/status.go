package record

// What became of a clause. Only Pass and Fail are judgements.
const (
	Pass         = "pass"
	Fail         = "fail"
	Inconclusive = "inconclusive" // the check ran, but the link or read-back failed under it
	NotRun       = "not-run"      // left out by a filter, or the run ended before
	NotClaimed   = "not-claimed"  // the target does not claim what the clause needs
	Unobservable = "unobservable" // no check from outside is possible
)
