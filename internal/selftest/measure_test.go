package selftest

import "testing"

func TestMeasureCountsTheMessagesOfEachClause(t *testing.T) {
	ids := []string{"playtime/start/answers-204", "ingest/kafka/acknowledged-is-stored"}
	costs, err := Measure(t.Context(), ids)
	if err != nil || len(costs) != len(ids) {
		t.Fatalf("got %v and %v, want %d costs", costs, err, len(ids))
	}
	for i, c := range costs {
		if c.ID != ids[i] || c.Messages < 1 || c.Took <= 0 {
			t.Errorf("cost %d is %+v, want messages and time of %s", i, c, ids[i])
		}
	}
}

func TestMeasureRefusesAnUnknownClause(t *testing.T) {
	if _, err := Measure(t.Context(), []string{"playtime/start/nothing"}); err == nil {
		t.Error("got no error")
	}
}
