package snsdriver

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// gather makes loads of waiting parcels, one after the other, until the driver ends. A load waits for a free slot
// first, so the busier the driver, the fuller its batches.
func (d *Driver) gather() {
	var held *parcel // the first of the next load: it did not fit into the last one
	for {
		first := held
		if held = nil; first == nil {
			if first = d.next(); first == nil {
				return
			}
		}
		d.slots <- struct{}{} // soon: every call ends with its messages
		load := []*parcel{first}
		if !first.alone {
			load, held = d.fill(load)
		}
		d.working.Go(func() {
			defer func() { <-d.slots }()
			d.carry(load)
		})
	}
}

// next waits for a parcel; nil when no more will come.
func (d *Driver) next() *parcel {
	select {
	case p := <-d.queue:
		return p
	case <-d.idle:
		return nil
	}
}

// fill adds the parcels that come within the linger, up to what a batch takes. The one that did not fit is held.
func (d *Driver) fill(load []*parcel) (full []*parcel, held *parcel) {
	linger := time.NewTimer(max(d.cfg.Linger, 0))
	defer linger.Stop()
	for bytes := load[0].size; len(load) < MaxEntries; {
		p := d.company(linger.C)
		switch {
		case p == nil:
			return load, nil
		case p.alone || bytes+p.size > MaxBatchBytes:
			return load, p
		}
		load, bytes = append(load, p), bytes+p.size
	}
	return load, nil
}

// company takes a parcel that waits already or comes before the linger is over.
func (d *Driver) company(over <-chan time.Time) *parcel {
	select {
	case p := <-d.queue:
		return p
	default:
	}
	if d.cfg.Linger < 0 {
		return nil
	}
	select {
	case p := <-d.queue:
		return p
	case <-over:
		return nil
	case <-d.idle:
		return nil
	}
}

// mustGoAlone tells of messages that SNS may refuse for their own sake (A-S4, A-S9), so that they spoil no batch, and of
// those that are a batch already.
func mustGoAlone(m *contract.Message) bool {
	return len(m.Records) > 0 || len(m.Body) == 0 || len(m.Body) > MaxBatchBytes || !legal(m.Body)
}
