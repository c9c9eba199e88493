package endpoint

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// topic is one topic. Endpoint.mu guards it, but for what never changes.
type topic struct {
	arn           string
	version       string // of its signatures: 1 or 2
	subscriptions []*subscription
	removed       int
}

// subscription is one subscriber of a topic.
type subscription struct {
	topic     *topic
	arn       string
	protocol  string
	url       string
	token     string
	raw       bool // delivered as it is, without an envelope
	confirmed bool
	queue     chan delivery
	gone      context.CancelFunc
}

// addTopic returns the topic of this name, a new one where there is none. The caller holds mu, or is New.
func (e *Endpoint) addTopic(name string) *topic {
	arn := e.cfg.ARN(name)
	if e.topics[arn] == nil {
		e.topics[arn] = &topic{arn: arn, version: "1"}
	}
	return e.topics[arn]
}

// lookup returns the topic of this ARN.
func (e *Endpoint) lookup(arn string) (*topic, *Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t := e.topics[arn]; t != nil {
		return t, nil
	}
	if !strings.HasPrefix(arn, "arn:aws:sns:") || strings.Count(arn, ":") != 5 {
		return nil, newError(invalidParameter, fmt.Sprintf("Invalid parameter: TopicArn %.300q", arn))
	}
	return nil, newError(notFound, "Topic does not exist")
}

// publishable is lookup for messages.
func (e *Endpoint) publishable(arn string) (*topic, *Error) {
	t, refused := e.lookup(arn)
	if refused != nil && e.cfg.Wrong.AnyTopic {
		return &topic{arn: arn, version: "1"}, nil
	}
	return t, refused
}

// createTopic is the action CreateTopic. Creating a topic again returns it.
func (e *Endpoint) createTopic(_ context.Context, form url.Values) (result, *Error) {
	name := form.Get("Name")
	if !topicName.MatchString(name) {
		return nil, newError(invalidParameter, "Invalid parameter: Topic Name")
	}
	version := attributeOf(form, "SignatureVersion")
	if version != "" && version != "1" && version != "2" {
		return nil, newError(invalidParameter, "Invalid parameter: SignatureVersion, want 1 or 2")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.topics) >= maxTopics && e.topics[e.cfg.ARN(name)] == nil {
		return nil, newError(topicLimit, fmt.Sprintf("there are %d topics, as many as may be", maxTopics))
	}
	t := e.addTopic(name)
	if version != "" {
		t.version = version
	}
	return createResult{TopicARN: t.arn}, nil
}

// attributeOf reads one attribute of a request; empty when it is not given.
func attributeOf(form url.Values, key string) string {
	for _, n := range members(form, "Attributes.entry.") {
		at := "Attributes.entry." + strconv.Itoa(n) + "."
		if form.Get(at+"key") == key {
			return form.Get(at + "value")
		}
	}
	return ""
}

