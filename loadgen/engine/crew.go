package engine

import "time"

// hasWorker says whether a worker may take up a due. Vegeta starts one more for every due that finds all of them busy,
// and never sends one home, so they are let grow only when for a while most of them are with their drivers, waiting for
// answers: where they wait for a processor or for memory, more of them would only get in each other's way.
func (p *pacer) hasWorker(now time.Duration) bool {
	for p.busy() >= p.crew {
		if p.crew < p.workers && p.crowded && now >= p.patience && p.withDrivers() >= p.crew-p.crew/4 {
			p.crew = min(2*p.crew, p.workers)
			continue
		}
		p.crowd(now)
		return false
	}
	p.crowded = false
	return true
}

// crowd notes that there is no worker, and counts the due, once, if there may be no more of them.
func (p *pacer) crowd(now time.Duration) {
	if p.crowded {
		return
	}
	p.crowded, p.patience = true, now+glance
	if p.crew == p.workers {
		p.vitals.atCap.Add(1)
	}
}

// busy returns how many workers have a due, from its publication until the drainer has vegeta's result.
func (p *pacer) busy() int64 { return p.published.Load() - p.results.Load() }

// withDrivers returns how many of them have taken up their due and not yet come back from its driver.
func (p *pacer) withDrivers() int64 { return int64(p.ready.head.Load()) - p.returned.Load() }
