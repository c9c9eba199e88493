package target

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDescriptionCountsTokensAndHoldsNoSecret(t *testing.T) {
	full := &Target{
		Version: 1, Name: "acme",
		Playtime: &Playtime{BaseURL: "http://127.0.0.1:1", AccessTokens: []Secret{"t0ken-1", "t0ken-2"}, MetricsKey: "k3y"},
		Ingest:   &Ingest{CartridgeTag: "zeeverse", Kafka: &Kafka{SASL: &SASL{Username: "game", Password: "p4ss"}}},
	}
	text, err := full.Describe()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"t0ken", "k3y", "p4ss"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the description shows %s: %s", secret, text)
		}
	}
	var got struct {
		Name     string `json:"name"`
		Tokens   int    `json:"access_tokens"`
		Playtime struct {
			BaseURL string `json:"base_url"`
		} `json:"playtime"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "acme" || got.Tokens != 2 || got.Playtime.BaseURL != "http://127.0.0.1:1" {
		t.Errorf("got %+v from %s", got, text)
	}
	if len(full.Playtime.AccessTokens) != 2 {
		t.Error("describing a target took its tokens away")
	}
}
