package dashboard

import (
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/numeral"
)

// view is what the template lays out: words and drawings, all of them ready.
type view struct {
	About    About
	AsOf     string
	Cards    []card
	Told     bool // there are insights to tell of
	Buckets  []bar
	Traffic  []figure
	Statuses []Count
	Judgment *Judgment
	Requests []Request
	Faults   []Count
}

// card is one insight: a big figure and its chart.
type card struct {
	Name, Figure, Note string
	Chart              chart
}

// bar is one bucket.
type bar struct {
	Name  string
	Count int64
	Width string // of 100
}

// figure is a chart of several lines with its legend.
type figure struct {
	Title, Note string
	Legend      []entry
	Chart       chart
}

type entry struct{ Name, Class, Now string }

func newView(about About, now time.Time, s *Snapshot, h history) view {
	return view{
		About: about, AsOf: now.UTC().Format("2006-01-02 15:04:05"),
		Told: s.Insights != nil, Cards: cards(now, h), Buckets: bars(s.Buckets),
		Traffic:  []figure{requests(now, h), events(now, s.Accepted, h)},
		Judgment: s.Judgment, Requests: s.Recent, Faults: s.Faults,
	}
}

// cards draws the five insights.
func cards(now time.Time, h history) []card {
	whole := func(v float64) string { return numeral.Thousands(int64(v)) }
	small := frame{width: 340, height: 132, whole: true, format: brief}
	mean, times := small, small
	mean.whole = false
	times.unit, times.format = unitOf, briefSpan
	kinds := [insights]struct {
		name, note string
		figure     func(float64) string
		frame      frame
		class      string
	}{
		players:           {"Concurrent players", "active in the last 30 minutes", whole, small, "first"},
		content:           {"Concurrent user-generated content", "in sessions active in the last 30 minutes", whole, small, "first"},
		everSeen:          {"Total players", "that ever started a session", whole, small, "first"},
		playtime:          {"Average playtime", "from start to end, of sessions that ended", span, times, "first"},
		contentPerSession: {"Average content per session", "ids told at the start, of all sessions", number, mean, "first"},
	}
	all := make([]card, 0, insights)
	for i, k := range kinds {
		marks := h.line(func(p point) float64 { return p.insights[i] })
		c := card{Name: k.name, Note: k.note, Chart: k.frame.draw(now, k.name, []line{{k.name, k.class, marks}})}
		if n := len(marks); n > 0 {
			c.Figure = k.figure(marks[n-1].value)
		}
		all = append(all, c)
	}
	return all
}

// bars draws the buckets, the fullest as wide as there is room.
func bars(buckets []Count) []bar {
	most := int64(1)
	for _, b := range buckets {
		most = max(most, b.Total)
	}
	all := make([]bar, 0, len(buckets))
	for _, b := range buckets {
		all = append(all, bar{bucket(b.Name), b.Total, px(100 * float64(b.Total) / float64(most))})
	}
	return all
}

// looks tells the lines of one chart apart, by dashes as well as by colour.
var looks = []string{"first", "second dash", "third dots", "fourth mixed"}

// requests draws how many requests were answered each second, by the hundred of the status.
func requests(now time.Time, h history) figure {
	var lines []line
	for hundred := range classes {
		if len(h) == 0 || h[len(h)-1].statuses[hundred] == 0 && hundred != 2 {
			continue
		}
		name := fmt.Sprintf("%dxx", hundred)
		marks := h.rate(func(p point) int64 { return p.statuses[hundred] })
		lines = append(lines, line{name, statusLook(hundred), marks})
	}
	return newFigure(now, "Requests per second", "by HTTP, by status", lines)
}

// statusLook gives each hundred the same looks whatever others there are.
func statusLook(hundred int) string {
	switch hundred {
	case 2:
		return looks[0]
	case 4:
		return looks[1]
	case 5:
		return "alarm dots"
	default:
		return looks[3]
	}
}

// events draws how many events were accepted each second, by transport.
func events(now time.Time, accepted []Count, h history) figure {
	var lines []line
	for i, transport := range accepted {
		marks := h.rate(func(p point) int64 { return p.accepted[i] })
		lines = append(lines, line{transport.Name, looks[i%len(looks)], marks})
	}
	return newFigure(now, "Events accepted per second", "stored for read-back, by transport", lines)
}

func newFigure(now time.Time, title, note string, lines []line) figure {
	f := figure{Title: title, Note: note, Chart: frame{width: 540, height: 190, whole: true, format: brief}.draw(now, title, lines)}
	for _, l := range lines {
		e := entry{Name: l.Name, Class: l.Class, Now: "–"}
		if n := len(l.marks); n > 0 {
			e.Now = number(l.marks[n-1].value)
		}
		f.Legend = append(f.Legend, e)
	}
	return f
}
