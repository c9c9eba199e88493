//go:build integration

package kafka

import (
	"context"
	"strings"
	"testing"
)

// TestClientsHearWhyTheyAreTurnedDown gives every client a wrong password, a topic that does not exist, and a record
// that is too large, and expects it to name the reason in its own words: not a broken link, not a passing fault.
func TestClientsHearWhyTheyAreTurnedDown(t *testing.T) {
	wrongPassword := func(j *job) { j.Password += "x" }
	unknownTopic := func(j *job) { j.Topic = "unheard-of" }
	tooLarge := func(j *job) { j.Calls[0][0].Value = `{"pad":"` + strings.Repeat("x", 1_100_000) + `"}` }
	for _, tc := range []struct {
		client string
		wrong  string
		change func(*job)
		says   map[string]string // by door
	}{
		{"kafkajs", "password", wrongPassword, both("KafkaJSSASLAuthenticationError")},
		{"kcat", "password", wrongPassword, both("SASL authentication error")},
		{"sarama", "password", wrongPassword, both("SASL Authentication failed")},
		{"segmentio", "password", wrongPassword, both("SASL Authentication Failed")},
		{"confluent", "password", wrongPassword, both("SASL authentication error")},
		{"kafkajs", "topic", unknownTopic, map[string]string{"reference": "UNKNOWN_TOPIC_OR_PARTITION", "apache": "TOPIC_AUTHORIZATION_FAILED"}},
		{"kcat", "topic", unknownTopic, map[string]string{"reference": "Unknown topic", "apache": "Topic authorization failed"}},
		{"sarama", "topic", unknownTopic, map[string]string{"reference": "does not exist", "apache": "not authorized to access this topic"}},
		{"segmentio", "topic", unknownTopic, both("Unknown Topic")},
		{"confluent", "topic", unknownTopic, map[string]string{"reference": "Unknown topic", "apache": "Topic authorization failed"}},
		{"kafkajs", "size", tooLarge, both("MESSAGE_TOO_LARGE")},
		{"kcat", "size", tooLarge, both("Message size too large")},
		{"sarama", "size", tooLarge, both("Message was too large")},
		{"segmentio", "size", tooLarge, both("Message Size Too Large")},
		{"confluent", "size", tooLarge, both("Message size too large")},
	} {
		for _, d := range doors {
			t.Run(d.name+"/"+tc.client+"/"+tc.wrong, func(t *testing.T) {
				t.Parallel() // some retry until they give up
				says := tc.says[d.name]
				if d.name == "apache" && tc.client == "kcat" && kcatRepeatsNonce(t) {
					says = "SASL authentication error" // it gets no further, whatever else is wrong
				}
				j := d.job(events(d, 1))
				tc.change(&j)
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				r, err := named(tc.client).produce(ctx, j)
				if err != nil {
					t.Fatal(err)
				}
				if r.Sent != 0 || !strings.Contains(r.Error, says) {
					t.Errorf("%d events acknowledged, and it says %q; want none and %q", r.Sent, r.Error, says)
				}
			})
		}
	}
}

func both(says string) map[string]string { return map[string]string{"reference": says, "apache": says} }

func named(name string) client {
	for _, c := range clients() {
		if c.name == name {
			return c
		}
	}
	panic("no client is called " + name)
}
