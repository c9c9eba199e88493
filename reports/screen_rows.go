package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/numeral"
)

func verdictWords(s Summary) []words {
	tone := verdictTone(s.Verdict)
	if s.soFar() == "running" {
		tone = neutral
	}
	all := []words{{tone, mark(tone) + " " + s.Headline()}}
	if tone != good && len(s.Reasons) > 0 && tone != neutral {
		all = append(all, words{"", oneLine(s.Reasons[0])})
	}
	return all
}

// playerWords are the intended players and those that two witnesses tell of.
func playerWords(l *Load, elapsed time.Duration) []words {
	intended := 0
	if n := len(l.Intended); n > 0 {
		intended = l.Intended[min(max(0, int(elapsed/time.Second)), n-1)]
	}
	all := []words{{"", numeral.Thousands(int64(intended)) + " intended"}}
	if l.Track == nil {
		return all
	}
	all = append(all, words{"", figure(l.Track.latest.Truth[0]) + " acknowledged"})
	if told := l.Track.answered; told != nil {
		all = append(all, words{"", fmt.Sprintf("%s says the target (%d s ago)", figure(told.Target[0]), l.Track.latest.Second-told.Second)})
	}
	return all
}

func clockWords(name string, p Percentiles) []words {
	return []words{{"", name + "p50 " + measured(p, p.P50)}, {"", name + "p99 " + measured(p, p.P99)}}
}

// errorWords are how many errors there were since the beginning, and which.
func errorWords(s Summary) []words {
	errors, all := s.All.errors(s.Ended)
	if errors == 0 {
		return []words{{good, mark(good) + " none of " + numeral.Thousands(all)}}
	}
	told := []words{{doubt, fmt.Sprintf("%s %s of %s (%s)", mark(doubt), numeral.Thousands(errors), numeral.Thousands(all), percent(float64(errors)/float64(max(1, all))))}}
	names := slices.SortedFunc(maps.Keys(s.All.Classes), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.All.Classes[b], s.All.Classes[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		if n := s.All.Classes[name]; n > 0 {
			told = append(told, words{"", name + " " + numeral.Thousands(n)})
		}
	}
	return told
}

// generatorWords are the lag and the signs by which the generator shows that it may be the limit.
func generatorWords(l *Load) []words {
	g := l.Generator
	told := []words{{"", "lag p99 " + measured(l.Recent.Lag, l.Recent.Lag.P99)}}
	if n := len(g.LateSeconds); n > 0 {
		told = append(told, words{doubt, fmt.Sprintf("%s late in %d of %s", mark(doubt), n, count(int64(g.Seconds), "second"))})
	}
	if g.Health != nil {
		for _, s := range g.Health.Signs {
			if s.Seconds[len(s.Seconds)-1] >= l.Reach-lately {
				told = append(told, words{doubt, mark(doubt) + " " + s.Name})
			}
		}
	}
	if len(told) == 1 {
		told = append(told, words{good, mark(good) + " fit"})
	}
	return told
}

// mostThresholds bounds how many thresholds the view names; those that are not met come first.
const mostThresholds = 5

func thresholdWords(l *Load) []words {
	order := []string{Failed, NotJudged, Passed}
	all := slices.SortedStableFunc(slices.Values(l.Thresholds), func(a, b Judgement) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	var told []words
	for i, j := range all {
		if i == mostThresholds {
			return append(told, words{"", fmt.Sprintf("and %d more", len(all)-i)})
		}
		tone := statusTone(j.Status)
		if j.Status == NotJudged {
			tone = neutral // so far
		}
		text := mark(tone) + " " + j.Threshold
		if j.Measured != "" {
			text += ": " + j.Measured + j.Window.where()
		}
		told = append(told, words{tone, text})
	}
	return told
}
