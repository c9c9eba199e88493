package broker

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func several() *passwords {
	return &passwords{user: "game", each: []string{"one", "two"}, begun: map[string]string{}}
}

func say(p *passwords, text string) (string, error) {
	req := kmsg.NewPtrSASLAuthenticateRequest()
	req.SASLAuthBytes = []byte(text)
	resp, err := p.answer(req)
	if err != nil {
		return "", err
	}
	return string(resp.(*kmsg.SASLAuthenticateResponse).SASLAuthBytes), nil
}

func TestExchangesUnderWayAreBounded(t *testing.T) {
	p := several()
	for range maxBegun + 10 {
		if _, err := say(p, "n,,n=game,r=nonce"); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.begun) > maxBegun {
		t.Errorf("%d exchanges are under way, want at most %d", len(p.begun), maxBegun)
	}
}

// FuzzPasswords says anything as a final message: without the proof, nobody gets in.
func FuzzPasswords(f *testing.F) {
	f.Add("n,,n=game,r=nonce", "c=biws,r=NONCE,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	f.Add("n,,n=other,r=nonce", "c=biws,r=,p=")
	f.Add("n,,n=game,r=,s=,i=", "c=biws,r=NONCE,p=NONCE")
	f.Fuzz(func(t *testing.T, first, final string) {
		p := several()
		said, err := say(p, first)
		if err != nil {
			return
		}
		nonce, _, _ := strings.Cut(strings.TrimPrefix(said, "r="), ",s=")
		if said, err := say(p, strings.ReplaceAll(final, "NONCE", nonce)); err == nil && strings.HasPrefix(said, "v=") {
			t.Errorf("%q and %q were let in", first, final)
		}
	})
}
