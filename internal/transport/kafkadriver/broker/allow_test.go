package broker

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestWhoGetsIn connects in every way that a broker may be asked to refuse, to every broker that is too lenient in one.
func TestWhoGetsIn(t *testing.T) {
	wrong, stranger := User{Name: told.Name, Password: "shut"}, User{Name: "stranger", Password: "shut"}
	plain := User{Name: told.Name, Password: "shut", Plain: true}
	ways := []struct {
		name    string
		who     *User
		encrypt bool
	}{
		{"as told", &told, true},
		{"plaintext", &told, false},
		{"anonymous", nil, true},
		{"wrong password", &wrong, true},
		{"unknown user", &stranger, true},
		{"wrong password by plain", &plain, true},
		{"bare", nil, false},
	}
	brokers := []struct {
		name  string
		allow Allow
		in    map[string]bool // besides the way that is right
	}{
		{"strict", Allow{}, nil},
		{"without tls", Allow{Plaintext: true}, map[string]bool{"plaintext": true}},
		{"open", Allow{Plaintext: true, Anonymous: true}, map[string]bool{"plaintext": true, "anonymous": true, "bare": true}},
		{"without sasl by plaintext", Allow{Plaintext: true, Anonymous: true, OnlyPlaintext: true}, map[string]bool{"plaintext": true, "bare": true}},
		{"a password by plain", Allow{Logins: []User{plain}}, map[string]bool{"wrong password by plain": true}},
		{"without sasl", Allow{Anonymous: true}, map[string]bool{"anonymous": true}},
		{"a second user", Allow{Logins: []User{stranger}}, map[string]bool{"unknown user": true}},
		{"a second password", Allow{Logins: []User{wrong}}, map[string]bool{"wrong password": true, "anonymous": true}},
	}
	for _, b := range brokers {
		t.Run(b.name, func(t *testing.T) {
			cfg := config()
			cfg.Allow = b.allow
			broker := start(t, cfg)
			for _, w := range ways {
				t.Run(w.name, func(t *testing.T) {
					t.Parallel() // a refused client waits for its patience to end
					want := w.name == "as told" || b.in[w.name]
					if got := reaches(t, outsider(t, broker, w.who, w.encrypt)); got != want {
						t.Errorf("let in: %t, want %t", got, want)
					}
				})
			}
		})
	}
}

func TestAGateThatTires(t *testing.T) {
	g := newGate(Allow{Plaintext: true, Anonymous: true, After: 2})
	for i, want := range []bool{false, false, true, true} {
		bare, stranger, login := &entry{gate: g}, &entry{gate: g}, &entry{gate: g}
		if got := bare.unencrypted() == nil; got != want {
			t.Errorf("plaintext connection %d let in: %t, want %t", i, got, want)
		}
		if err := stranger.request(call{key: kmsg.ApiVersions}); err != nil {
			t.Errorf("the versions are asked for by everybody: %v", err)
		}
		if got := stranger.request(call{key: kmsg.Metadata}) == nil; got != want {
			t.Errorf("stranger %d let in: %t, want %t", i, got, want)
		}
		if first, then := login.request(call{key: kmsg.SASLAuthenticate}), login.request(call{key: kmsg.Metadata}); first != nil || then != nil {
			t.Errorf("who authenticates is let in: %v, %v", first, then)
		}
	}
}

func TestUnknownTopicIsCreatedOnlyWhereAllowed(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		cfg := config()
		cfg.Allow.UnknownTopic = allowed
		c := outsider(t, start(t, cfg), &told, true)
		err := c.ProduceSync(t.Context(), &kgo.Record{Topic: "unheard-of", Value: []byte("x")}).FirstErr()
		if (err == nil) != allowed {
			t.Errorf("with unknown topics allowed %t, producing to one gave: %v", allowed, err)
		}
	}
}
