package playtime

import (
	"slices"
	"sync"
	"testing"

	"github.com/passmuster/muster/fixtures"
)

func TestSessionHashMakesTheKnownAnswers(t *testing.T) {
	vectors, err := fixtures.SessionHashVectors()
	if err != nil || len(vectors) == 0 {
		t.Fatalf("read vectors: %d, %v", len(vectors), err)
	}
	for _, v := range vectors {
		ids := v.IDs
		if v.Use == "beat" {
			ids = nil
		}
		made := SessionHash(v.Key, ids, v.TS, v.SessionID, v.Nonce)
		if (made == v.Hash) != (v.Result == "valid") {
			t.Errorf("vector %d (%s) is %s: made %s, vector has %s", v.ID, v.Comment, v.Result, made, v.Hash)
		}
		reused := NewSigner(v.Key)
		reused.AppendHash(nil, []int64{9}, "1", "left over", "x")
		if got := reused.AppendHash([]byte("="), ids, v.TS, v.SessionID, v.Nonce); string(got) != "="+made {
			t.Errorf("vector %d (%s): signer appends %s, SessionHash makes %s", v.ID, v.Comment, got, made)
		}
	}
}

// The negative vectors come from outside; this shows that each is what its comment says, and not a typing error.
func TestInvalidVectorsAreTheMistakesTheyName(t *testing.T) {
	const tail = "1721714604802bf7a0136-0087-4a77-8f10-d1f57089770a13d7b51e-4183-4390-8c4e-cb028027ff9a"
	const key = "982dcdd0-3802-4f1f-87b0-e32b06481f27"
	mistakes := []string{Sign(key, "12345"+tail), Sign(key, "[1,2,3,4,5]"+tail), Sign("1,2,3,4,5"+tail, key)}
	vectors, err := fixtures.SessionHashVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if v.Result == "invalid" && !slices.Contains(mistakes, v.Hash) {
			t.Errorf("vector %d (%s): hash is not that mistake", v.ID, v.Comment)
		}
	}
}

func TestSignerIsSafeForConcurrentUse(t *testing.T) {
	s := NewSigner("key")
	var all sync.WaitGroup
	for player := range int64(8) {
		all.Go(func() {
			want := SessionHash("key", []int64{player}, "1721714604", "session", "nonce")
			for range 200 {
				if got := s.AppendHash(nil, []int64{player}, "1721714604", "session", "nonce"); string(got) != want {
					t.Errorf("player %d: got %s, want %s", player, got, want)
					return
				}
			}
		})
	}
	all.Wait()
}
