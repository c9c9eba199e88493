package engine

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fast answers at once with an acknowledgement.
func fast() *driver { return &driver{} }

// after answers each message after the same time.
func after(wait time.Duration) *driver {
	return &driver{answer: func(time.Time, *contract.Message) (time.Duration, contract.Reply) {
		return wait, contract.Reply{Outcome: contract.Acknowledged}
	}}
}

// TestOnTime plays in fake time, where only waiting takes time: so every due must be fired at its very instant.
func TestOnTime(t *testing.T) {
	for name, attackers := range map[string]int{"one attacker": 1, "three attackers": 3} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := fast()
				s := newScene(d)
				s.Attackers = attackers
				s.play(t.Context(), t)
				all := s.total(t)
				if all.Lag.Max() != 0 || all.Response.Max() != 0 || all.Service.Max() != 0 {
					t.Errorf("lag %d, response %d, service %d µs at most, want 0", all.Lag.Max(), all.Response.Max(), all.Service.Max())
				}
				if all.Outcomes["acknowledged"] != all.Planned || all.Sent != all.Planned || all.Fired != all.Planned {
					t.Errorf("planned %d, fired %d, sent %d, outcomes %v, want all acknowledged", all.Planned, all.Fired, all.Sent, all.Outcomes)
				}
				once := map[string]bool{}
				for _, m := range d.sent {
					if once[m] {
						t.Errorf("sent twice: %s", m)
					}
					once[m] = true
				}
				if int64(len(once)) != all.Planned {
					t.Errorf("%d different messages, want %d", len(once), all.Planned)
				}
				if got := s.result.Finished.Sub(s.result.Began); got != lasting || s.result.Interrupted {
					t.Errorf("ended after %v, interrupted %v, want %v", got, s.result.Interrupted, lasting)
				}
			})
		})
	}
}

// TestPlannedSeconds checks that frames say in which second an action was planned, however late it was done.
func TestPlannedSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick, slow := newScene(fast()).play(t.Context(), t), newScene(after(2500*time.Millisecond)).play(t.Context(), t)
		for second, n := range quick.second {
			if slow.second[second] != n {
				t.Errorf("second %d: %d planned with a slow target, %d with a quick one", second, slow.second[second], n)
			}
		}
	})
}

func TestTimeScale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(fast())
		s.TimeScale = 40
		s.play(t.Context(), t)
		if got := s.result.Finished.Sub(s.result.Began); got != lasting/40 {
			t.Errorf("a plan of %v at 40 to 1 took %v, want %v", lasting, got, lasting/40)
		}
	})
}

// TestSlow tells response and service time apart from lag: a slow answer is the target's, not the generator's.
func TestSlow(t *testing.T) {
	for name, async := range map[string]bool{"blocking": false, "asynchronous": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := after(100 * time.Millisecond)
				d.async = async
				all := newScene(d).play(t.Context(), t).total(t)
				if low := all.Service.Min(); low < 99_000 || all.Service.Max() > 101_000 {
					t.Errorf("service %d to %d µs, want 100 ms", low, all.Service.Max())
				}
				if all.Lag.Max() != 0 {
					t.Errorf("lag %d µs, want none", all.Lag.Max())
				}
			})
		})
	}
}

// TestFrozen is the truth about coordinated omission. The target freezes for ten seconds and all slots are taken. What
// was due meanwhile could not be sent; it must show in response time and lag, although the target, once it is asked,
// answers quickly.
func TestFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		thaw := began.Add(30 * time.Second)
		s := newScene(&driver{answer: func(sent time.Time, _ *contract.Message) (time.Duration, contract.Reply) {
			wait := time.Duration(0)
			if since := sent.Sub(began); since >= 20*time.Second && sent.Before(thaw) {
				wait = thaw.Sub(sent)
			}
			return wait, contract.Reply{Outcome: contract.Acknowledged}
		}})
		s.MaxInFlight = 8
		s.play(t.Context(), t)
		due := int64(0)
		for second := 20; second < 30; second++ {
			due += s.second[second]
		}
		all := s.total(t)
		if got := above(all.Response, time.Second); got < due*8/10 || got > due {
			t.Errorf("%d responses above 1 s, want about nine tenths of the %d due while the target was frozen", got, due)
		}
		if got := above(all.Service, time.Second); got > 8 {
			t.Errorf("%d service times above 1 s, want at most the 8 that were under way", got)
		}
		if got := above(all.Lag, time.Second); got < due*7/10 {
			t.Errorf("%d lags above 1 s, want most of %d", got, due)
		}
		if s.result.SlotsExhausted == 0 || s.result.PeakInFlight != 8 {
			t.Errorf("%d dues waited for a slot, at most %d under way, want some and 8", s.result.SlotsExhausted, s.result.PeakInFlight)
		}
		if all.Outcomes["acknowledged"] != all.Planned {
			t.Errorf("outcomes %v of %d, want all acknowledged", all.Outcomes, all.Planned)
		}
	})
}

