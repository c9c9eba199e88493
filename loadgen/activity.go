package loadgen

// activeFor is how many seconds a player or content counts as concurrent after its last sign of life: 30 minutes.
const activeFor = 30 * 60

// activity counts who showed a sign of life within the last activeFor seconds. It holds 4 bytes for each who may, and the
// number of them by the second of their last sign, so that time passes at the cost of one step a second. Its grain is a
// second. Not safe for concurrent use.
type activity struct {
	last  []uint32          // by number: the second of the last sign of life, + 1; 0 for none
	at    [activeFor]uint32 // by second, modulo: how many have their last sign in it
	head  uint32            // the latest second that at knows of
	n     int64             // the sum of at
	known int64             // who ever showed a sign of life
}

func newActivity(numbers int) activity { return activity{last: make([]uint32, numbers)} }

// touch notes a sign of life. Signs may come in another order than they were given.
func (a *activity) touch(i int, second uint32) {
	a.advance(second)
	before := a.last[i]
	switch {
	case before == 0:
		a.known++
	case before-1 >= second:
		return
	default:
		a.move(before-1, -1)
	}
	a.last[i] = second + 1
	a.move(second, 1)
}

// move counts one more, or one less, whose last sign was in a second, if that second still counts.
func (a *activity) move(second uint32, by int32) {
	if a.head-second >= activeFor {
		return
	}
	a.at[second%activeFor] += uint32(by)
	a.n += int64(by)
}

// active returns how many showed a sign of life less than activeFor seconds ago.
func (a *activity) active(second uint32) int64 {
	a.advance(second)
	return a.n
}

// advance lets time pass: who was last seen activeFor seconds before counts no more.
func (a *activity) advance(second uint32) {
	for steps := 0; a.head < second; steps++ {
		if steps == activeFor { // nobody is left
			a.head = second
			return
		}
		a.head++
		a.n -= int64(a.at[a.head%activeFor])
		a.at[a.head%activeFor] = 0
	}
}
