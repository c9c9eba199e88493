package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/picture"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// scenariosPreviewCmd draws what a scenario plans.
type scenariosPreviewCmd struct {
	Scenario string `arg:"" optional:"" default:"smoke" help:"A built-in scenario's name ('muster scenarios list') or a file; default smoke."`
	bend
	towards
	SVG  string `name:"svg" placeholder:"FILE" help:"Draw it as an SVG as well, which stands by itself, in light or dark as its reader prefers."`
	JSON bool   `help:"Print JSON, with every second of the plan, instead of text."`
}

// Run prints the figures, two pictures, players and actions per second, and what the scenario needs.
func (c scenariosPreviewCmd) Run(ctx context.Context, v *voice) error {
	s, err := loadFlags{Scenario: c.Scenario, bend: c.bend}.scenario()
	if err != nil {
		return err
	}
	doors, towards, err := c.doors()
	if err != nil {
		return err
	}
	p, err := loadgen.Look(s)
	if err != nil {
		return err
	}
	if c.SVG != "" {
		if err := drawSVG(c.SVG, p); err != nil {
			return usage(err, "--svg names a file in a folder that is there and writable")
		}
	}
	n, checks := hold(ctx, p, doors)
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(foreseen(p, n, checks))
	}
	return previewText(v.stdout, p, n, doors, checks, towards)
}

// previewText prints a preview for people.
func previewText(w io.Writer, p loadgen.Preview, n needs.Needs, d needs.Doors, checks []needs.Check, towards string) error {
	var b strings.Builder
	b.WriteString(strings.Join(figures(p), "\n") + "\n")
	for _, chart := range charts(p) {
		b.WriteString("\n")
		if err := picture.Text(&b, chart); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\n  what this needs of the generator, towards %s\n\n%s\n\n", towards, strings.Join(demands(n, p.Scenario, d), "\n"))
	if err := tell(&b, checks); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// figures are the lines above and below the pictures.
func figures(p loadgen.Preview) []string {
	s := p.Scenario
	count := func(k plan.Kind) string { return numeral.Thousands(int64(p.Counts[k])) }
	name := s.Name
	if s.Description != "" {
		name += " · " + s.Description
	}
	flushes := ""
	if p.Counts[plan.Flush] > 0 {
		flushes = fmt.Sprintf(", %s flushes of %s", count(plan.Flush), several(s.Events.PerFlush, "event"))
	}
	return []string{
		name, "",
		fmt.Sprintf("  %s on the wall, time scale %g, seed %d · %s players, peak %s at once", plainDuration(p.Wall), s.TimeScale, s.Seed,
			numeral.Thousands(int64(p.Players)), numeral.Thousands(int64(p.PeakCCU))),
		fmt.Sprintf("  %s actions: %s starts, %s heartbeats, %s ends%s", numeral.Thousands(int64(p.Actions)), count(plan.Start), count(plan.Heartbeat), count(plan.End), flushes),
		fmt.Sprintf("  %s actions in the busiest second, at %s · schedule %s", numeral.Thousands(int64(p.PeakRate())), plainDuration(p.PeakAt()), p.ScheduleHash),
	}
}

// charts are the pictures of a plan.
func charts(p loadgen.Preview) []picture.Chart {
	layers := []picture.Layer{{Name: "heartbeats", Values: p.Kinds[plan.Heartbeat]}}
	if p.Counts[plan.Flush] > 0 {
		layers = append(layers, picture.Layer{Name: "flushes", Values: p.Kinds[plan.Flush]})
	}
	layers = append(layers, picture.Layer{Name: "starts", Values: p.Kinds[plan.Start]}, picture.Layer{Name: "ends", Values: p.Kinds[plan.End]})
	return []picture.Chart{
		{Title: "players at once", Values: p.CCU, Span: p.Wall},
		{Title: "actions per second", Values: p.Rate, Layers: layers, Span: p.Wall},
	}
}

// drawSVG writes the pictures of a plan into a file.
func drawSVG(file string, p loadgen.Preview) error {
	lines := figures(p)
	page := picture.Page{Title: p.Scenario.Name, About: p.Scenario.Description, Chart: charts(p)}
	for _, line := range lines[2:] {
		page.Lines = append(page.Lines, strings.TrimSpace(line))
	}
	var b strings.Builder
	if err := picture.SVG(&b, page); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("write picture %s: %w", file, err)
	}
	return nil
}

// demands are the lines of what a plan needs, save what is compared with the machine.
func demands(n needs.Needs, s scenarios.Scenario, d needs.Doors) []string {
	each := []string{
		rate(n.Peak.Starts, "starts"), rate(n.Peak.Heartbeats, "heartbeats"), rate(n.Peak.Ends, "ends"),
		rate(n.Peak.HTTP, "flushes by HTTP"), rate(n.Peak.Kafka, "by Kafka"), rate(n.Peak.SNS, "by SNS"),
	}
	lines := []string{
		fmt.Sprintf("  %-14s%s in the busiest second; of each at most: %s", "actions", rate(n.Peak.Actions, ""), strings.Join(nonempty(each), ", ")),
	}
	if s.Connections.Mode != scenarios.PerPlayer {
		return append(lines, fmt.Sprintf("  %-14s%s kept open, shared by all players", "connections", numeral.Thousands(int64(n.Open))))
	}
	lines = append(lines, fmt.Sprintf("  %-14s%s open at once, one for each player, closed after %s unused; %s new in the busiest second",
		"connections", numeral.Thousands(int64(n.Open)), plainDuration(*s.Connections.Idle), rate(n.Dials, "")))
	if d.Secure {
		lines = append(lines, fmt.Sprintf("  %-14s%s full and %s resumed in the busiest second", "handshakes", rate(n.Full, ""), rate(n.Resumed, "")))
	}
	return lines
}

// rate writes a rate with what it is of; nothing when there is none of it, unless it is of nothing in particular.
func rate(of float64, what string) string {
	if of == 0 && what != "" {
		return ""
	}
	return strings.TrimSpace(numeral.Thousands(int64(of+0.5)) + " " + what)
}

func nonempty(words []string) []string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}

// plainDuration writes 30m and not 30m0s.
func plainDuration(d time.Duration) string {
	text := d.Round(time.Millisecond).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