func TestFailures(t *testing.T) {
	for _, tc := range []struct {
		reply contract.Reply
		sent  bool
	}{
		{contract.Reply{Outcome: contract.Failed, Class: contract.ClassServer}, true},
		{contract.Reply{Outcome: contract.Indeterminate, Class: contract.ClassTimeout}, true},
		{contract.Reply{Outcome: contract.NeverSent, Class: contract.ClassDial}, false},
	} {
		t.Run(tc.reply.Outcome.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(&driver{answer: func(time.Time, *contract.Message) (time.Duration, contract.Reply) {
					return 0, tc.reply
				}}).play(t.Context(), t)
				all := s.total(t)
				if all.Outcomes[tc.reply.Outcome.String()] != all.Planned || all.Classes[string(tc.reply.Class)] != all.Planned {
					t.Errorf("outcomes %v, classes %v of %d", all.Outcomes, all.Classes, all.Planned)
				}
				apart := all.Part(record.FailedResponse).TotalCount()
				if (all.Sent == all.Planned) != tc.sent || (all.Response.TotalCount()+apart == all.Planned) != tc.sent {
					t.Errorf("%d sent, %d response times of %d, want %v", all.Sent, all.Response.TotalCount(), all.Planned, tc.sent)
				}
				if failed := tc.reply.Outcome == contract.Failed; failed != (apart > 0) {
					t.Errorf("%d response times apart, want only those of refusals there", apart)
				}
			})
		})
	}
}

func TestRenderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(fast())
		s.route(renderer{without: contract.Kinds, broken: contract.Heartbeat})
		s.play(t.Context(), t)
		f := s.frames["session.heartbeat"]
		if f.Outcomes["never_sent"] != f.Planned || f.Classes["generator"] != f.Planned {
			t.Errorf("outcomes %v, classes %v of %d, want all never sent by the generator's fault", f.Outcomes, f.Classes, f.Planned)
		}
	})
}

// TestNoRoute checks that what no route carries is no part of the run.
func TestNoRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := fast()
		s := newScene(d)
		s.route(renderer{without: contract.Flush, broken: contract.Kinds})
		s.play(t.Context(), t)
		if all := s.total(t); int64(len(d.sent)) != all.Planned || len(s.frames) != 3 {
			t.Errorf("%d sent of %d planned in %d operations, want 3 operations", len(d.sent), all.Planned, len(s.frames))
		}
	})
	s := newScene(nil)
	s.Routes = nil
	if _, err := Run(t.Context(), s.Config); err == nil {
		t.Error("a run without routes was accepted")
	}
}

// TestLanes checks that a player's actions reach the wire one after the other, with answers of all lengths.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		s := newScene(&driver{async: true, answer: func(time.Time, *contract.Message) (time.Duration, contract.Reply) {
			mu.Lock()
			defer mu.Unlock()
			n++
			return time.Duration(n%7) * time.Second, contract.Reply{Outcome: contract.Acknowledged}
		}})
		s.Plan.Period, s.Plan.Jitter, s.Plan.Every = 4*time.Second, 2*time.Second, 4*time.Second
		s.MaxInFlight = 1000
		s.Attackers = 2
		s.Grace = time.Minute
		order := &orderSink{t: t, last: map[uint32]*Sample{}}
		s.Sink = order
		s.play(t.Context(), t)
		if order.waited == 0 {
			t.Error("no action ever waited for its player's earlier one: the test shows nothing")
		}
		if all := s.total(t); all.Lag.Max() != 0 {
			t.Errorf("lag %d µs, want none: waiting for the player's earlier action is not the generator's", all.Lag.Max())
		}
	})
}

// orderSink checks that within a session no action is sent before the one before it is done.
type orderSink struct {
	t      *testing.T
	mu     sync.Mutex
	last   map[uint32]*Sample
	waited int
}

func (o *orderSink) Done(s *Sample) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.Action.Kind == contract.Flush {
		return
	}
	if before := o.last[s.Due.Player]; before != nil {
		if s.Reply.Sent.Before(before.Reply.Done) || s.Due.Ordinal <= before.Due.Ordinal {
			o.t.Errorf("%+v sent before %+v was done", s.Due, before.Due)
		}
	}
	if s.Reply.Sent.After(s.Fired) {
		o.waited++
	}
	kept, reply := *s, *s.Reply
	kept.Reply = &reply
	o.last[s.Due.Player] = &kept
}

