package reports

// sliding is a queue that knows the sum of what is in it, for sums from which nothing can be taken away again, such as
// the highest of some values, or histograms. The queue is two stacks, the older things and the newer ones. Of the older
// ones it keeps only sums, each up to the end of the older half, so that the oldest can leave at no cost; when they are
// all gone the newer ones become the older ones. Each thing is added twice at most, and a sum takes one addition, however
// long the queue is.
type sliding[T any] struct {
	plus  func(a, b T) T // associative, and leaves a and b as they are; a is the older one
	older []T            // sums from each of the older things up to the newest of them; that from the oldest is last
	newer []T            // in their order
	sums  T              // of the newer ones, if there are any
}

// push adds what is newest.
func (q *sliding[T]) push(x T) {
	if len(q.newer) == 0 {
		q.sums = x
	} else {
		q.sums = q.plus(q.sums, x)
	}
	q.newer = append(q.newer, x)
}

// pop takes away the oldest; the queue must not be empty.
func (q *sliding[T]) pop() {
	if len(q.older) == 0 {
		q.turn()
	}
	var none T
	q.older[len(q.older)-1] = none // is not to be held any longer
	q.older = q.older[:len(q.older)-1]
}

// turn makes the newer things the older ones.
func (q *sliding[T]) turn() {
	for i := len(q.newer) - 1; i >= 0; i-- {
		x := q.newer[i]
		if n := len(q.older); n > 0 {
			x = q.plus(x, q.older[n-1])
		}
		q.older = append(q.older, x)
	}
	clear(q.newer)
	q.newer = q.newer[:0]
}

func (q *sliding[T]) len() int { return len(q.older) + len(q.newer) }

// sum returns the sum of all in the order in which they were pushed; the zero value when there are none.
func (q *sliding[T]) sum() T {
	n := len(q.older)
	switch {
	case n > 0 && len(q.newer) > 0:
		return q.plus(q.older[n-1], q.sums)
	case n > 0:
		return q.older[n-1]
	case len(q.newer) > 0:
		return q.sums
	}
	var none T
	return none
}
