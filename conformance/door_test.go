package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// link is a sender whose replies are told in advance; the last one stays.
type link struct {
	replies []contract.Class // ClassNone is an answer
	sent    int
}

func (l *link) Send(context.Context, *contract.Message, contract.Departure) (contract.Reply, error) {
	class := l.replies[min(l.sent, len(l.replies)-1)]
	l.sent++
	if class == contract.ClassNone {
		return contract.Reply{Outcome: contract.Acknowledged}, nil
	}
	return contract.Reply{Class: class}, fmt.Errorf("no answer (%s) to s3cret", class)
}

// sends is a check that needs an answer to one message.
func sends(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	_, err := p.Send(ctx, &contract.Message{}, contract.AsTold)
	return nil, err
}

func TestADoorThatNeverAnswersIsGivenUp(t *testing.T) {
	const quiet, reset, answer = contract.ClassTimeout, contract.ClassReset, contract.ClassNone
	for _, c := range []struct {
		name    string
		replies []contract.Class
		want    string // how six clauses end, in whatever order they run: i(nconclusive), n(ot-run), p(ass)
		sent    int
	}{
		{"never", []contract.Class{quiet}, "iiinnn", 3},
		{"always", []contract.Class{answer}, "pppppp", 6},
		{"one in three", []contract.Class{quiet, quiet, answer, quiet, quiet, answer}, "iiiipp", 6},
		{"for changing reasons", []contract.Class{quiet, reset, quiet, reset, reset, reset}, "iiiiii", 6},
		{"from then on", []contract.Class{answer, reset, reset, reset}, "iiinnp", 4},
		{"muster's own limit", []contract.Class{contract.ClassGenerator}, "iiiiii", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			var clauses []contract.Clause
			for i := range 6 {
				clauses = append(clauses, clause(fmt.Sprintf("demo/a/c%d", i), sends))
			}
			l := &link{replies: c.replies}
			evidence := NewEvidence(NewRedactor(map[string]string{"s3cret": "KEY"}), nil)
			got, err := Run(t.Context(), Config{Register: register(t, clauses...), Sender: l, Evidence: evidence})
			if err != nil {
				t.Fatal(err)
			}
			var statuses []string
			for _, f := range got {
				statuses = append(statuses, f.Status[:1])
				if f.Status == record.NotRun && (!strings.Contains(f.Reason, "no answer") || f.Attempts != 0) {
					t.Errorf("%s: reason %q after %d attempts, want the link's fault after none", f.ID, f.Reason, f.Attempts)
				}
				if strings.Contains(f.Reason, "s3cret") {
					t.Errorf("%s: reason %q shows a secret", f.ID, f.Reason)
				}
			}
			slices.Sort(statuses)
			if strings.Join(statuses, "") != c.want || l.sent != c.sent {
				t.Errorf("got %s with %d messages, want %s with %d", statuses, l.sent, c.want, c.sent)
			}
		})
	}
}

func TestADoorIsGivenUpAlone(t *testing.T) {
	other := clause("demo/k/other", keeps)
	other.Transport = contract.Kafka
	got, err := Run(t.Context(), Config{
		Register: register(t, clause("demo/a/a", sends), clause("demo/a/b", sends), clause("demo/a/c", sends), clause("demo/a/d", sends),
			other, clause("more/a/a", keeps)),
		Sender: &link{replies: []contract.Class{contract.ClassDial}},
	})
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	for _, f := range got[:4] {
		if f.Status == record.NotRun {
			given++
		}
	}
	if given != 1 || got[4].Status != record.Pass || got[5].Status != record.Pass {
		t.Errorf("%d clauses were not tried, others %s and %s; want 1, pass, pass", given, got[4].Status, got[5].Status)
	}
}

func TestAPanicShowsNoSecret(t *testing.T) {
	got, err := Run(t.Context(), Config{
		Register: register(t, clause("demo/a/panics", panics)), Evidence: NewEvidence(NewRedactor(map[string]string{"boom": "KEY"}), nil),
	})
	if err == nil || strings.Contains(err.Error(), "boom") || strings.Contains(got[0].Reason, "boom") {
		t.Errorf("got error %v and reason %q, want neither to show what the check knew", err, got[0].Reason)
	}
}
