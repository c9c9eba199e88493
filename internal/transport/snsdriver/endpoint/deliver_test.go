package endpoint

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/passmuster/muster/internal/contract"
)

const patience = 15 * time.Second // far beyond anything that a healthy endpoint needs

// post is one delivery as the subscriber got it.
type post struct {
	header http.Header
	body   []byte
}

// subscriber answers deliveries with the statuses in turn, then with 200, and keeps those that it took.
func subscriber(t *testing.T, statuses ...int) (address string, got <-chan post) {
	t.Helper()
	posts := make(chan post, 100)
	next := make(chan int, len(statuses))
	for _, s := range statuses {
		next <- s
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case status := <-next:
			w.WriteHeader(status)
		default:
			posts <- post{r.Header, body}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, posts
}

// serve starts an endpoint on a socket and returns the SDK's client of it.
func serve(t *testing.T) (*Endpoint, *sns.Client) {
	t.Helper()
	var e *Endpoint
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	var err error
	e, err = New(Config{
		Topics: []string{"events"}, AccessKeyID: "K", SecretAccessKey: "s", URL: s.URL, Retries: []time.Duration{0, 0},
		Accept: func(context.Context, *contract.Message) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e, sns.New(sns.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL), Credentials: credentials.NewStaticCredentialsProvider("K", "s", ""),
		RetryMaxAttempts: 1,
	})
}

func receive(t *testing.T, got <-chan post) post {
	t.Helper()
	select {
	case p := <-got:
		return p
	case <-time.After(patience):
		t.Fatal("nothing was delivered")
		panic("unreachable")
	}
}

// envelopeOf reads a delivery and verifies its signature as a subscriber does, by the certificate that it points to.
func envelopeOf(t *testing.T, p post) Envelope {
	t.Helper()
	var v Envelope
	if err := json.Unmarshal(p.body, &v); err != nil {
		t.Fatalf("%v: %s", err, p.body)
	}
	resp, err := http.Get(v.SigningCertURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("certificate %q", text)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(v.Signature)
	if err != nil {
		t.Fatal(err)
	}
	hash, sum := hashOf(v.SignatureVersion, v.Signed())
	if err := rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), hash, sum, signature); err != nil {
		t.Errorf("signature of %s: %v", v.Type, err)
	}
	if p.header.Get("x-amz-sns-message-type") != v.Type || p.header.Get("x-amz-sns-message-id") != v.MessageID ||
		p.header.Get("x-amz-sns-topic-arn") != v.TopicARN || p.header.Get("Content-Type") != "text/plain; charset=UTF-8" {
		t.Errorf("headers %v do not fit %+v", p.header, v)
	}
	return v
}

func TestSubscriptionIsConfirmedThenNotified(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		t.Run("signature version "+version, func(t *testing.T) { confirmAndNotify(t, version) })
	}
}

func confirmAndNotify(t *testing.T, version string) {
	e, client := serve(t)
	ctx := t.Context()
	created, err := client.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("mine"), Attributes: map[string]string{"SignatureVersion": version}})
	if err != nil {
		t.Fatal(err)
	}
	address, got := subscriber(t, 503)
	subscribed, err := client.Subscribe(ctx, &sns.SubscribeInput{TopicArn: created.TopicArn, Protocol: aws.String("http"), Endpoint: &address})
	if err != nil || *subscribed.SubscriptionArn != pending {
		t.Fatalf("%v, %v", subscribed, err)
	}
	publish := func(text string) string {
		t.Helper()
		out, err := client.Publish(ctx, &sns.PublishInput{TopicArn: created.TopicArn, Message: &text, Subject: aws.String("s")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.MessageId
	}
	publish("before the confirmation, so nobody hears it")
	asked := envelopeOf(t, receive(t, got))
	if asked.Type != "SubscriptionConfirmation" || asked.Token == "" || asked.SignatureVersion != version {
		t.Fatalf("first delivery %+v", asked)
	}
	resp, err := http.Get(asked.SubscribeURL)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatalf("follow SubscribeURL: %v, %v", resp, err)
	}
	const text = `[{"id":"a","n":"<&> ü"}]`
	id := publish(text)
	told := envelopeOf(t, receive(t, got))
	if told.Type != "Notification" || told.Message != text || told.MessageID != id || told.Subject != "s" || told.SignatureVersion != version {
		t.Errorf("second delivery %+v", told)
	}
	attributes, err := client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: created.TopicArn})
	if err != nil || attributes.Attributes["SubscriptionsConfirmed"] != "1" || attributes.Attributes["TopicArn"] != *created.TopicArn {
		t.Errorf("%+v, %v", attributes, err)
	}
	resp, err = http.Get(told.UnsubscribeURL)
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatalf("follow UnsubscribeURL: %v, %v", resp, err)
	}
	list, err := client.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: created.TopicArn})
	if err != nil || len(list.Subscriptions) != 0 {
		t.Errorf("after unsubscribing: %+v, %v", list, err)
	}
	if s := e.Stats(); s.Undelivered != 0 || s.Dropped != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestRawDelivery(t *testing.T) {
	_, client := serve(t)
	address, got := subscriber(t)
	subscribed, err := client.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(arn), Protocol: aws.String("http"), Endpoint: &address, ReturnSubscriptionArn: true,
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	asked := envelopeOf(t, receive(t, got))
	if _, err := client.ConfirmSubscription(t.Context(), &sns.ConfirmSubscriptionInput{TopicArn: aws.String(arn), Token: &asked.Token}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(arn), Message: aws.String("[1]")}); err != nil {
		t.Fatal(err)
	}
	p := receive(t, got)
	if string(p.body) != "[1]" || p.header.Get("x-amz-sns-rawdelivery") != "true" || p.header.Get("x-amz-sns-subscription-arn") != *subscribed.SubscriptionArn {
		t.Errorf("delivered %q with %v", p.body, p.header)
	}
}

func TestDeliveryGivesUp(t *testing.T) {
	e, client := serve(t)
	address, got := subscriber(t, 500, 404, 302) // one attempt and two retries
	for range 2 {                                // the second asks again for the confirmation
		if _, err := client.Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: aws.String(arn), Protocol: aws.String("http"), Endpoint: &address}); err != nil {
			t.Fatal(err)
		}
	}
	if v := envelopeOf(t, receive(t, got)); v.Type != "SubscriptionConfirmation" {
		t.Errorf("delivered %+v", v)
	}
	if s := e.Stats(); s.Undelivered != 1 {
		t.Errorf("stats %+v, want one that was given up", s)
	}
}