// topicAttributes is the action GetTopicAttributes.
func (e *Endpoint) topicAttributes(_ context.Context, form url.Values) (result, *Error) {
	t, refused := e.lookup(form.Get("TopicArn"))
	if refused != nil {
		return nil, refused
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	confirmed := 0
	for _, s := range t.subscriptions {
		if s.confirmed {
			confirmed++
		}
	}
	return attributesResult{Attributes: []attribute{
		{"TopicArn", t.arn}, {"Owner", e.cfg.Account}, {"DisplayName", ""}, {"SignatureVersion", t.version},
		{"SubscriptionsConfirmed", strconv.Itoa(confirmed)},
		{"SubscriptionsPending", strconv.Itoa(len(t.subscriptions) - confirmed)},
		{"SubscriptionsDeleted", strconv.Itoa(t.removed)},
	}}, nil
}

// pending is what a subscription is called until it is confirmed.
const pending = "pending confirmation"

// subscribe is the action Subscribe: the subscriber is sent a token and hears nothing else until it brings it back.
func (e *Endpoint) subscribe(_ context.Context, form url.Values) (result, *Error) {
	t, refused := e.lookup(form.Get("TopicArn"))
	if refused != nil {
		return nil, refused
	}
	protocol, address := form.Get("Protocol"), form.Get("Endpoint")
	u, err := url.Parse(address)
	switch {
	case protocol != "http" && protocol != "https":
		return nil, newError(invalidParameter, fmt.Sprintf("Invalid parameter: protocol %.32q is not offered, want http or https", protocol))
	case err != nil || u.Scheme != protocol || u.Host == "":
		return nil, newError(invalidParameter, "Invalid parameter: Endpoint must match the specified protocol")
	}
	s, refused := e.subscription(t, protocol, address, attributeOf(form, "RawMessageDelivery") == "true")
	if refused != nil {
		return nil, refused
	}
	arn, confirmed := s.arn, e.isConfirmed(s)
	if !confirmed {
		e.enqueue(s, e.confirmation(s, time.Now()))
	}
	if !confirmed && form.Get("ReturnSubscriptionArn") != "true" {
		arn = pending
	}
	return subscribeResult{SubscriptionARN: arn}, nil
}

// subscription returns the topic's subscription to this address, a new one where there is none.
func (e *Endpoint) subscription(t *topic, protocol, address string, raw bool) (*subscription, *Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range t.subscriptions {
		if s.url == address {
			return s, nil
		}
	}
	if len(t.subscriptions) >= maxSubscriptions {
		return nil, newError(subscriptionLimit, fmt.Sprintf("the topic has %d subscriptions, as many as may be", maxSubscriptions))
	}
	s := &subscription{
		topic: t, arn: t.arn + ":" + newID(), protocol: protocol, url: address, raw: raw,
		token: strings.ReplaceAll(newID()+newID(), "-", ""), queue: make(chan delivery, maxWaiting),
	}
	life, gone := context.WithCancel(e.life)
	s.gone = gone
	t.subscriptions = append(t.subscriptions, s)
	e.working.Go(func() { e.serve(life, s) })
	return s, nil
}

func (e *Endpoint) isConfirmed(s *subscription) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return s.confirmed
}

// confirm is the action ConfirmSubscription.
func (e *Endpoint) confirm(_ context.Context, form url.Values) (result, *Error) {
	t, refused := e.lookup(form.Get("TopicArn"))
	if refused != nil {
		return nil, refused
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range t.subscriptions {
		if s.token == form.Get("Token") {
			s.confirmed = true
			return confirmResult{SubscriptionARN: s.arn}, nil
		}
	}
	return nil, newError(invalidParameter, "Invalid parameter: Token")
}

// unsubscribe is the action Unsubscribe. To unsubscribe again is no error.
func (e *Endpoint) unsubscribe(_ context.Context, form url.Values) (result, *Error) {
	arn := form.Get("SubscriptionArn")
	cut := strings.LastIndex(arn, ":")
	if cut < 0 {
		return nil, newError(invalidParameter, "Invalid parameter: SubscriptionArn")
	}
	t, refused := e.lookup(arn[:cut])
	if refused != nil {
		return nil, refused
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, s := range t.subscriptions {
		if s.arn == arn {
			s.gone()
			t.subscriptions = append(t.subscriptions[:i:i], t.subscriptions[i+1:]...)
			t.removed++
			break
		}
	}
	return unsubscribeResult{}, nil
}

// subscriptions is the action ListSubscriptionsByTopic. All fit on one page.
func (e *Endpoint) subscriptions(_ context.Context, form url.Values) (result, *Error) {
	t, refused := e.lookup(form.Get("TopicArn"))
	if refused != nil {
		return nil, refused
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var list listResult
	for _, s := range t.subscriptions {
		arn := s.arn
		if !s.confirmed {
			arn = "PendingConfirmation"
		}
		list.Subscriptions = append(list.Subscriptions, listedSubscription{arn, e.cfg.Account, s.protocol, s.url, t.arn})
	}
	return list, nil
}
