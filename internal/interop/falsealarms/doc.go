// Package falsealarms holds tests that want silence: a suite that cries wolf is believed no more. The clean reference is
// judged again and again, in another order each time, by one, two and four processes, by two runs at once, and over a
// network that breaks connections and is slow. No run may find a broken clause; over the bad network a clause may stay
// inconclusive.
//
// The long ones carry the build tag nightly (`make nightly`); MUSTER_NIGHTLY_RUNS says how many runs there are of the
// clean reference, 200 unless told otherwise, and a twentieth of them goes over the bad network.
package falsealarms
