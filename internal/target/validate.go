package target

import (
	"math"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/passmuster/muster/internal/strict"
)

// Mechanism is the one SASL mechanism that the ingest contract knows.
const Mechanism = "scram-sha-256"

var (
	nameForm  = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)
	topicForm = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)
	arnForm   = regexp.MustCompile(`^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$`)
)

// validate reports everything that names and types do not say.
func (d *decoder) validate() {
	t := d.target
	if t.Version != Version {
		d.Fault("version", "want %d, got %d", Version, t.Version)
	}
	if !nameForm.MatchString(t.Name) || len(t.Name) > 64 {
		d.Fault("name", "want lower-case letters and digits, joined by dots, hyphens or underscores, at most 64, got %s", d.shown("name"))
	}
	if !(t.Load.MaxRate >= 0) || math.IsInf(t.Load.MaxRate, 0) {
		d.Fault("load.max_rate", "want actions per second, at least 0, got %v", t.Load.MaxRate)
	}
	if t.Playtime != nil {
		d.playtime(t.Playtime)
	}
	if t.Ingest != nil {
		d.ingest(t.Ingest)
	}
	d.rulings(t.Rulings)
}

func (d *decoder) playtime(p *Playtime) {
	d.baseURL("playtime.base_url", &p.BaseURL)
	d.tokens(p)
	d.secret("playtime.metrics_key", p.MetricsKey, "the key that signs sessions")
	if d.Written("playtime.api_key") != "" {
		d.secret("playtime.api_key", p.APIKey, "the key of the game, or no api_key")
	}
	if p.Insights != nil {
		d.address("playtime.insights.url", p.Insights.URL)
	}
}

func (d *decoder) ingest(in *Ingest) {
	d.text("ingest.cartridge_tag", in.CartridgeTag, "the tag that events of the game carry")
	if in.HTTP == nil && in.Kafka == nil && in.SNS == nil {
		d.Fault("ingest", "no door for events is given; want at least one of http, kafka and sns")
	}
	if in.HTTP != nil {
		d.baseURL("ingest.http.base_url", &in.HTTP.BaseURL)
		d.secret("ingest.http.api_key", in.HTTP.APIKey, "the key that senders show")
	}
	if in.Kafka != nil {
		d.kafka("ingest.kafka", in.Kafka)
	}
	if in.SNS != nil {
		d.sns("ingest.sns", in.SNS)
	}
	if in.Readback != nil {
		d.readback("ingest.readback", in.Readback)
	}
}

func (d *decoder) readback(path string, r *Readback) {
	if (r.Kafka == nil) == (r.HTTP == nil) {
		d.Fault(path, "want exactly one of kafka and http")
	}
	if r.Kafka != nil {
		d.kafka(strict.Join(path, "kafka"), r.Kafka)
	}
	if r.HTTP != nil {
		d.address(strict.Join(path, "http.url"), r.HTTP.URL)
	}
}

func (d *decoder) kafka(path string, k *Kafka) {
	brokers, topic := strict.Join(path, "brokers"), strict.Join(path, "topic")
	if len(k.Brokers) == 0 {
		d.Fault(brokers, "want at least one broker as host:port")
	}
	for i, broker := range k.Brokers {
		at := strict.Index(brokers, i)
		if host, port, err := net.SplitHostPort(broker); err != nil || !isHost(host) || !isPort(port) {
			d.Fault(at, "want host:port, such as broker.example:9092, got %s", d.shown(at))
		}
	}
	if !topicForm.MatchString(k.Topic) || k.Topic == "." || k.Topic == ".." {
		d.Fault(topic, "want a topic of at most 249 letters, digits, dots, hyphens and underscores, got %s", d.shown(topic))
	}
	if k.TLS != nil {
		d.authority(strict.Join(path, "tls.ca_file"), k.TLS)
	}
	if k.SASL != nil {
		d.sasl(strict.Join(path, "sasl"), k.SASL)
	}
}

func (d *decoder) sasl(path string, s *SASL) {
	if mechanism := strict.Join(path, "mechanism"); s.Mechanism != Mechanism {
		d.Fault(mechanism, "want %s, got %s", Mechanism, d.shown(mechanism))
	}
	d.text(strict.Join(path, "username"), s.Username, "who the client is")
	d.secret(strict.Join(path, "password"), s.Password, "the password of that user")
}

func (d *decoder) sns(path string, s *SNS) {
	arn, region := strict.Join(path, "topic_arn"), strict.Join(path, "region")
	parts := arnForm.FindStringSubmatch(s.TopicARN)
	if parts == nil {
		d.Fault(arn, "want arn:aws:sns:REGION:ACCOUNT:TOPIC with an account of 12 digits, got %s", d.shown(arn))
	}
	if s.Region == "" || parts != nil && s.Region != parts[1] {
		d.Fault(region, "want the region of topic_arn, got %s", d.shown(region))
	}
	if s.EndpointURL != "" {
		d.address(strict.Join(path, "endpoint_url"), s.EndpointURL)
	}
}

// baseURL takes an address that paths are appended to; slashes at its end are dropped.
func (d *decoder) baseURL(path string, u *string) {
	*u = strings.TrimRight(*u, "/")
	d.address(path, *u)
}

// address reports what is no absolute HTTP address, or one with parts that a target's has no use for.
func (d *decoder) address(path, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", !isHost(u.Hostname()), u.Port() != "" && !isPort(u.Port()):
		d.Fault(path, "want an absolute URL such as https://host:port/path, got %s", d.shown(path))
	case u.User != nil:
		d.Fault(path, "want a URL without user and password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		d.Fault(path, "want a URL without ? and #, got %s", d.shown(path))
	}
}

// text reports what is empty, or more than one line.
func (d *decoder) text(path, s, what string) {
	if strings.TrimSpace(s) == "" || strings.ContainsFunc(s, unicode.IsControl) {
		d.Fault(path, "want %s, got %s", what, d.shown(path))
	}
}

// secret is text for what must not be shown.
func (d *decoder) secret(path string, s Secret, what string) {
	switch {
	case strings.TrimSpace(s.Reveal()) == "":
		d.Fault(path, "want %s, got nothing", what)
	case strings.ContainsFunc(s.Reveal(), unicode.IsControl):
		d.Fault(path, "want %s on one line, without control characters", what)
	}
}

// shown quotes the value at path as the file has it: the reference, and not what the environment holds. What may have
// a password in it is not shown at all.
func (d *decoder) shown(path string) string {
	switch written := d.Written(path); {
	case written == "":
		return "nothing"
	case strings.Contains(written, "@"):
		return "something with an @ in it"
	default:
		return strict.Show(written)
	}
}

// isHost tells whether a host was given, by name or by address; whether it exists is for the connection to find out.
func isHost(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`/,@\`, r) })
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}
