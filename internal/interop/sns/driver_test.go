//go:build integration

package sns

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/snsdriver"
)

// server is an SNS that somebody else wrote.
type server struct {
	name    string
	program []string
	gaps    []string // clauses that it breaks
}

func servers() []server {
	return []server{
		{"fauxqs", []string{node, "peers/fauxqs.mjs"}, fauxqsGaps},
		{"moto", []string{python, "peers/moto_server.py"}, motoGaps},
	}
}

const region = "us-east-1"

// topic is a topic of a foreign server and a queue that is subscribed to it.
type topic struct {
	target.SNS
	queue string
	sqs   *sqs.Client
}

// newTopic starts the server and makes both.
func (s server) newTopic(t *testing.T) topic {
	t.Helper()
	address := serve(t, s.program...)
	own := credentials.NewStaticCredentialsProvider("MUSTEREXAMPLE", "an-example", "")
	topics := sns.New(sns.Options{Region: region, BaseEndpoint: &address, Credentials: own})
	queues := sqs.New(sqs.Options{Region: region, BaseEndpoint: &address, Credentials: own})
	created, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("events")})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("subscriber")})
	if err != nil {
		t.Fatal(err)
	}
	attributes, err := queues.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: queue.QueueUrl, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topics.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: created.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes["QueueArn"]),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	}); err != nil {
		t.Fatal(err)
	}
	return topic{
		SNS: target.SNS{
			TopicARN: *created.TopicArn, Region: region, EndpointURL: address,
			Credentials: &target.AWSCredentials{AccessKeyID: "MUSTEREXAMPLE", SecretAccessKey: "an-example"},
		},
		queue: *queue.QueueUrl, sqs: queues,
	}
}

// delivered takes so many messages off the queue, and then any that should not be there.
func (k topic) delivered(t *testing.T, n int) []string {
	t.Helper()
	var texts []string
	for wait := int32(5); ; {
		if len(texts) >= n {
			wait = 1 // no more are expected
		}
		got, err := k.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &k.queue, MaxNumberOfMessages: 10, WaitTimeSeconds: wait})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Messages) == 0 {
			return texts
		}
		for _, m := range got.Messages {
			texts = append(texts, *m.Body)
			if _, err := k.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &k.queue, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestDriverDelivers publishes alone and in batches; the queue holds every message once, byte for byte.
func TestDriverDelivers(t *testing.T) {
	for _, s := range servers() {
		t.Run(s.name, func(t *testing.T) {
			to := s.newTopic(t)
			d, err := snsdriver.New(t.Context(), snsdriver.Config{SNS: to.SNS, Linger: 50 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			var sent []string
			for i := range 37 {
				sent = append(sent, fmt.Sprintf(`[{"id":"%032x","note":"<&> + %%20 \"Grüße\" 玩家 🎮"},{"id":"%032x"}]`, i, i+1000))
			}
			publishAll(t, d, sent)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := d.Close(ctx); err != nil {
				t.Error(err)
			}
			stats := d.Stats()
			if stats.Batches == 0 || stats.Calls >= 37 || stats.Events[contract.Acknowledged] != 2*37 {
				t.Errorf("stats %+v, want fewer calls than messages, and 74 events", stats)
			}
			got := to.delivered(t, len(sent))
			slices.Sort(got)
			slices.Sort(sent)
			if !slices.Equal(got, sent) {
				t.Errorf("delivered %d messages, sent %d, or not as they were sent: %q", len(got), len(sent), got)
			}
		})
	}
}

// publishAll sends all texts at once, and expects each to be acknowledged.
func publishAll(t *testing.T, d *snsdriver.Driver, texts []string) {
	t.Helper()
	var all sync.WaitGroup
	for _, text := range texts {
		all.Add(1)
		d.Send(t.Context(), &contract.Message{Transport: contract.SNS, Body: []byte(text)}, func(r contract.Reply) {
			defer all.Done()
			if r.Outcome != contract.Acknowledged {
				t.Errorf("%.50s: %+v", text, r)
			}
		})
	}
	all.Wait()
}
