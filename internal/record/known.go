package record

// KnownFailure is what a known-failing list says of a clause: its failure is shown and does not fail the run.
type KnownFailure struct {
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // the last day on which it is excused, as 2006-01-02, UTC
	Issue   string `json:"issue,omitempty"`
}

// The ways in which a known-failing list drifts from the truth.
const (
	UnexpectedPass = "unexpected-pass" // a listed clause passed
	Stale          = "stale"           // an entry matches no clause that could fail
	Expired        = "expired"         // an entry's last day is over
)

// Drift is one thing in a known-failing list that is not true, or not true any more.
type Drift struct {
	Kind  string `json:"kind"`  // UnexpectedPass, Stale or Expired
	Entry string `json:"entry"` // clause id or pattern, as the list has it
	Text  string `json:"text"`  // one sentence
}
