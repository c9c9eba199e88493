package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// bench is a crew whose workers are goroutines of this process. spoil, which may be nil, bends what one of them says.
type bench struct {
	cfg   Config
	spoil func(number int, said string) (string, error)

	mu   sync.Mutex
	lost []string
}

func (b *bench) crew(size int) Crew {
	return Crew{Size: size, Start: b.start, Lost: func(err error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.lost = append(b.lost, err.Error())
	}}
}

func (b *bench) start(ctx context.Context, number int, ids []string) (io.ReadCloser, error) {
	var said bytes.Buffer
	cfg := b.cfg
	cfg.Progress = nil
	end := Work(ctx, cfg, ids, &said)
	if b.spoil == nil {
		return ended{&said, end}, nil
	}
	text, err := b.spoil(number, said.String())
	return ended{strings.NewReader(text), errors.Join(end, err)}, nil
}

// ended is what a worker said, and how it ended.
type ended struct {
	io.Reader
	err error
}

func (e ended) Close() error { return e.err }

// statuses lists what was found in one line for each clause.
func statuses(found []record.Finding) []string {
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s %s %d %d", f.ID, f.Status, f.Attempts, len(f.Violations)))
	}
	return lines
}

func TestACrewFindsTheSameAsOneProcess(t *testing.T) {
	cfg := Config{Register: demo(t)}
	alone, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size <= 8; size++ {
		done := 0
		cfg.Seed, cfg.Progress = int64(size), func(n, total int) {
			if done++; n != done || total != 4 {
				t.Errorf("progress %d of %d, want %d of 4", n, total, done)
			}
		}
		b := &bench{cfg: cfg}
		got, err := RunOver(t.Context(), cfg, b.crew(size))
		if err != nil || len(b.lost) > 0 || !slices.Equal(statuses(got), statuses(alone)) {
			t.Errorf("%d workers: got %v, %v, lost %v; want %v", size, statuses(got), err, b.lost, statuses(alone))
		}
		if done != 4 {
			t.Errorf("%d workers: told of %d clauses, want 4", size, done)
		}
	}
}

func TestAPanicInAWorkerIsMustersFault(t *testing.T) {
	cfg := Config{Register: register(t, clause("demo/a/panics", panics), clause("demo/a/keeps", keeps))}
	b := &bench{cfg: cfg}
	got, err := RunOver(t.Context(), cfg, b.crew(2))
	if err == nil || !strings.Contains(err.Error(), "demo/a/panics") || got[0].Status != record.Inconclusive || got[1].Status != record.Pass {
		t.Errorf("got %v and %v, want an error that names the clause", statuses(got), err)
	}
}

// What a lost worker had told stands; the rest is not-run, with the worker and the cause, and the others are not touched.
func TestALostWorkerLeavesItsClausesNotRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(said string) (string, error)
		why   string
		left  int // of its two clauses
	}{
		{"killed before its first word", func(string) (string, error) { return "", errors.New("signal: killed") }, "signal: killed", 2},
		{"killed half-way", func(said string) (string, error) { return firstLines(said, 2), errors.New("signal: killed") }, "signal: killed", 1},
		{"killed within a word", func(said string) (string, error) {
			return said[:len(firstLines(said, 2))+5], errors.New("signal: killed")
		}, "read what it found", 1},
		{"ended in good order too early", func(said string) (string, error) { return firstLines(said, 2), nil }, "before it had told all", 1},
		{"told of another's clause", func(string) (string, error) { return `{"id":"demo/b/other","row":{"executed":true}}` + "\n", nil }, "none of its share", 2},
		{"failed at the very end", func(said string) (string, error) { return said, errors.New("exit status 5") }, "exit status 5", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var clauses []contract.Clause
			for i := range 4 {
				clauses = append(clauses, clause(fmt.Sprintf("demo/a/c%d", i), keeps))
			}
			cfg := Config{Register: register(t, clauses...), Evidence: NewEvidence(NewRedactor(map[string]string{"s3cret": "KEY"}), nil)}
			b := &bench{cfg: cfg, spoil: func(number int, said string) (string, error) {
				if number == 2 {
					return c.spoil(said)
				}
				return said, nil
			}}
			got, err := RunOver(t.Context(), cfg, b.crew(2))
			if err != nil {
				t.Fatal(err)
			}
			left := 0
			for _, f := range got {
				if f.Status == record.NotRun {
					left++
					if !strings.Contains(f.Reason, "worker 2 of 2: ") || !strings.Contains(f.Reason, c.why) {
						t.Errorf("%s: reason %q, want the worker and %q", f.ID, f.Reason, c.why)
					}
				}
			}
			want := fmt.Sprintf("%d of its 2 clauses were not judged", c.left)
			if left != c.left || len(b.lost) != 1 || !strings.Contains(b.lost[0], want) || !strings.Contains(b.lost[0], c.why) {
				t.Errorf("%d clauses not run, told %q; want %d and %q because of %q", left, b.lost, c.left, want, c.why)
			}
		})
	}
}

