package plan

import (
	"hash/fnv"
	"math/bits"
	"time"
)

// Dice draws random numbers that are a function of what they are drawn for: the same question always has the same
// answer, in any order and on any machine. It holds no state and is safe for concurrent use.
type Dice struct{ key uint64 }

// NewDice returns the dice of one seed for one purpose. Dice for different purposes are independent.
func NewDice(seed uint64, purpose string) Dice {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	return Dice{key: mix(seed ^ mix(h.Sum64()))}
}

// Roll returns draw number draw of a player's session, evenly distributed over all 64 bits.
func (d Dice) Roll(player, session uint32, draw uint64) uint64 {
	stream := mix(d.key + golden*(uint64(player)<<32|uint64(session)))
	return mix(stream ^ mix(d.key^golden*(draw+1)))
}

// Below maps a roll evenly onto [0, n).
func Below(roll, n uint64) uint64 {
	hi, _ := bits.Mul64(roll, n)
	return hi
}

// golden is the odd number next to 2^64 divided by the golden ratio: multiples of it are spread evenly.
const golden = 0x9e3779b97f4a7c15

// mix is a bijection of 64 bits in which every bit of x moves about half of the result's bits.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw maps a roll to a session length.
func (l Lengths) draw(roll uint64) time.Duration {
	length := l.Mean
	switch l.Law {
	case Uniform:
		length = l.Min + time.Duration(Below(roll, uint64(l.Max-l.Min)+1))
	case Exponential:
		hi, lo := bits.Mul64(uint64(l.Mean), negLog(roll))
		length = time.Duration(hi<<(64-logBits) | lo>>logBits)
	case Fixed:
	}
	return min(max(length, l.Min), l.Max)
}

// longestTries bounds the draws for one residual life. A try succeeds with a chance of mean/max at least, so with the
// default law (max = 8 means) all of them fail once in 10^14 lives.
const longestTries = 256

// residual draws what is left of a session that is found open: of a length drawn in proportion to itself, an even
// share. next gives the n-th roll.
func (l Lengths) residual(next func(n uint64) uint64) time.Duration {
	length := l.Mean
	for n := range uint64(longestTries) {
		roll, bar := next(2*n), Below(next(2*n+1), uint64(l.Max))
		if n < longestTries-1 && bar >= uint64(l.atMost(roll)) {
			continue // most tries fail, and most of those by far: they need no logarithm
		}
		length = l.draw(roll)
		if bar < uint64(length) {
			break
		}
	}
	return 1 + time.Duration(Below(next(2*longestTries), uint64(length)))
}

// atMost returns a bound on what draw makes of a roll, in less time.
func (l Lengths) atMost(roll uint64) time.Duration {
	if l.Law != Exponential {
		return l.draw(roll)
	}
	hi, lo := bits.Mul64(uint64(l.Mean), uint64(bits.LeadingZeros64(roll+1)+1)*ln2)
	return min(max(time.Duration(hi<<(64-logBits)|lo>>logBits), l.Min), l.Max)
}

// logBits is how many bits of negLog's result are behind the point.
const logBits = 32

// ln2 is the natural logarithm of 2 x 2^logBits.
const ln2 = 2977044472

// negLog returns -ln((roll+1)/2^64) with logBits bits behind the point, in integers alone: the library's logarithm may
// differ in its last bit between machines, and so would the plan.
func negLog(roll uint64) uint64 {
	if roll == 1<<64-1 {
		return 0
	}
	roll++
	zeros := bits.LeadingZeros64(roll)
	m := roll << zeros // roll = m/2^63 x 2^(63-zeros), with 1 <= m/2^63 < 2
	fraction := uint64(0)
	for range logBits { // squaring doubles the logarithm; its next bit is whether the square reaches 2
		m, _ = bits.Mul64(m, m)
		fraction <<= 1
		if m >= 1<<63 {
			fraction |= 1
		} else {
			m <<= 1
		}
	}
	log2 := uint64(zeros+1)<<logBits - fraction
	hi, lo := bits.Mul64(log2, ln2)
	return hi<<32 | lo>>32
}
