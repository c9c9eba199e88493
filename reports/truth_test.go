package reports

import (
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// runWith writes a run directory of a load run with ten actions by Kafka and returns it read.
func runWith(t *testing.T, change func(m *record.Manifest, f *record.Frame), more func(w *record.Writer)) *record.Run {
	t.Helper()
	m := record.Manifest{Name: "x", Verb: "load", Load: &record.LoadPlan{
		PlannedWall: 2 * time.Second, Planned: map[string]int{"ingest.kafka": 10}, Operations: []string{"ingest.kafka"}, TimeScale: 1,
	}}
	f := record.NewFrame(1, "ingest.kafka")
	f.Planned, f.Fired, f.Sent, f.Outcomes["acknowledged"] = 10, 10, 10, 10
	for range 10 {
		must(t, f.Lag.RecordValue(5))
		must(t, f.Response.RecordValue(900))
		must(t, f.Service.RecordValue(800))
	}
	if change != nil {
		change(&m, f)
	}
	dir := t.TempDir()
	w, err := record.Create(dir, m)
	must(t, err)
	must(t, w.Frames([]*record.Frame{f}))
	if more != nil {
		more(w)
	}
	m.Ended = record.Complete
	must(t, w.Manifest(m))
	must(t, w.Close())
	return open(t, dir)
}

func textOf(t *testing.T, run *record.Run) string {
	t.Helper()
	var b strings.Builder
	must(t, Text(&b, Summarize(run), TextOptions{}))
	return b.String()
}

func wantText(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
}

// TestSums are told when they come out even, and when they do not.
func TestSums(t *testing.T) {
	run := runWith(t, func(_ *record.Manifest, f *record.Frame) { f.Outcomes["acknowledged"] = 9 }, func(w *record.Writer) {
		must(t, w.Ledger(record.Ledger{Planned: 10, NeverSent: 1, Failed: 2, Indeterminate: 3, Acknowledged: 4, Found: 3, Lost: 2, Complete: true}))
	})
	wantText(t, textOf(t, run),
		"✗ actions: 10 planned = 0 never sent + 0 failed + 0 indeterminate + 9 acknowledged: no outcome is on record of 1\n",
		"✗ ingest.kafka: 10 planned = ",
		"✓ events: 10 planned = 1 never sent + 2 failed + 3 indeterminate + 4 acknowledged\n",
		"✗ events read back: 4 acknowledged = 3 found + 2 lost: 1 too many")
}

// TestHowRecordsWereProduced prints the settings in every report, and where the time went.
func TestHowRecordsWereProduced(t *testing.T) {
	run := runWith(t, func(m *record.Manifest, f *record.Frame) {
		m.Load.Kafka = &record.KafkaSettings{Acks: "leader", Linger: 5 * time.Millisecond, Compression: "zstd", MaxBuffered: 100, BatchBytes: 2000}
		must(t, f.Part(record.KafkaLinger).RecordValue(5000))
		must(t, f.Part(record.KafkaSeen).RecordValue(60_000))
	}, nil)
	settings := "acks leader, linger 5ms, compression zstd, not idempotent, at most 100 records buffered, batches of at most 2000 bytes"
	wantText(t, textOf(t, run), "Kafka: "+settings, "ingest.kafka linger", "5.0", "ingest.kafka visible", "60")
	var page strings.Builder
	must(t, HTML(&page, Summarize(run), run))
	wantText(t, page.String(), settings, "ingest.kafka: linger", "until the request with it was written")
}

// TestUnconfirmedIsNoError has a run with acks none: nothing is known of it, but nothing went wrong.
func TestUnconfirmedIsNoError(t *testing.T) {
	s := Summarize(runWith(t, func(m *record.Manifest, f *record.Frame) {
		f.Outcomes = map[string]int64{"indeterminate": 10}
		f.Classes["unconfirmed"] = 10
		m.Load.Thresholds = []string{"errors < 0.1%"}
	}, nil))
	if s.Verdict != Passed || s.Thresholds[0].Measured != "0 %" {
		t.Errorf("verdict %s, %v, thresholds %+v", s.Verdict, s.Reasons, s.Thresholds)
	}
}

// TestInsightsTrack tells how far the target's figures were from the truth, and when.
func TestInsightsTrack(t *testing.T) {
	figures := func(players int64, playtime float64) record.InsightsFigures {
		return record.InsightsFigures{ConcurrentPlayers: players, TotalPlayers: 50, AveragePlaytime: playtime}
	}
	run := runWith(t, nil, func(w *record.Writer) {
		must(t, w.Insights(record.InsightsPair{Truth: figures(100, 8)}))
		for second := range 1000 {
			line := record.InsightsSecond{Second: second, Truth: figures(int64(second), 8)}
			switch second {
			case 5, 500:
				told := figures(int64(second)-int64(second)/5, 8)
				line.Target = &told
			case 900:
				line.Note = "no answer"
			}
			must(t, w.Track(line))
		}
	})
	s := Summarize(run)
	k := s.Track
	if k.Seconds != 1000 || k.Asked != 3 || k.Unanswered != 1 || len(k.Points) > mostIntervals || len(k.Points) < mostIntervals/2 {
		t.Errorf("track of %d seconds, asked %d, unanswered %d, %d points", k.Seconds, k.Asked, k.Unanswered, len(k.Points))
	}
	answered := 0
	for _, m := range k.Points {
		if m.Target != nil {
			answered++
		}
	}
	if want := (Gap{"concurrent players", 5, 5, 4}); answered != 2 || len(k.Widest) != 1 || k.Widest[0] != want {
		t.Errorf("%d points with the target's figures, widest %+v, want %+v", answered, k.Widest, want)
	}
	wantText(t, textOf(t, run), "The target was asked 3 times while the run went on, and 1 time without an answer.",
		"concurrent players: 4 against 5 at 5 s (−20 %)")
}
