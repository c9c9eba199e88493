package endpoint

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// delivery is one message on its way to a subscriber.
type delivery struct {
	envelope Envelope
	raw      bool
}

// notify queues a message for every confirmed subscriber of its topic. A subscriber that is too slow misses it.
func (e *Endpoint) notify(t *topic, id string, p publication) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range t.subscriptions {
		if s.confirmed {
			e.enqueue(s, e.notification(s, id, p, time.Now()))
		}
	}
}

func (e *Endpoint) enqueue(s *subscription, d delivery) {
	select {
	case s.queue <- d:
	default:
		e.counts.dropped.Add(1)
	}
}

// serve delivers to one subscriber, one message after the other, until it has gone.
func (e *Endpoint) serve(life context.Context, s *subscription) {
	for {
		select {
		case <-life.Done():
			return
		case d := <-s.queue:
			switch {
			case e.deliver(life, s, d):
				e.counts.delivered.Add(1)
			case life.Err() == nil: // who has gone meanwhile is owed nothing
				e.counts.undelivered.Add(1)
			}
		}
	}
}

// deliver tries until the subscriber takes it, or as often as may be.
func (e *Endpoint) deliver(life context.Context, s *subscription, d delivery) bool {
	body, err := []byte(d.envelope.Message), error(nil)
	if !d.raw {
		body, err = e.encode(d.envelope, e.versionOf(s.topic))
	}
	if err != nil {
		return false
	}
	for attempt := 0; ; attempt++ {
		if e.attempt(life, s, d, body) == nil {
			return true
		}
		if attempt == len(e.cfg.Retries) {
			return false
		}
		wait := time.NewTimer(e.cfg.Retries[attempt])
		select {
		case <-life.Done():
			wait.Stop()
			return false
		case <-wait.C:
		}
	}
}

func (e *Endpoint) versionOf(t *topic) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return t.version
}

// attempt posts once. Only a 2xx takes the message.
func (e *Endpoint) attempt(life context.Context, s *subscription, d delivery, body []byte) error {
	req, err := http.NewRequestWithContext(life, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("deliver to %s: %w", s.url, err)
	}
	v := &d.envelope
	for name, value := range map[string]string{
		"x-amz-sns-message-type": v.Type, "x-amz-sns-message-id": v.MessageID, "x-amz-sns-topic-arn": v.TopicARN,
		"Content-Type": "text/plain; charset=UTF-8", "User-Agent": "Amazon Simple Notification Service Agent",
	} {
		req.Header.Set(name, value)
	}
	if v.Type == typeNotification {
		req.Header.Set("x-amz-sns-subscription-arn", s.arn)
	}
	if d.raw {
		req.Header.Set("x-amz-sns-rawdelivery", "true")
	}
	resp, err := e.cfg.Client.Do(req)
	if err != nil {
		return fmt.Errorf("deliver to %s: %w", s.url, err)
	}
	defer func() { _ = resp.Body.Close() }() // what is in it does not matter
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("deliver to %s: status %d", s.url, resp.StatusCode)
	}
	return nil
}
