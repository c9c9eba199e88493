package loadgen

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// clockwork is a world whose answers take a time, and are refused, by what was sent alone: however the players are
// divided, each action fares the same.
type clockwork struct{ *world }

func (c clockwork) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", m.Operation, len(m.Body)) // never fails
	_, _ = h.Write(m.Body)
	drawn := h.Sum32()
	sent := time.Now()
	select {
	case <-time.After(time.Duration(drawn%200) * time.Millisecond):
	case <-ctx.Done():
	}
	reply := contract.Reply{Outcome: contract.Acknowledged, Sent: sent, Done: time.Now()}
	if drawn%17 == 0 {
		reply.Outcome, reply.Class, reply.Status = contract.Failed, contract.ClassServer, 503
	}
	done(reply)
}

func (clockwork) Close(context.Context) error { return nil }

// playInto plays a slice against clockwork and leaves a run directory.
func playInto(t *testing.T, dir string, s scenarios.Scenario, slice record.Slice) *record.Run {
	t.Helper()
	m := record.Manifest{Version: record.Version, Name: s.Name, Verb: "load", Began: time.Now()}
	w, err := record.Create(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	target := clockwork{&world{}}
	routes := []transport.Route{
		{Transport: contract.HTTP, Renderer: target.world, Driver: target}, {Transport: contract.Kafka, Renderer: target.world, Driver: target},
	}
	result := mustRun(t.Context(), t, Config{Scenario: s, Routes: routes, Run: 77, Slice: slice, Recorder: w, Attackers: 1 + slice.Index%3})
	m.Load, m.Generator, m.Ended = result.Plan, result.Generator, record.Complete
	if err := w.Manifest(m); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return reopened(t, dir)
}

func reopened(t *testing.T, dir string) *record.Run {
	t.Helper()
	run, err := record.Open(dir)
	if err != nil || len(run.Problems) > 0 {
		t.Fatalf("%v, problems %v", err, run)
	}
	return run
}

// lines are the frames of a run as the file has them.
func lines(t *testing.T, run *record.Run) []string {
	t.Helper()
	var all []string
	for f, err := range run.Frames() {
		if err != nil {
			t.Fatal(err)
		}
		line, err := record.EncodeFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(line))
	}
	return all
}

// split plays a scenario whole and as so many slices, and returns the run of the whole and that of the merged slices, as
// it was saved.
func split(t *testing.T, s scenarios.Scenario, count int, play func(dir string, slice record.Slice) *record.Run) (whole, merged *record.Run) {
	t.Helper()
	dir := t.TempDir()
	whole = play(filepath.Join(dir, "whole"), record.Slice{Count: 1})
	parts := make([]*record.Run, count)
	for i := range parts {
		parts[i] = play(filepath.Join(dir, fmt.Sprint(i)), record.Slice{Index: i, Count: count})
	}
	if count == 1 {
		return whole, parts[0]
	}
	slices.Reverse(parts) // they may be named in any order
	merged, err := record.Join(parts, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := merged.Save(filepath.Join(dir, "merged")); err != nil {
		t.Fatal(err)
	}
	got, want := reopened(t, filepath.Join(dir, "merged")), lines(t, merged)
	if !slices.Equal(lines(t, got), want) {
		t.Fatalf("%s: the frames that were saved are not those that were merged", s.Name)
	}
	return whole, got
}

// TestSlicesMergeIntoTheWhole plays a run whole and as up to eight slices, in virtual time. What the merged run holds is
// what the whole one does, but for what the generator's own waking hours make of it, which differ with what it has to do.
func TestSlicesMergeIntoTheWhole(t *testing.T) {
	for _, count := range []int{2, 3, 8} {
		s := scenario()
		s.Duration, s.Warmup = 3*time.Minute, 0
		whole, merged := split(t, s, count, func(dir string, slice record.Slice) (run *record.Run) {
			synctest.Test(t, func(t *testing.T) { run = playInto(t, dir, s, slice) })
			return run
		})
		got, want := settled(t, merged), settled(t, whole)
		if !slices.Equal(got, want) || len(want) < 5 {
			t.Errorf("%d slices merge into\n%q, want\n%q", count, got, want)
		}
		a, b := *merged.Manifest.Load, *whole.Manifest.Load
		a.Apart = 0
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%d slices merge into the plan\n%+v, want\n%+v", count, a, b)
		}
	}
}