// firstLines returns the first n lines of text.
func firstLines(text string, n int) string {
	return strings.Join(strings.SplitAfter(text, "\n")[:n], "")
}

func TestAWorkerThatCannotBeStartedIsLost(t *testing.T) {
	cfg := Config{Register: demo(t)}
	b := &bench{}
	crew := b.crew(3)
	crew.Start = func(context.Context, int, []string) (io.ReadCloser, error) {
		return nil, errors.New("permission denied")
	}
	got, err := RunOver(t.Context(), cfg, crew)
	if err != nil || len(b.lost) != 3 || got[0].Status != record.NotRun || !strings.Contains(got[0].Reason, "permission denied") {
		t.Errorf("got %v (%s), %v, lost %q; want three workers lost", statuses(got), got[0].Reason, err, b.lost)
	}
}

// hung is a worker that says nothing until it is told to end.
type hung struct{ ctx context.Context }

func (h hung) Read([]byte) (int, error) { <-h.ctx.Done(); return 0, io.EOF }
func (hung) Close() error               { return errors.New("signal: killed") }

func TestAWorkerThatFallsMuteIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		crew := b.crew(1)
		crew.Start = func(ctx context.Context, _ int, _ []string) (io.ReadCloser, error) { return hung{ctx}, nil }
		got, err := RunOver(t.Context(), Config{Register: register(t, clause("demo/a/keeps", keeps))}, crew)
		if err != nil || got[0].Status != record.NotRun || !strings.Contains(got[0].Reason, "it said nothing for 30s") {
			t.Errorf("got %v (%s) and %v", statuses(got), got[0].Reason, err)
		}
	})
}

// A worker that only waits is not lost, as long as it breathes.
func TestASlowWorkerIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		crew := b.crew(1)
		crew.Start = func(_ context.Context, _ int, ids []string) (io.ReadCloser, error) {
			from, to := io.Pipe()
			go func() {
				m := newMouth(to)
				stop := m.breathe()
				time.Sleep(10 * mute)
				stop()
				m.say(word{ID: ids[0], Row: row{Executed: true, Attempts: 1}})
				m.say(word{End: true})
			}()
			return from, nil
		}
		got, err := RunOver(t.Context(), Config{Register: register(t, clause("demo/a/keeps", keeps))}, crew)
		if err != nil || got[0].Status != record.Pass || len(b.lost) > 0 {
			t.Errorf("got %v (%s) and %v, lost %q; want a pass", statuses(got), got[0].Reason, err, b.lost)
		}
	})
}

// A worker breathes while its checks wait, so that one that waits for a low cap on the rate is not taken for lost.
func TestAWorkerBreathesWhileItsCheckWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from, to := io.Pipe()
		m := newMouth(to)
		stop := make(chan struct{})
		go func() {
			end := m.breathe()
			<-stop
			end()
			_ = to.Close()
		}()
		breaths := 0
		err := hear(from, func(word) {
			if breaths++; breaths == 20 { // longer than a worker may be mute
				close(stop)
			}
		})
		if !errors.Is(err, errUntold) || breaths < 20 {
			t.Errorf("heard %d breaths and %v", breaths, err)
		}
	})
}

func TestAnInterruptedCrewLeavesTheRestNotJudged(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := &bench{}
	crew := b.crew(2)
	crew.Start = func(ctx context.Context, _ int, _ []string) (io.ReadCloser, error) {
		cancel()
		return hung{ctx}, nil
	}
	alone := clause("demo/z/alone", keeps)
	alone.Serial = true
	got, err := RunOver(ctx, Config{Register: register(t, clause("demo/a/a", keeps), clause("demo/a/b", keeps), alone)}, crew)
	if err != nil || len(b.lost) > 0 {
		t.Errorf("got %v, lost %q; want neither", err, b.lost)
	}
	for _, f := range got {
		if f.Status != record.NotRun || f.Reason != "the run ended before it" {
			t.Errorf("%s: got %s (%s), want not-run", f.ID, f.Status, f.Reason)
		}
	}
}

