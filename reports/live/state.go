package live

import (
	"bytes"
	"encoding/json"
	"fmt"

	_ "embed" // the script is part of the binary

	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/reports/chart"
)

//go:embed live.js
var script string

// state is how the page stands at one moment. It never changes.
type state struct {
	run    string // names the run, so that the page of an earlier one is not mended with news of another
	id     uint64 // counts the states of a run
	title  string
	note   string // about the page itself
	drawn  bool   // there are charts, and the sections around them
	over   bool   // the run has ended
	page   *reports.Page
	block  chart.Block
	panels map[string]string
}

// news is what viewers are told, as JSON.
type news struct {
	Run       string       `json:"run"`
	Title     string       `json:"title"`
	Note      string       `json:"note"`
	Drawn     bool         `json:"drawn"` // whether the page has sections for charts
	Fragments []fragment   `json:"fragments,omitempty"`
	Block     *chart.Block `json:"block,omitempty"`
	Patch     *chart.Patch `json:"patch,omitempty"`
}

// fragment is an element of the page, anew.
type fragment struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// newState lays the page out as it is now.
func newState(run string, id uint64, note string, s reports.Summary, x reports.Exhibits) (*state, error) {
	page := reports.NewPage(s, x)
	st := &state{
		run: run, id: id, note: note, page: page, block: page.Block(), panels: map[string]string{}, over: !s.Live,
		title: fmt.Sprintf("%s: %s (%s)", s.Name, s.Headline(), s.Target), drawn: s.Load != nil && len(s.Timeline) > 0,
	}
	for _, name := range reports.Panels() {
		html, err := page.Panel(name)
		if err != nil {
			return nil, err
		}
		st.panels[name] = html
	}
	return st, nil
}

// html is the whole page.
func (s *state) html() ([]byte, error) {
	var b bytes.Buffer
	values, err := json.Marshal(map[string]any{"run": s.run, "have": s.id, "drawn": s.drawn})
	if err != nil {
		return nil, err
	}
	err = s.page.Write(&b, reports.Frame{
		Script: "(() => {\n\"use strict\";\nconst page = " + string(values) + ";\n" + script + "})();\n", Connect: "'self'",
		State: "As of when this page was opened; with scripts it would be live.",
	})
	return b.Bytes(), err
}

// since is what has changed since before; all there is when there is no before.
func (s *state) since(before *state) (news, error) {
	n := news{Run: s.run, Title: s.title, Note: s.note, Drawn: s.drawn}
	if before == nil {
		before = &state{panels: map[string]string{}}
	}
	for _, name := range reports.Panels() {
		if s.panels[name] != before.panels[name] {
			n.Fragments = append(n.Fragments, fragment{name, s.panels[name]})
		}
	}
	patch, can := s.block.Since(before.block)
	switch {
	case !can:
		return n, s.redraw(&n)
	case len(patch.Charts) > 0 || patch.Seconds != before.block.Seconds || len(patch.Late) != len(before.block.Late):
		n.Patch = &patch
	}
	return n, nil
}

// redraw adds all charts: the elements that they lie in, then their data.
func (s *state) redraw(n *news) error {
	for _, name := range reports.Groups() {
		html, err := s.page.Group(name)
		if err != nil {
			return err
		}
		n.Fragments = append(n.Fragments, fragment{"charts-" + name, html})
	}
	n.Block = &s.block
	return nil
}

// event writes the state as a server-sent event that says what has changed since before; nil when nothing has. JSON has no
// line ends of its own, so that one line of data holds it.
func (s *state) event(before *state) ([]byte, error) {
	n, err := s.since(before)
	if err != nil {
		return nil, err
	}
	if before != nil && n.Patch == nil && n.Block == nil && len(n.Fragments) == 0 && s.note == before.note && s.title == before.title {
		return nil, nil
	}
	kind := "change"
	if s.over {
		kind = "end"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\nid: %d\ndata: ", kind, s.id)
	data := json.NewEncoder(&b)
	data.SetEscapeHTML(false) // it stands in no page
	err = data.Encode(n)
	b.WriteByte('\n')
	return b.Bytes(), err
}
