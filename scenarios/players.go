package scenarios

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/passmuster/muster/internal/strict"
)

// The laws of session lengths.
const (
	Exponential = "exponential"
	Uniform     = "uniform" // between Min and Max; the mean lies in the middle
	Fixed       = "fixed"   // always Mean
)

var laws = []string{Exponential, Uniform, Fixed}

var transports = []string{"http", "kafka", "sns"}

// platforms are the documented values of X-Modio-Platform (public fact B-8).
var platforms = []string{"source", "windows", "mac", "linux", "android", "ios", "xboxone", "xboxseriesx", "ps4", "ps5", "switch",
	"switch2", "oculus", "windowsserver", "linuxserver"}

// portals are the documented values of X-Modio-Portal (B-9), and two more that shipped clients send (B-10).
var portals = []string{"apple", "discord", "epicgames", "facebook", "gog", "google", "itchio", "nintendo", "psn", "sso", "steam",
	"xboxlive", "egs", "oculus"}

func (p Players) validate(duration time.Duration, fault report) {
	switch {
	case len(p.Waves) == 0:
		curve(p.CCU, duration, fault)
	case len(p.CCU) > 0:
		fault("players.waves", "want ccu or waves, got both")
	default:
		waves(fault, p.Waves)
	}
	p.Session.validate(fault)
	within(fault, "players.ugc.min", p.UGC.Min, 1, min(maxUGC, max(p.UGC.Max, 1)))
	within(fault, "players.ugc.max", p.UGC.Max, 1, min(maxUGC, max(p.UGC.Catalogue, 1)))
	within(fault, "players.ugc.catalogue", p.UGC.Catalogue, 1, 1_000_000_000)
	within(fault, "players.heartbeat.period", p.Heartbeat.Period, shortestStep, longestStep)
	if p.Heartbeat.Period > 0 {
		within(fault, "players.heartbeat.jitter", p.Heartbeat.Jitter, 0, p.Heartbeat.Period/2)
	}
	clients(fault, "players.clients", p.Clients)
	weights(fault, "players.platforms", p.Platforms, platforms)
	weights(fault, "players.portals", p.Portals, portals)
}

// clients reports weights and names that no client could have. Which clients there are, the contracts know and this
// package does not.
func clients(fault report, path string, w map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(w)) {
		if strings.TrimSpace(name) != name || name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
			fault(path, "want names of clients of 1 to 200 characters, got %s", strict.Show(name))
		}
	}
	weights(fault, path, w, nil)
}

// curve reports what is wrong with the points. Two points at one instant are a step, and allowed.
func curve(points []Point, duration time.Duration, fault report) {
	if len(points) == 0 || len(points) > maxPoints {
		fault("players.ccu", "want 1 to %d points of time and players, got %d", maxPoints, len(points))
		return
	}
	var last time.Duration
	for i, p := range points {
		at := strict.Index("players.ccu", i)
		within(fault, strict.Join(at, "players"), p.Players, 0, MaxPlayers)
		switch {
		case p.At < 0 || duration > 0 && p.At > duration:
			fault(strict.Join(at, "at"), "want 0s to the duration, %v, got %v", plain(duration), plain(p.At))
		case p.At < last:
			fault(strict.Join(at, "at"), "want no time before that of the point above, %v, got %v", plain(last), plain(p.At))
		}
		last = max(last, p.At)
	}
	if peak(points) == 0 {
		fault("players.ccu", "want at least one point with players above 0")
	}
}

// Peak returns the most players that there ever are at once, by the curve, who are all players that there are.
func (s Scenario) Peak() int { return peak(s.Players.CCU) }

func peak(points []Point) int {
	most := 0
	for _, p := range points {
		most = max(most, p.Players)
	}
	return most
}

func (s Session) validate(fault report) {
	if !slices.Contains(laws, s.Law) {
		fault("players.session.law", "want %s, got %s%s", strings.Join(laws, ", "), strict.Show(s.Law), strict.Suggest(s.Law, laws))
		return
	}
	within(fault, "players.session.min", s.Min, time.Millisecond, longest)
	within(fault, "players.session.max", s.Max, max(s.Min, time.Millisecond), 8*longest)
	if s.Mean < s.Min || s.Mean > s.Max {
		fault("players.session.mean", "want min to max, %v to %v, got %v", plain(s.Min), plain(s.Max), plain(s.Mean))
		return
	}
	if middle := s.Min + (s.Max-s.Min)/2; s.Law == Uniform && s.Mean != middle {
		fault("players.session.mean", "want the middle of min and max, %v, for the uniform law, got %v; leave out one of the three", plain(middle), plain(s.Mean))
	}
}