func TestSerialClausesAreJudgedAloneAndLast(t *testing.T) {
	var mu sync.Mutex
	var order []string
	notes := func(id string) contract.Check {
		return func(context.Context, *contract.Probe) ([]contract.Violation, error) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, id)
			return nil, nil
		}
	}
	alone := clause("demo/a/alone", notes("alone"))
	alone.Serial = true
	cfg := Config{Register: register(t, alone, clause("demo/b/b", notes("b")), clause("demo/c/c", notes("c")))}
	got, err := RunOver(t.Context(), cfg, (&bench{cfg: cfg}).crew(2))
	if err != nil || len(order) != 3 || order[2] != "alone" || got[0].Status != record.Pass {
		t.Errorf("judged in the order %v (%v, %v), want the serial one last", order, statuses(got), err)
	}
	if !slices.Contains(Labels(alone), "serial") {
		t.Errorf("labels %q, want serial among them", Labels(alone))
	}
}

func TestEverySelectedClauseIsDealtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "clauses")
		workers := rapid.IntRange(1, 16).Draw(t, "workers")
		selected, isAlone := map[string]bool{}, map[string]bool{}
		var clauses []contract.Clause
		for i := range n {
			c := clause(fmt.Sprintf("demo/a/c%d", i), keeps)
			c.Serial = rapid.Bool().Draw(t, "serial")
			selected[c.ID] = rapid.Bool().Draw(t, "selected")
			isAlone[c.ID] = selected[c.ID] && c.Serial
			clauses = append(clauses, c)
		}
		r, err := contract.NewRegister(clauses...)
		if err != nil {
			t.Fatal(err)
		}
		shares, alone := Deal(r, selected, workers, rapid.Int64().Draw(t, "seed"))
		dealt, least, most := map[string]int{}, n, 0
		for _, share := range shares {
			least, most = min(least, len(share)), max(most, len(share))
			for _, id := range share {
				dealt[id]++
			}
		}
		if len(shares) > workers || len(shares) > 0 && (least == 0 || most > least+1) {
			t.Errorf("%d shares for %d workers, the smallest of %d clauses, the largest of %d", len(shares), workers, least, most)
		}
		for id, is := range selected {
			want := 0
			if is && !isAlone[id] {
				want = 1
			}
			if dealt[id] != want || alone[id] != isAlone[id] {
				t.Errorf("%s dealt %d times, alone %v; want %d, %v", id, dealt[id], alone[id], want, isAlone[id])
			}
		}
	})
}

func TestRetriesAreCountedAndTold(t *testing.T) {
	for _, c := range []struct {
		retries, breaksFirst int
		status, reason       string
		attempts             int
	}{
		{0, 0, record.Pass, "", 1},
		{0, 1, record.Fail, "", 1},
		{2, 0, record.Pass, "", 1},
		{2, 1, record.Pass, "passed on attempt 2 of 3", 2},
		{2, 2, record.Pass, "passed on attempt 3 of 3", 3},
		{2, 3, record.Fail, "broken in each of 3 attempts", 3},
	} {
		tried := 0
		flaky := func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
			if tried++; tried <= c.breaksFirst {
				return breaks(ctx, p)
			}
			return nil, nil
		}
		got, err := Run(t.Context(), Config{Register: register(t, clause("demo/a/flaky", flaky)), Retries: c.retries})
		if err != nil {
			t.Fatal(err)
		}
		f := got[0]
		if f.Status != c.status || f.Reason != c.reason || f.Attempts != c.attempts || (len(f.Violations) > 0) != (c.status == record.Fail) {
			t.Errorf("%d retries, broken %d times: got %s (%s) after %d attempts with %d violations, want %s (%s) after %d",
				c.retries, c.breaksFirst, f.Status, f.Reason, f.Attempts, len(f.Violations), c.status, c.reason, c.attempts)
		}
	}
}

func FuzzHear(f *testing.F) {
	f.Add(`{}` + "\n" + `{"id":"a/b/c","row":{"executed":true,"attempts":1,"duration_ns":5,"outcome":{}}}` + "\n" + `{"end":true}` + "\n")
	f.Add(`{"id":1}`)
	f.Add("\n")
	f.Fuzz(func(t *testing.T, said string) {
		err := hear(strings.NewReader(said), func(w word) {
			if w.End {
				t.Error("the last word is passed on")
			}
		})
		if err == nil && !strings.Contains(strings.ToLower(said), "end") {
			t.Error("a worker that never said so is taken to have told all")
		}
	})
}
