// Command bench measures muster against other load generators and clients on one machine, in interleaved rounds, and
// holds the ratios against the project's goals: `make bench`.
//
// It runs bin/muster as it is, with scenario and target files, beside the peers that internal/bench/peers/install puts
// into bin/bench, against servers of others. What is counted is counted at the server; CPU and memory are those of the
// generator's process, read from outside. Only what no run can show is measured with a part of muster as a library, in
// a process of its own, and says so. Rows of a table flow out, on standard output and into loadgen/BENCHMARKS.md. It may
// import anything.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	groups  string
	rounds  int
	seconds int
	write   string
}

func run(ctx context.Context, args []string) error {
	if len(args) > 1 && args[0] == "child" {
		return child(ctx, args[1], args[2:])
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.groups, "groups", "", "which groups to run, by comma; default all: "+strings.Join(names(), ", "))
	flags.IntVar(&o.rounds, "rounds", 3, "rounds in which all contestants of a group take turns")
	flags.IntVar(&o.seconds, "seconds", 2, "how long one contestant is measured in a round")
	flags.StringVar(&o.write, "write", "", "write the report to this file when all groups were run")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(o.groups)
	if err != nil {
		return err
	}
	if o.rounds < 1 || o.seconds < 1 {
		return fmt.Errorf("%d rounds of %d seconds: want at least 1 of each", o.rounds, o.seconds)
	}
	r, err := newRig(o)
	if err != nil {
		return err
	}
	return errors.Join(r.measure(ctx, chosen), os.RemoveAll(r.dir))
}

// group is some rows that are measured together.
type group struct {
	name    string
	about   string
	measure func(ctx context.Context, r *rig, s *section) error
}

// section is what a group leaves in the report.
type section struct {
	group  group
	rows   []figures.Row
	series []figures.Series
}

func (s *section) add(rows ...figures.Row) { s.rows = append(s.rows, rows...) }

func groups() []group {
	return []group{
		{"http", "HTTP/1.1, 64 connections kept open, one signed heartbeat after the other", measureHTTP},
		{"tls", "HTTPS", measureTLS},
		{"connections", "a new connection for every action", measureConnections},
		{"players", "crowds", measurePlayers},
		{"clock", "lateness and measuring", measureClock},
		{"kafka", "Kafka, records of about 450 bytes", measureKafka},
		{"readback", "read-back and the ledger", measureReadback},
	}
}

func names() []string {
	var all []string
	for _, g := range groups() {
		all = append(all, g.name)
	}
	return all
}

// choose returns the groups of a list, all of them for none.
func choose(list string) ([]group, error) {
	if list == "" || list == "all" {
		return groups(), nil
	}
	var chosen []group
	for name := range strings.SplitSeq(list, ",") {
		before := len(chosen)
		for _, g := range groups() {
			if g.name == name {
				chosen = append(chosen, g)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("group %q, want %s", name, strings.Join(names(), ", "))
		}
	}
	return chosen, nil
}

// measure runs the groups one after the other. A group that fails leaves a row that says so, and the rest is measured.
func (r *rig) measure(ctx context.Context, chosen []group) error {
	var sections []*section
	began := time.Now()
	for _, g := range chosen {
		s := &section{group: g}
		sections = append(sections, s)
		r.say("%s: %s", g.name, g.about)
		if err := g.measure(ctx, r, s); err != nil {
			s.add(figures.Fault(g.about, "", figures.Goal{}, oneLine(err.Error())))
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		fmt.Printf("\n%s\n%s\n", figures.Goals(s.rows), figures.Contestants(s.series))
	}
	report := r.report(ctx, sections, time.Since(began))
	if r.write == "" || len(chosen) != len(groups()) {
		return nil
	}
	return save(r.write, report)
}

func oneLine(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = s[:most/2] + " ... " + s[len(s)-most/2:]
	}
	return s
}
