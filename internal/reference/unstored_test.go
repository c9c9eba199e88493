package reference

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// remembers accepts every body and counts how often it was told to forget.
type remembers struct {
	takes
	undone *atomic.Int64
}

func (h remembers) Respond(now time.Time, m *contract.Message) contract.Answer {
	a := h.takes.Respond(now, m)
	a.Undo = func() { h.undone.Add(1) }
	return a
}

// A half hears of it when what it accepted could not be stored, and only then.
func TestWhatIsNotStoredIsForgotten(t *testing.T) {
	var undone atomic.Int64
	s := startHalves(t, Options{}, []Half{{Name: "remembers", New: func(*target.Target, string) (contract.Responder, error) {
		return remembers{undone: &undone}, nil
	}}})
	url := s.Target().Playtime.BaseURL + "/take"
	if status, _ := post(t, url, "stored"); status != http.StatusAccepted || undone.Load() != 0 {
		t.Errorf("status %d, undone %d times", status, undone.Load())
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.broker.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if status, _ := post(t, url, "lost"); status != http.StatusInternalServerError || undone.Load() != 1 || s.Stats().Unstored != 1 {
		t.Errorf("status %d, undone %d times, %d counted; want 500, once and 1", status, undone.Load(), s.Stats().Unstored)
	}
}
