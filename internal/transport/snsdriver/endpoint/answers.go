package endpoint

import (
	"encoding/xml"
	"net/http"
)

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// Code is an error code of SNS.
type Code string

// The codes that the endpoint answers with.
const (
	authorization     Code = "AuthorizationError"
	badSignature      Code = "SignatureDoesNotMatch"
	unknownAccessKey  Code = "InvalidClientTokenId"
	unsigned          Code = "MissingAuthenticationToken"
	incomplete        Code = "IncompleteSignature"
	invalidAction     Code = "InvalidAction"
	invalidParameter  Code = "InvalidParameter"
	notFound          Code = "NotFound"
	throttled         Code = "Throttled"
	internalError     Code = "InternalError"
	tooMany           Code = "TooManyEntriesInBatchRequest"
	emptyBatch        Code = "EmptyBatchRequest"
	notDistinct       Code = "BatchEntryIdsNotDistinct"
	invalidEntryID    Code = "InvalidBatchEntryId"
	tooLong           Code = "BatchRequestTooLong"
	malformed         Code = "MalformedQueryString"
	incompleteBody    Code = "IncompleteBody"
	tooLarge          Code = "RequestEntityTooLarge"
	subscriptionLimit Code = "SubscriptionLimitExceeded"
	topicLimit        Code = "TopicLimitExceeded"
)

// statuses are those of codes that are not answered with 400.
var statuses = map[Code]int{
	authorization: 403, badSignature: 403, unknownAccessKey: 403, unsigned: 403, subscriptionLimit: 403, topicLimit: 403,
	notFound: 404, malformed: 404, tooLarge: 413, throttled: 429, internalError: 500,
}

// Error is a refusal, of a request or of an entry.
type Error struct {
	Code    Code
	Message string
}

func newError(c Code, message string) *Error { return &Error{c, message} }

func (e *Error) status() int {
	if s, special := statuses[e.Code]; special {
		return s
	}
	return http.StatusBadRequest
}

// ours tells whether the endpoint is to blame, and not the sender.
func (e *Error) ours() bool { return e.status() >= 500 }

func (e *Error) document(id string) any {
	type inner struct {
		Type    string
		Code    Code
		Message string
	}
	blame := "Sender"
	if e.ours() {
		blame = "Receiver"
	}
	return struct {
		XMLName   xml.Name
		Error     inner
		RequestID string `xml:"RequestId"`
	}{xml.Name{Space: namespace, Local: "ErrorResponse"}, inner{blame, e.Code, e.Message}, id}
}

// result is what an action returns: it knows the action's name and is encoded as the action's result.
type result interface{ action() string }

func document(r result, id string) any {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	return struct {
		XMLName  xml.Name
		Result   any
		Metadata metadata `xml:"ResponseMetadata"`
	}{xml.Name{Space: namespace, Local: r.action() + "Response"}, r, metadata{id}}
}

type publishResult struct {
	XMLName   xml.Name `xml:"PublishResult"`
	MessageID string   `xml:"MessageId"`
}

type successfulEntry struct {
	ID        string `xml:"Id"`
	MessageID string `xml:"MessageId"`
}

type failedEntry struct {
	ID          string `xml:"Id"`
	Code        Code
	Message     string
	SenderFault bool
}

type batchResult struct {
	XMLName    xml.Name          `xml:"PublishBatchResult"`
	Successful []successfulEntry `xml:"Successful>member"`
	Failed     []failedEntry     `xml:"Failed>member"`
}

type createResult struct {
	XMLName  xml.Name `xml:"CreateTopicResult"`
	TopicARN string   `xml:"TopicArn"`
}

type attribute struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

type attributesResult struct {
	XMLName    xml.Name    `xml:"GetTopicAttributesResult"`
	Attributes []attribute `xml:"Attributes>entry"`
}

type subscribeResult struct {
	XMLName         xml.Name `xml:"SubscribeResult"`
	SubscriptionARN string   `xml:"SubscriptionArn"`
}

type confirmResult struct {
	XMLName         xml.Name `xml:"ConfirmSubscriptionResult"`
	SubscriptionARN string   `xml:"SubscriptionArn"`
}

type unsubscribeResult struct {
	XMLName xml.Name `xml:"UnsubscribeResult"`
}

type listedSubscription struct {
	SubscriptionARN string `xml:"SubscriptionArn"`
	Owner           string
	Protocol        string
	Endpoint        string
	TopicARN        string `xml:"TopicArn"`
}

type listResult struct {
	XMLName       xml.Name             `xml:"ListSubscriptionsByTopicResult"`
	Subscriptions []listedSubscription `xml:"Subscriptions>member"`
}

func (publishResult) action() string     { return "Publish" }
func (batchResult) action() string       { return "PublishBatch" }
func (createResult) action() string      { return "CreateTopic" }
func (attributesResult) action() string  { return "GetTopicAttributes" }
func (subscribeResult) action() string   { return "Subscribe" }
func (confirmResult) action() string     { return "ConfirmSubscription" }
func (unsubscribeResult) action() string { return "Unsubscribe" }
func (listResult) action() string        { return "ListSubscriptionsByTopic" }

// writeXML answers. A client who has gone by then does not hear it.
func writeXML(w http.ResponseWriter, id string, status int, document any) {
	text, err := xml.Marshal(document)
	if err != nil { // cannot be: the documents are ours
		http.Error(w, "the endpoint failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-Requestid", id)
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), text...))
}
