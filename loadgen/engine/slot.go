package engine

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// slot holds one due from the moment it is taken from the plan until its outcome is recorded. Its memory is used again
// for the next due. It is owned in turn by the pacer, a worker, the driver, the drainer and the pacer again. All
// instants are since the beginning of the run.
type slot struct {
	// The pacer writes these.
	due       plan.Due
	op        int    // index in the table
	lane      uint64 // of the player; see laneOf
	behind    uint32 // the slot that waits for this one, + 1
	out       bool   // taken and not yet finished; the drainer takes it back
	planned   time.Duration
	entered   time.Duration // when it left the plan
	published time.Duration // when it was handed to the workers: later than entered when its lane was busy

	// The worker, the driver and the drainer write these.
	before  uint32        // the next in the list of those answered, + 1
	state   atomic.Uint32 // which of result and reply have come
	handed  time.Duration // when the message was handed to its driver; -1 when it never was
	taken   time.Duration // when a worker took it up
	action  contract.Action
	message contract.Message
	reply   contract.Reply

	url  string               // names the slot to the round tripper and the drainer
	done func(contract.Reply) // takes the driver's reply
}

// The two things that a slot is finished by, in either order. They are bits of its state.
const (
	resulted uint32 = 1 << iota // vegeta's result has come: no worker holds the slot any more
	replied                     // the driver's reply has come: no driver holds it any more
	finished = resulted | replied
)

// add notes one of the two and says whether both have come now.
func (s *slot) add(what uint32) bool { return s.state.Add(what) == finished }

// wait returns how long the due waited for its player's earlier one.
func (s *slot) wait() time.Duration { return s.published - s.entered }

// lag returns how late the generator was with it.
func (s *slot) lag() time.Duration { return s.taken - s.planned - s.wait() }

// scheme begins a slot's URL. An opaque URL is the kind that takes the least time to parse.
const scheme = "m:"

// slotURL returns the URL of slot i.
func slotURL(i int) string { return scheme + strconv.Itoa(i) }

// slotNumber returns the number behind the scheme of a slot's URL; false when text is none of n slots.
func slotNumber(text string, n int) (uint32, bool) {
	number := 0
	for i := range len(text) {
		digit := int(text[i]) - '0'
		if digit < 0 || digit > 9 || number >= n {
			return 0, false
		}
		number = 10*number + digit
	}
	return uint32(number), text != "" && number < n
}
