package apachekafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

const (
	createWithin = 10 * time.Second
	idle         = 15 * time.Minute      // how long the admin's connections may lie unused
	seenEvery    = 20 * time.Millisecond // between two looks for a topic that was just made
)

// Topic is a topic to make.
type Topic struct {
	Name       string
	Partitions int32
	Config     map[string]string   // such as cleanup.policy
	Game       []kmsg.ACLOperation // what the game may do; everything else is refused
}

// adminOptions are those of the admin's client. It goes straight to the broker, whatever address others are told.
func adminOptions(s *Server) []kgo.Opt {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.ca)
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	return []kgo.Opt{
		kgo.SeedBrokers(s.addr),
		kgo.ClientID("muster-admin"),
		kgo.Dialer(func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, s.addr)
		}),
		kgo.ConnIdleTimeout(idle),
		kgo.SASL(scram.Auth{User: s.admin.Name, Pass: s.admin.Password}.AsSha256Mechanism()),
		kgo.DisableClientMetrics(),
	}
}

// AddTopic grants, makes the topic and returns once clients can see it. Grants come first, since the broker learns of
// both in the order in which they were made.
func (s *Server) AddTopic(ctx context.Context, t Topic) error {
	ctx, cancel := context.WithTimeout(ctx, createWithin)
	defer cancel()
	if err := s.grant(ctx, t); err != nil {
		return err
	}
	made := kmsg.NewCreateTopicsRequestTopic()
	made.Topic, made.NumPartitions, made.ReplicationFactor = t.Name, t.Partitions, 1
	for name, value := range t.Config {
		c := kmsg.NewCreateTopicsRequestTopicConfig()
		c.Name, c.Value = name, kmsg.StringPtr(value)
		made.Configs = append(made.Configs, c)
	}
	req := kmsg.NewPtrCreateTopicsRequest()
	req.Topics = append(req.Topics, made)
	resp, err := req.RequestWith(ctx, s.client)
	if err == nil {
		err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("make topic %s: %w", t.Name, err)
	}
	return s.seen(ctx, t.Name)
}

// grant lets the game do in a topic what is listed.
func (s *Server) grant(ctx context.Context, t Topic) error {
	if len(t.Game) == 0 {
		return nil
	}
	req := kmsg.NewPtrCreateACLsRequest()
	for _, operation := range t.Game {
		acl := kmsg.NewCreateACLsRequestCreation()
		acl.ResourceType, acl.ResourceName, acl.ResourcePatternType = kmsg.ACLResourceTypeTopic, t.Name, kmsg.ACLResourcePatternTypeLiteral
		acl.Principal, acl.Host, acl.Operation, acl.PermissionType = "User:"+s.game.Name, "*", operation, kmsg.ACLPermissionTypeAllow
		req.Creations = append(req.Creations, acl)
	}
	resp, err := req.RequestWith(ctx, s.client)
	if err != nil {
		return fmt.Errorf("grant on topic %s: %w", t.Name, err)
	}
	for _, r := range resp.Results {
		if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
			return fmt.Errorf("grant on topic %s: %w", t.Name, err)
		}
	}
	return nil
}

// seen waits until the broker knows the topic, which it hears of from its controller.
func (s *Server) seen(ctx context.Context, name string) error {
	for {
		req := kmsg.NewPtrMetadataRequest()
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, topic)
		resp, err := req.RequestWith(ctx, s.client)
		if err == nil && len(resp.Topics) == 1 && resp.Topics[0].ErrorCode == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("make topic %s: not seen: %w", name, ctx.Err())
		case <-time.After(seenEvery):
		}
	}
}

// DeleteTopic deletes a topic.
func (s *Server) DeleteTopic(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, createWithin)
	defer cancel()
	req := kmsg.NewPtrDeleteTopicsRequest()
	topic := kmsg.NewDeleteTopicsRequestTopic()
	topic.Topic = kmsg.StringPtr(name)
	req.Topics, req.TopicNames = append(req.Topics, topic), []string{name}
	resp, err := req.RequestWith(ctx, s.client)
	if err == nil {
		err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	}
	if err != nil {
		return fmt.Errorf("delete topic %s: %w", name, err)
	}
	return nil
}