// TestInterrupt ends a run half-way: what is under way is awaited, the rest of the plan is accounted for.
func TestInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), lasting/2)
		defer cancel()
		s := newScene(after(time.Second)).play(ctx, t)
		all := s.total(t)
		if got := s.result.Finished.Sub(s.result.Began); got > lasting/2+3*time.Second || !s.result.Interrupted {
			t.Errorf("ended after %v, interrupted %v, want soon after %v", got, s.result.Interrupted, lasting/2)
		}
		if all.Classes["cancelled"] != all.Outcomes["never_sent"] || all.Outcomes["never_sent"] == 0 {
			t.Errorf("outcomes %v, classes %v, want some never sent, all because of the interrupt", all.Outcomes, all.Classes)
		}
		if all.Outcomes["acknowledged"]+all.Outcomes["never_sent"] != all.Planned {
			t.Errorf("outcomes %v, want what was under way acknowledged", all.Outcomes)
		}
	})
}

// TestGrace ends a run whose target hangs: the driver's context ends after Grace.
func TestGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(after(time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		s.play(ctx, t)
		if got := s.result.Finished.Sub(s.result.Began); got != 20*time.Second+s.Grace {
			t.Errorf("ended after %v, want 20 s and a grace of %v", got, s.Grace)
		}
		if all := s.total(t); all.Outcomes["indeterminate"] == 0 || all.Outcomes["acknowledged"] != 0 {
			t.Errorf("outcomes %v, want what was under way indeterminate", all.Outcomes)
		}
	})
}

// TestSilentDriver has a driver that breaks its promise: that is an error, and still everything is accounted for.
func TestSilentDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(silent{})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err := Run(ctx, s.Config)
		if err == nil || !strings.Contains(err.Error(), "kept 64 messages") {
			t.Errorf("error %v, want one that counts 64 messages", err)
		}
		s.balance(t)
	})
}

// TestSlowDisk checks that a slow writer makes frames coarser and loses nothing.
func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(fast())
		s.Frames = func(frames []*record.Frame) error {
			time.Sleep(3 * time.Second)
			return s.keep(frames)
		}
		s.play(t.Context(), t)
		if s.result.CoarseFrames < 20 {
			t.Errorf("%d coarse seconds, want most of 60", s.result.CoarseFrames)
		}
		if all := s.total(t); all.Lag.Max() != 0 {
			t.Errorf("lag %d µs, want none: a slow disk is not in the way", all.Lag.Max())
		}
	})
}

func TestDiskFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(fast())
		full := errors.New("disk full")
		s.Frames = func([]*record.Frame) error { return full }
		result, err := Run(t.Context(), s.Config)
		if !errors.Is(err, full) || !result.Interrupted {
			t.Errorf("error %v, interrupted %v, want the run ended by %v", err, result.Interrupted, full)
		}
	})
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(after(10 * time.Millisecond))
		for i := range 60 {
			s.CCU = append(s.CCU, 100+i)
		}
		var seen []Progress
		s.Progress = func(p Progress) { seen = append(seen, p) }
		s.play(t.Context(), t)
		if len(seen) < 59 || len(seen) > 61 {
			t.Fatalf("told %d times in a minute, want once a second", len(seen))
		}
		p, last := seen[29], seen[len(seen)-1]
		if p.Elapsed != 30*time.Second || p.Planned != lasting || p.CCU != 129 || p.Rate <= 0 {
			t.Errorf("after 30 s: %+v", p)
		}
		if p.Service < 9*time.Millisecond || p.Service > 11*time.Millisecond || p.Response < p.Service || p.Lag != 0 {
			t.Errorf("p99 of service %v, response %v, lag %v, want 10 ms, no less, and 0", p.Service, p.Response, p.Lag)
		}
		if all := s.total(t); last.Outcomes[contract.Acknowledged] != all.Planned {
			t.Errorf("%d acknowledged at the end, want %d", last.Outcomes[contract.Acknowledged], all.Planned)
		}
	})
}

// TestRealTime plays a short plan on the real clock, for the race detector's sake: all that is asserted is that the
// books balance.
func TestRealTime(t *testing.T) {
	d := after(time.Millisecond)
	d.async = true
	s := newScene(d)
	s.TimeScale, s.Attackers = 60, 2
	s.play(t.Context(), t)
}
