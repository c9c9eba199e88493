package catalog

import (
	"fmt"
	"strings"

	"github.com/passmuster/muster/internal/target"
)

// Secrets returns every secret of t with the name of the variable that stands for it in evidence.
func Secrets(t *target.Target) map[string]string {
	names := map[string]string{}
	put := func(s target.Secret, name string) {
		if s != "" {
			names[s.Reveal()] = name
		}
	}
	if p := t.Playtime; p != nil {
		for i, token := range p.AccessTokens {
			put(token, fmt.Sprintf("ACCESS_TOKEN_%d", i+1))
		}
		put(p.MetricsKey, "METRICS_KEY")
		put(p.APIKey, "GAME_KEY")
	}
	if in := t.Ingest; in != nil {
		if in.HTTP != nil {
			put(in.HTTP.APIKey, "API_KEY")
		}
		kafkaSecrets(in.Kafka, "KAFKA", put)
		if in.SNS != nil && in.SNS.Credentials != nil {
			put(in.SNS.Credentials.SecretAccessKey, "AWS_SECRET_ACCESS_KEY")
		}
		if in.Readback != nil {
			kafkaSecrets(in.Readback.Kafka, "READBACK", put)
		}
	}
	return names
}

func kafkaSecrets(k *target.Kafka, prefix string, put func(target.Secret, string)) {
	if k != nil && k.SASL != nil {
		put(k.SASL.Password, prefix+"_PASSWORD")
	}
}

// BaseVariable names the variable that stands for the base URL of an operation in evidence, such as PLAYTIME_URL.
func BaseVariable(operation string) string {
	name, _, _ := strings.Cut(operation, ".")
	return strings.ToUpper(name) + "_URL"
}
