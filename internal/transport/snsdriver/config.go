package snsdriver

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Defaults of Config.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultLinger      = 5 * time.Millisecond
	DefaultMaxBuffered = 10_000
	DefaultConnections = 64
)

// Config says where messages go and how. The zero value of every member but SNS is useful.
type Config struct {
	SNS         target.SNS
	Departure   contract.Departure // one deliberate way to call otherwise than SNS says
	Timeout     time.Duration      // from Send to the answer; default 10 s
	Linger      time.Duration      // how long a message waits for company; default 5 ms, negative for not at all
	MaxBuffered int                // most messages that wait or are on their way; default 10000
	Connections int                // most calls at a time, and idle connections kept; default 64
}

// complete fills the defaults in.
func (c Config) complete() (Config, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Linger = cmp.Or(c.Linger, DefaultLinger)
	c.MaxBuffered = cmp.Or(c.MaxBuffered, DefaultMaxBuffered)
	c.Connections = cmp.Or(c.Connections, DefaultConnections)
	switch {
	case c.SNS.TopicARN == "" || c.SNS.Region == "":
		return c, fmt.Errorf("open sns driver: topic %q in region %q, want both", c.SNS.TopicARN, c.SNS.Region)
	case c.Timeout < 0:
		return c, fmt.Errorf("open sns driver: timeout %v, want more than 0", c.Timeout)
	case c.MaxBuffered < 0:
		return c, fmt.Errorf("open sns driver: %d buffered messages, want at least 1", c.MaxBuffered)
	case c.Connections < 0:
		return c, fmt.Errorf("open sns driver: %d connections, want at least 1", c.Connections)
	}
	return c.depart()
}

// connect makes the SDK's client. Its connections end with life.
//
// The SDK is first given an HTTP client of its own making: it is the only kind into which it can put the authorities of
// AWS_CA_BUNDLE, and with any other kind it fails where that is set. The transport so configured is then used by ours.
func (c Config) connect(ctx, life context.Context) (*sns.Client, *wire, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	bundled := awshttp.NewBuildableClient()
	options := []func(*config.LoadOptions) error{config.WithRegion(c.SNS.Region), config.WithHTTPClient(bundled)}
	if loopback(c.SNS.EndpointURL) { // no machine asks a service on loopback who it is itself
		options = append(options, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	}
	if own := c.SNS.Credentials; own != nil {
		options = append(options, config.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(own.AccessKeyID, own.SecretAccessKey.Reveal(), "")))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, nil, fmt.Errorf("open sns driver: read the configuration of aws: %w", err)
	}
	if with, is := loaded.HTTPClient.(*awshttp.BuildableClient); is {
		bundled = with
	}
	w := newWire(life, bundled.GetTransport(), c)
	loaded.Credentials = c.departing(loaded.Credentials)
	return sns.NewFromConfig(loaded, func(o *sns.Options) {
		o.HTTPClient = w
		o.Retryer = aws.NopRetryer{}
		if c.SNS.EndpointURL != "" {
			o.BaseEndpoint = aws.String(c.SNS.EndpointURL)
		}
	}), w, nil
}

// loopback tells whether an address is surely on this machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	if strings.EqualFold(u.Hostname(), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.Unmap().IsLoopback()
}
