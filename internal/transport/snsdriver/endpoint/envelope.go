package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

// Envelope is what a subscriber is sent, members in the order of SNS. One of the two types has the members that the
// other leaves out.
type Envelope struct {
	Type              string // SubscriptionConfirmation or Notification
	MessageID         string `json:"MessageId"`
	Token             string `json:",omitempty"`
	TopicARN          string `json:"TopicArn"`
	Subject           string `json:",omitempty"`
	Message           string
	SubscribeURL      string `json:",omitempty"`
	Timestamp         string
	SignatureVersion  string
	Signature         string
	SigningCertURL    string
	UnsubscribeURL    string                      `json:",omitempty"`
	MessageAttributes map[string]messageAttribute `json:",omitempty"`
}

// Signed is the text that the signature is made over: the members that the type has, by name, each name and value on a
// line of its own.
func (v *Envelope) Signed() []byte {
	var b bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&b, "%s\n%s\n", name, value) }
	line("Message", v.Message)
	line("MessageId", v.MessageID)
	if v.Type == typeNotification {
		if v.Subject != "" {
			line("Subject", v.Subject)
		}
	} else {
		line("SubscribeURL", v.SubscribeURL)
	}
	line("Timestamp", v.Timestamp)
	if v.Type != typeNotification {
		line("Token", v.Token)
	}
	line("TopicArn", v.TopicARN)
	line("Type", v.Type)
	return b.Bytes()
}

const (
	typeNotification = "Notification"
	typeConfirmation = "SubscriptionConfirmation"
)

// confirmation asks a subscriber to bring back its token.
func (e *Endpoint) confirmation(s *subscription, now time.Time) delivery {
	link := url.Values{"Action": {"ConfirmSubscription"}, "TopicArn": {s.topic.arn}, "Token": {s.token}}
	v := Envelope{
		Type: typeConfirmation, MessageID: newID(), Token: s.token, TopicARN: s.topic.arn, Timestamp: stamp(now),
		Message:      "You have chosen to subscribe to the topic " + s.topic.arn + ".\nTo confirm the subscription, visit the SubscribeURL included in this message.",
		SubscribeURL: e.cfg.URL + "/?" + link.Encode(),
	}
	return delivery{envelope: v}
}

// notification carries one message to one subscriber.
func (e *Endpoint) notification(s *subscription, id string, p publication, now time.Time) delivery {
	link := url.Values{"Action": {"Unsubscribe"}, "SubscriptionArn": {s.arn}}
	d := delivery{envelope: Envelope{
		Type: typeNotification, MessageID: id, TopicARN: s.topic.arn, Subject: p.subject, Message: p.text, Timestamp: stamp(now),
		UnsubscribeURL: e.cfg.URL + "/?" + link.Encode(), MessageAttributes: p.attributes,
	}}
	d.raw = s.raw
	return d
}

// encode signs the envelope and writes it as JSON, as SNS does: without escaping what HTML would want escaped.
func (e *Endpoint) encode(v Envelope, version string) ([]byte, error) {
	s, err := e.signer()
	if err != nil {
		return nil, err
	}
	v.SignatureVersion, v.SigningCertURL = version, e.cfg.URL+CertPath
	if v.Signature, err = s.sign(v.Signed(), version); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
