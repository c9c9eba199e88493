package clauses

import (
	"strings"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/contract"
)

// FuzzEnvelope: whatever a target answers, the judgement of it ends, and says what was wanted.
func FuzzEnvelope(f *testing.F) {
	f.Add(422, "application/json", []byte(`{"error":{"code":422,"error_ref":13009,"message":"m","errors":{"session_hash":"x"}}}`))
	f.Add(404, "text/html; charset", []byte(`<html>`))
	f.Add(400, "", []byte(`{"error":{"code":4e2,"error_ref":null,"errors":[]}}`))
	f.Fuzz(func(t *testing.T, status int, mediaType string, body []byte) {
		p := &play{}
		ex := &contract.Exchange{Reply: contract.Reply{
			Outcome: contract.Failed, Status: status, Header: []contract.Field{{Name: "Content-Type", Value: mediaType}}, Body: body,
		}}
		p.judgeEnvelope(ex, 13009)
		p.judgeFieldNamed(ex, "session_hash")
		p.judgeJSONType(ex)
		for _, v := range p.violations {
			if v.Wanted == "" || strings.ContainsAny(v.Got, "\n\r") {
				t.Errorf("says %q and %q", v.Wanted, v.Got)
			}
		}
	})
}

// Run with -race: requests arrive side by side.
func TestAJudgeTakesManyRequestsAtOnce(t *testing.T) {
	c := newClient(t, "")
	var messages []*contract.Message
	for i := range 50 {
		d, err := c.suite.draft(&contract.Action{
			Kind: contract.Start, SessionID: guids(i), Nonce: guids(1000 + i), Order: 1, At: judgedAt, UGC: content(),
			Platform: "linux", Portal: "steam",
		})
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, d.finish())
	}
	var all sync.WaitGroup
	for worker := range 5 {
		all.Go(func() {
			for i := worker; i < len(messages); i += 5 {
				if got := c.judge.Judge(judgedAt, messages[i]); len(got) > 0 {
					t.Errorf("message %d: %+v", i, got)
				}
			}
		})
	}
	all.Wait()
}
