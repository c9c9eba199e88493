package endpoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// Limits of SNS (A-S4).
const (
	maxEntries   = 10
	messageLimit = 256 << 10 // bytes, of one message and of all of a batch, attributes included
)

// Bounds of our own.
const (
	maxTopics        = 1000
	maxSubscriptions = 100  // of one topic
	maxWaiting       = 1000 // deliveries to one subscriber
)

// Config says what endpoint to make. AccessKeyID, SecretAccessKey, URL and Accept must be given.
type Config struct {
	Region          string          // default us-east-1
	Account         string          // 12 digits; default 123456789012
	Topics          []string        // names of topics that exist from the start
	AccessKeyID     string          // the one key that is let in
	SecretAccessKey string          // what it signs with
	URL             string          // of the endpoint as clients reach it, for the links in what is delivered
	Client          *http.Client    // what deliveries are made with; default one that gives an attempt 15 s
	Retries         []time.Duration // waits before further attempts; default 0.1, 0.4 and 1.6 s

	// Accept takes each message, as Body, before it is acknowledged. An error makes it fail with InternalError.
	Accept func(ctx context.Context, m *contract.Message) error

	// Disturb may make a call fail (entry -1) or one entry of a batch (counted from 0): the code that it returns, such
	// as Throttled or InternalError, is answered, and nothing is accepted. Empty, and nil, leave all as it is.
	Disturb func(action string, entry int) (code string)

	Wrong Wrong // what the endpoint does otherwise than SNS; nothing by default
}

// Wrong lists the ways in which an endpoint can be wrong on purpose. The zero value is right.
type Wrong struct {
	Unsigned          bool // requests without a signature are served
	AnySecret         bool // signatures are not looked at
	AnyAccessKey      bool // unknown access keys are let in, and their signatures not looked at
	AnyTopic          bool // topics that do not exist take messages
	NineEntries       bool // batches of ten entries are refused
	ManyEntries       bool // batches of more than ten entries are taken
	SameIDs           bool // entries of a batch may have one id
	AnySize           bool // nothing is too long
	SmallMessages     bool // messages above 64 KiB are refused
	EmptyMessages     bool // messages without a character are taken
	IllegalCharacters bool // characters outside XML 1.0 are taken
	HidesFailures     bool // entries that failed are told as successful
	ForgetsEntries    bool // the last of several entries is in neither list of the answer
	ForgetsFailures   bool // entries that failed are in neither list of the answer
	BlamesFirst       bool // an entry that failed is told as successful, and the first one as failed
	Acts              Code // what is refused with this code is published all the same
	Hides             Code // what is refused with this code is answered with status 200
}

func (c Config) complete() (Config, error) {
	c.Region = cmp.Or(c.Region, "us-east-1")
	c.Account = cmp.Or(c.Account, "123456789012")
	c.URL = strings.TrimRight(c.URL, "/")
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 15 * time.Second, Transport: http.DefaultTransport.(*http.Transport).Clone()} //nolint:forcetypeassert // net/http documents its type
	}
	if c.Retries == nil {
		c.Retries = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, 1600 * time.Millisecond}
	}
	if c.Disturb == nil {
		c.Disturb = func(string, int) string { return "" }
	}
	if c.AccessKeyID == "" || c.SecretAccessKey == "" || c.URL == "" || c.Accept == nil {
		return c, errors.New("make sns endpoint: want access key, secret, URL and Accept")
	}
	if i := slices.IndexFunc(c.Topics, func(name string) bool { return !topicName.MatchString(name) }); i >= 0 {
		return c, fmt.Errorf("make sns endpoint: topic %q, want 1 to 256 letters, digits, hyphens and underscores", c.Topics[i])
	}
	return c, nil
}

// ARN names the topic of this name.
func (c Config) ARN(topic string) string {
	return "arn:aws:sns:" + c.Region + ":" + c.Account + ":" + topic
}

// limit is how long a message may be, and all of a batch.
func (c Config) limit() int {
	switch {
	case c.Wrong.AnySize:
		return bodyLimit
	case c.Wrong.SmallMessages:
		return 64 << 10
	default:
		return messageLimit
	}
}
