// Package target holds the target file: what a named implementation under test offers and how to reach it.
//
// Bytes of YAML and an environment flow in, a Target flows out, or every fault of the file at once. Secrets are given
// by reference (${NAME}) and kept in the type Secret, which no text form ever shows. The package imports
// internal/strict only.
package target

// Target is a named implementation under test. A section that is nil is a capability that is not claimed.
type Target struct {
	Version  int            `yaml:"version" json:"version"`
	Name     string         `yaml:"name" json:"name"`
	Load     Leave          `yaml:"load,omitempty" json:"load"`
	Playtime *Playtime      `yaml:"playtime,omitempty" json:"playtime,omitempty"`
	Ingest   *Ingest        `yaml:"ingest,omitempty" json:"ingest,omitempty"`
	Rulings  map[string]any `yaml:"rulings,omitempty" json:"rulings,omitempty"` // what the documents leave open, by name
}

// Leave is the owner's leave to be loaded. Off loopback nothing is loaded without it.
type Leave struct {
	Allowed bool    `yaml:"allowed,omitempty" json:"allowed"`
	MaxRate float64 `yaml:"max_rate,omitempty" json:"max_rate"` // actions per second; 0 is no limit
}

// Playtime is the playtime section.
type Playtime struct {
	BaseURL          string    `yaml:"base_url" json:"base_url"`
	AccessTokens     []Secret  `yaml:"access_tokens,omitempty" json:"access_tokens,omitempty"` // one per user
	AccessTokensFile string    `yaml:"access_tokens_file,omitempty" json:"access_tokens_file,omitempty"`
	MetricsKey       Secret    `yaml:"metrics_key" json:"metrics_key"`
	APIKey           Secret    `yaml:"api_key,omitempty" json:"api_key,omitempty"` // of the game; SDKs send it beside the token
	Insights         *Insights `yaml:"insights,omitempty" json:"insights,omitempty"`
}

// Insights says where the five insights are served as JSON.
type Insights struct {
	URL string `yaml:"url" json:"url"`
}

// Ingest is the ingest section.
type Ingest struct {
	CartridgeTag string    `yaml:"cartridge_tag" json:"cartridge_tag"`
	HTTP         *HTTP     `yaml:"http,omitempty" json:"http,omitempty"`
	Kafka        *Kafka    `yaml:"kafka,omitempty" json:"kafka,omitempty"`
	SNS          *SNS      `yaml:"sns,omitempty" json:"sns,omitempty"`
	Readback     *Readback `yaml:"readback,omitempty" json:"readback,omitempty"`
}

// HTTP is the door for events by HTTP POST.
type HTTP struct {
	BaseURL string `yaml:"base_url" json:"base_url"`
	APIKey  Secret `yaml:"api_key" json:"api_key"`
}

// Kafka is a topic and how to reach it. A nil TLS is a plaintext connection, a nil SASL no authentication.
type Kafka struct {
	Brokers []string `yaml:"brokers" json:"brokers"`
	Topic   string   `yaml:"topic" json:"topic"`
	TLS     *TLS     `yaml:"tls,omitempty" json:"tls,omitempty"`
	SASL    *SASL    `yaml:"sasl,omitempty" json:"sasl,omitempty"`
}

// TLS says whom to trust. With no CA the system's roots are used.
type TLS struct {
	CAFile     string `yaml:"ca_file,omitempty" json:"ca_file,omitempty"`         // PEM, relative to the target file
	ServerName string `yaml:"server_name,omitempty" json:"server_name,omitempty"` // expected in the certificate; default the broker's host
	CA         []byte `yaml:"-" json:"-"`                                         // the PEM itself, read from CAFile
}

// SASL is who the client is.
type SASL struct {
	Mechanism string `yaml:"mechanism" json:"mechanism"` // scram-sha-256
	Username  string `yaml:"username" json:"username"`
	Password  Secret `yaml:"password" json:"password"`
}

// SNS is a topic of AWS SNS. Credentials come from the AWS default chain.
type SNS struct {
	TopicARN    string `yaml:"topic_arn" json:"topic_arn"`
	Region      string `yaml:"region" json:"region"`
	EndpointURL string `yaml:"endpoint_url,omitempty" json:"endpoint_url,omitempty"`

	Credentials *AWSCredentials `yaml:"-" json:"-"` // in place of the chain, within one process; no file can give them
}

// AWSCredentials are one access key.
type AWSCredentials struct {
	AccessKeyID     string
	SecretAccessKey Secret
}

// Readback says where every accepted event can be seen; exactly one of the two is given.
type Readback struct {
	Kafka *Kafka        `yaml:"kafka,omitempty" json:"kafka,omitempty"`
	HTTP  *ReadbackHTTP `yaml:"http,omitempty" json:"http,omitempty"`
}

// ReadbackHTTP serves accepted events as newline-delimited JSON; ?id=X selects one.
type ReadbackHTTP struct {
	URL string `yaml:"url" json:"url"`
}

// Capabilities returns the names of what the target claims, in the words of contract.Capability.
func (t *Target) Capabilities() []string {
	var claimed []string
	add := func(has bool, name string) {
		if has {
			claimed = append(claimed, name)
		}
	}
	add(t.Playtime != nil, "playtime")
	add(t.Playtime != nil && t.Playtime.Insights != nil, "playtime.insights")
	if in := t.Ingest; in != nil {
		add(in.HTTP != nil, "ingest.http")
		add(in.Kafka != nil, "ingest.kafka")
		add(in.SNS != nil, "ingest.sns")
		add(in.Readback != nil, "ingest.readback")
	}
	return claimed
}
