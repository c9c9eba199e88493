package engine

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Progress is how a run stands, once a second.
type Progress struct {
	Elapsed  time.Duration            // on the wall
	Planned  time.Duration            // how long the plan lasts on the wall
	CCU      int                      // intended players
	Rate     float64                  // finished actions a second, since the last Progress
	Outcomes [contract.Outcomes]int64 // so far
	Response time.Duration            // p99 since the last Progress, over all operations
	Service  time.Duration            // likewise
	Lag      time.Duration            // likewise
	InFlight int                      // under way now
}

// collector is the only one who writes: it takes the batches of all attackers and does the I/O that they must not do.
type collector struct {
	*shared
	outcomes               [contract.Outcomes]int64 // since the beginning
	response, service, lag *hdrhistogram.Histogram  // since the last Progress
	finished               int64                    // likewise
	last                   time.Time                // of the last Progress
	rate                   float64                  // that it told
	before                 Pulse                    // counts up to the last Pulse
	reached                []int                    // by attacker: the second whose frames it has not given yet
	closed                 int                      // all frames of the seconds before this one were given
}

func newCollector(r *shared) *collector {
	c := &collector{shared: r, reached: make([]int, len(r.attackers))}
	c.restart(r.began)
	return c
}

// run writes until there are no more batches. After an error nothing more is written, and the run is brought to its
// end: measurements that cannot be kept are not worth making.
func (c *collector) run() (err error) {
	for b := range c.batches {
		if err == nil && c.Frames != nil && len(b.frames) > 0 {
			if err = c.Frames(b.frames); err != nil {
				err = fmt.Errorf("engine: write frames: %w", err)
				c.stop(err)
			}
		}
		<-c.room
		c.close(b, err)
		if b.attacker == 0 && c.Pulse != nil {
			c.Pulse(c.pulse(b.second))
		}
		if c.Progress == nil {
			continue
		}
		for _, f := range b.frames {
			c.add(f)
		}
		if b.attacker == 0 {
			c.report(b.second)
		}
	}
	return err
}

// close tells which seconds are over by all attackers. One that has played its part holds nobody up; when all have, the
// run is over and there is nobody to tell. What could not be written is not closed.
func (c *collector) close(b batch, err error) {
	if c.reached[b.attacker] = b.second; b.last {
		c.reached[b.attacker] = math.MaxInt
	}
	second := slices.Min(c.reached)
	if c.Closed == nil || err != nil || second <= c.closed || second == math.MaxInt {
		return
	}
	c.closed = second
	c.Closed(second)
}

// add counts a frame into what the next Progress says.
func (c *collector) add(f *record.Frame) {
	for o := range contract.Outcome(contract.Outcomes) {
		n := f.Outcomes[o.String()]
		c.outcomes[o] += n
		c.finished += n
	}
	for _, h := range []struct{ to, from *hdrhistogram.Histogram }{{c.response, f.Response}, {c.service, f.Service}, {c.lag, f.Lag}} {
		if h.from != nil {
			h.to.Merge(h.from) // all have the format's buckets, so nothing is dropped
		}
	}
}

// report tells how the run stands at the beginning of a wall second.
func (c *collector) report(second int) {
	now := time.Now()
	p := Progress{
		Elapsed:  now.Sub(c.began),
		Planned:  c.onWall(c.Plan.Duration),
		Outcomes: c.outcomes,
		Response: p99(c.response),
		Service:  p99(c.service),
		Lag:      p99(c.lag),
		InFlight: c.underWay(),
	}
	if since := now.Sub(c.last); since > time.Second/2 { // the last one may come right behind another
		c.rate = float64(c.finished) / since.Seconds()
	}
	p.Rate = c.rate
	if second > 0 && second <= len(c.CCU) {
		p.CCU = c.CCU[second-1]
	}
	c.restart(now)
	c.Progress(p)
}

// underWay returns how many dues are under way over all attackers.
func (r *shared) underWay() int {
	n := 0
	for _, a := range r.attackers {
		n += int(a.underWay())
	}
	return n
}

func (c *collector) restart(now time.Time) {
	c.response, c.service, c.lag = record.NewHistogram(), record.NewHistogram(), record.NewHistogram()
	c.finished, c.last = 0, now
}

func p99(h *hdrhistogram.Histogram) time.Duration {
	return time.Duration(h.ValueAtQuantile(99)) * time.Microsecond
}
