package record

import (
	"reflect"
	"testing"
)

func TestTrackReadsAsItWasWritten(t *testing.T) {
	w, dir := create(t)
	told := InsightsFigures{AsOfMS: 2_000, ConcurrentPlayers: 7, AveragePlaytime: 12.5}
	want := []InsightsSecond{
		{Second: 1, Truth: InsightsFigures{AsOfMS: 1_000, ConcurrentPlayers: 5, AverageUGC: 2.25}, Note: "no answer"},
		{Second: 2, Truth: InsightsFigures{AsOfMS: 2_000, ConcurrentPlayers: 7}, Target: &told},
	}
	must(t, w.Track(want[1]))
	must(t, w.Track(want[0]))
	addTo(t, dir, TrackFile, `{"version":1,"second":-1}`+"\n"+`{"version":1,"second":3,"target":{"total_players":9000000000000}}`+"\n")

	r := open(t, dir)
	var got []InsightsSecond
	for s, err := range r.Track() {
		must(t, err)
		got = append(got, s)
	}
	for i := range want {
		want[i].Version = Version
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("track %+v, want %+v", got, want)
	}
	if len(r.Problems) != 2 || r.Problems[0].File != TrackFile {
		t.Errorf("problems %v, want two lines refused", r.Problems)
	}
}
