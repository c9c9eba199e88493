package broker

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestWhoGetsIn connects in every way that a broker may be asked to refuse, to every broker that is too lenient in one.
func TestWhoGetsIn(t *testing.T) {
	wrong, stranger := User{told.Name, "shut"}, User{"stranger", "shut"}
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
	}
	brokers := []struct {
		name  string
		allow Allow
		in    map[string]bool // besides the way that is right
	}{
		{"strict", Allow{}, nil},
		{"without tls", Allow{Plaintext: true}, map[string]bool{"plaintext": true}},
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
