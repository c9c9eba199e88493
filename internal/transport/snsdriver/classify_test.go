package snsdriver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
)

// answered is an error as the SDK makes it of an answer.
func answered(status int, code, message string) error {
	err := errors.New("cannot be decoded")
	if code != "" {
		err = &smithy.GenericAPIError{Code: code, Message: message}
	}
	return &smithy.OperationError{ServiceID: "SNS", OperationName: "Publish", Err: &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err,
		},
	}}
}

func TestClassify(t *testing.T) {
	const n, f, i, a = contract.NeverSent, contract.Failed, contract.Indeterminate, contract.Acknowledged
	refused := fmt.Errorf("send: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	for _, tc := range []struct {
		err     error
		sent    bool
		outcome contract.Outcome
		class   contract.Class
		status  int
	}{
		{nil, true, a, contract.ClassNone, 200},
		{answered(429, "Throttled", "slow down"), true, f, contract.ClassRateLimited, 429},
		{answered(400, "Throttling", "Rate exceeded"), true, f, contract.ClassRateLimited, 400},
		{answered(400, "ThrottledException", ""), true, f, contract.ClassRateLimited, 400},
		{answered(403, "AuthorizationError", "no"), true, f, contract.ClassAuth, 403},
		{answered(403, "InvalidClientTokenId", "no"), true, f, contract.ClassAuth, 403},
		{answered(403, "SignatureDoesNotMatch", "no"), true, f, contract.ClassAuth, 403},
		{answered(400, "ExpiredToken", "no"), true, f, contract.ClassAuth, 400},
		{answered(404, "NotFound", "Topic does not exist"), true, f, contract.ClassTopic, 404},
		{answered(400, "InvalidParameter", "Invalid parameter: Empty message"), true, f, contract.ClassRejected, 400},
		{answered(400, "InvalidParameter", "Invalid parameter: Message too long"), true, f, contract.ClassTooLarge, 400},
		{answered(400, "BatchRequestTooLong", "too long"), true, f, contract.ClassTooLarge, 400},
		{answered(400, "TooManyEntriesInBatchRequest", "11"), true, f, contract.ClassRejected, 400},
		{answered(500, "InternalError", "oops"), true, f, contract.ClassServer, 500},
		{answered(418, "NeverHeardOf", ""), true, f, contract.ClassRejected, 418},
		{answered(503, "", ""), true, f, contract.ClassServer, 503},
		{answered(403, "", ""), true, f, contract.ClassAuth, 403},
		{answered(413, "", ""), true, f, contract.ClassTooLarge, 413},
		{answered(302, "", ""), true, f, contract.ClassRejected, 302},
		{answered(200, "", ""), true, i, contract.ClassProtocol, 200},
		{refused, false, n, contract.ClassDial, 0},
		{fmt.Errorf("dial: %w", syscall.EMFILE), false, n, contract.ClassGenerator, 0},
		{io.ErrUnexpectedEOF, true, i, contract.ClassReset, 0},
		{errors.New("malformed chunk"), true, i, contract.ClassProtocol, 0},
		{context.Canceled, true, i, contract.ClassCancelled, 0},
		{&smithy.OperationError{Err: errors.New("get identity: no credentials")}, false, n, contract.ClassAuth, 0},
		{errors.New("no such scheme"), false, n, contract.ClassGenerator, 0},
	} {
		got := classify(tc.err, tc.sent)
		if got.outcome != tc.outcome || got.class != tc.class || got.status != tc.status {
			t.Errorf("%v: %v/%q (%d), want %v/%q (%d)", tc.err, got.outcome, got.class, got.status, tc.outcome, tc.class, tc.status)
		}
		if (got.detail == "") != (tc.err == nil) {
			t.Errorf("%v: detail %q", tc.err, got.detail)
		}
	}
}

func TestTellReadsBothLists(t *testing.T) {
	told := tell(&sns.PublishBatchOutput{
		Successful: []types.PublishBatchResultEntry{{Id: aws.String("a")}, {Id: aws.String("both")}},
		Failed: []types.BatchResultErrorEntry{
			{Id: aws.String("both"), Code: aws.String("InternalError")},
			{Id: aws.String("b"), Code: aws.String("Odd"), Message: aws.String("why"), SenderFault: true},
			{Id: aws.String("c"), Code: aws.String("Odd")},
		},
	})
	for id, want := range map[string]fate{
		"a":    {contract.Acknowledged, "", 200, ""},
		"both": {contract.Failed, contract.ClassServer, 200, "InternalError"},
		"b":    {contract.Failed, contract.ClassRejected, 200, "Odd: why"},
		"c":    {contract.Failed, contract.ClassServer, 200, "Odd"},
	} {
		if got := told.of(id); got != want {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
	if got := told.of("d"); got.outcome != contract.Indeterminate || got.class != contract.ClassProtocol {
		t.Errorf("an entry that is not named: %+v", got)
	}
}

func TestElementsCountsWhatJSONHas(t *testing.T) {
	for text, want := range map[string]int{"[]": 0, " [ ] ": 0, "[[]]": 1, `[{}]`: 1, `["a,b"]`: 1, `["\"",2]`: 2, `{"a":[1,2]}`: 1, "": 1, "x": 1} {
		if got := elements([]byte(text)); got != want {
			t.Errorf("%q has %d elements, want %d", text, got, want)
		}
	}
	value := rapid.Custom(func(t *rapid.T) any {
		return rapid.OneOf(
			rapid.String().AsAny(), rapid.Int().AsAny(), rapid.Bool().AsAny(),
			rapid.SliceOf(rapid.String()).AsAny(), rapid.MapOf(rapid.String(), rapid.String()).AsAny(),
		).Draw(t, "value")
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(value).Draw(t, "list")
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) == "null" {
			text = []byte("[]")
		}
		if got := elements(text); got != len(list) {
			t.Fatalf("%s: %d elements, want %d", text, got, len(list))
		}
	})
}

func TestLegalCharacters(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "plain": true, "tab\tline\r\n": true, "Grüße 玩家 🎮": true, "\u0085": true,
		"\x00": false, "bell\a": false, "\x1b": false, "\uFFFE": false, "\uFFFF": false, "\xff": false, "\xed\xa0\x80": false, "\uFFFD": true,
	} {
		if got := legal([]byte(text)); got != want {
			t.Errorf("legal(%q) is %v", text, got)
		}
	}
}

func FuzzElements(f *testing.F) {
	f.Add([]byte(`[{"a":"]"},[],"\\"]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n := elements(text); n < 0 || n > len(text)+1 {
			t.Errorf("%q has %d elements", text, n)
		}
		if legal(text) && strings.ContainsRune(string(text), 0) {
			t.Errorf("%q is legal", text)
		}
	})
}
