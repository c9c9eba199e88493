package reference

import (
	"github.com/passmuster/muster/internal/target"
)

const (
	ingressTopic    = "events"   // where clients produce
	acceptedTopic   = "accepted" // where every accepted event ends, keyed by its id
	partitions      = 4
	username        = "game"
	mechanism       = "scram-sha-256"
	insightsPath    = "/insights"
	referenceTarget = "reference"
)

// describe returns the target that a server with these addresses and credentials is.
func describe(opts Options, c credentials, baseURL, kafkaAddr string, caPEM []byte) *target.Target {
	topic := func(name string) *target.Kafka {
		return &target.Kafka{
			Brokers: []string{kafkaAddr},
			Topic:   name,
			TLS:     &target.TLS{CA: caPEM},
			SASL:    &target.SASL{Mechanism: mechanism, Username: username, Password: c.password},
		}
	}
	described := &target.Target{
		Version: 1,
		Name:    referenceTarget,
		Playtime: &target.Playtime{
			BaseURL:      baseURL,
			AccessTokens: c.tokens,
			MetricsKey:   c.metricsKey,
			APIKey:       c.gameKey,
			Insights:     &target.Insights{URL: baseURL + insightsPath},
		},
		Ingest: &target.Ingest{
			CartridgeTag: opts.CartridgeTag,
			HTTP:         &target.HTTP{BaseURL: baseURL, APIKey: c.apiKey},
			Kafka:        topic(ingressTopic),
			SNS: &target.SNS{
				TopicARN: "arn:aws:sns:" + snsRegion + ":" + snsAccount + ":" + ingressTopic, Region: snsRegion,
				EndpointURL: baseURL + snsPath, Credentials: &c.aws,
			},
			Readback: &target.Readback{Kafka: topic(acceptedTopic)},
		},
	}
	if opts.AWS != nil {
		described.Ingest.SNS.Credentials = opts.AWS
	}
	described.Load.Allowed = true
	return described
}