// settled is what a run comes to by operation: planned by the second; outcomes, classes and service times in all.
func settled(t *testing.T, run *record.Run) []string {
	t.Helper()
	sums := map[string]*record.Frame{}
	var all []string
	for f, err := range run.Frames() {
		if err != nil {
			t.Fatal(err)
		}
		if f.Planned > 0 {
			all = append(all, fmt.Sprint(f.Operation, f.Second, f.Planned))
		}
		if sums[f.Operation] == nil {
			sums[f.Operation] = record.NewFrame(0, f.Operation)
		}
		f.Response, f.Lag, f.Parts = nil, nil, nil
		if err := sums[f.Operation].Merge(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		line, err := record.EncodeFrame(sums[name])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(line))
	}
	return all
}

// TestFramesOfSlicesMergeBitByBit draws a plan for each number of slices and gives every due of it times and an outcome that
// are a function of it alone. The frames of the slices, written in pieces of any length, merge into those of the whole, bit
// by bit.
func TestFramesOfSlicesMergeBitByBit(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 8; n++ {
		s := scenario().WithDefaults()
		s.Seed, s.Duration = random.Uint64(), 8*time.Second
		s.Players.Session.Mean, s.Players.Heartbeat.Period, s.Players.Heartbeat.Jitter = 2*time.Second, time.Second, 0
		s.Events.Every = time.Second
		s.Players.CCU = []scenarios.Point{{At: 0, Players: random.IntN(12)}, {At: 4 * time.Second, Players: 8 + random.IntN(8)}}
		whole, merged := split(t, s, n, func(dir string, slice record.Slice) *record.Run {
			return countInto(t, dir, s, slice, 5+random.IntN(50))
		})
		got, want := lines(t, merged), lines(t, whole)
		if !slices.Equal(got, want) || len(want) < 20 {
			t.Errorf("seed %d, %d slices: %d frames, want the %d of the whole", s.Seed, n, len(got), len(want))
		}
	}
}

// countInto leaves a run directory in which every due of a slice fared as its numbers say.
func countInto(t *testing.T, dir string, s scenarios.Scenario, slice record.Slice, piece int) *record.Run {
	t.Helper()
	w, err := record.Create(dir, record.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := plan.NewTimeline(params(s, slice))
	if err != nil {
		t.Fatal(err)
	}
	frames, n := map[string]*record.Frame{}, 0
	flush := func() {
		if err := w.Frames(slices.Collect(maps.Values(frames))); err != nil {
			t.Fatal(err)
		}
		clear(frames)
	}
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		operation, drawn := fmt.Sprint("kind.", d.Kind), int64(d.Player)*7919+int64(d.Session)*104729+int64(d.Seq)*31
		second := int((d.At + time.Duration(drawn%1900)*time.Millisecond) / time.Second)
		key := fmt.Sprint(second, operation)
		if frames[key] == nil {
			frames[key] = record.NewFrame(second, operation)
		}
		count(t, frames[key], drawn)
		if n++; n%piece == 0 {
			flush()
		}
	}
	flush()
	m := record.Manifest{Ended: record.Complete, Load: &record.LoadPlan{Slice: slice, Whole: &record.Whole{}}}
	if err := errors.Join(w.Manifest(m), w.Close()); err != nil {
		t.Fatal(err)
	}
	return reopened(t, dir)
}

// count puts one action into a frame.
func count(t *testing.T, f *record.Frame, drawn int64) {
	t.Helper()
	f.Planned++
	f.Fired++
	f.Sent += drawn % 2
	if drawn%11 == 0 {
		f.Outcomes["failed"]++
		f.Classes["timeout"]++
	} else {
		f.Outcomes["acknowledged"]++
	}
	for _, err := range []error{
		f.Response.RecordValue(drawn % 900_000), f.Service.RecordValue(drawn % 90_000), f.Lag.RecordValue(drawn % 800),
		f.Part(record.LagPacer).RecordValue(drawn % 50),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
