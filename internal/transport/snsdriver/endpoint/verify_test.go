package endpoint

import (
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The examples that AWS publishes for Signature Version 4: their key, their instant, their service.
const (
	exampleKey    = "AKIDEXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

func example(t *testing.T, target, signature string) (*http.Request, credential) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "example.amazonaws.com"
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+exampleKey+"/20150830/us-east-1/service/aws4_request, "+
		"SignedHeaders=host;x-amz-date, Signature="+signature)
	c, refused := parseAuthorization(r.Header.Get("Authorization"))
	if refused != nil {
		t.Fatal(refused.Message)
	}
	return r, c
}

func TestPublishedSignatures(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for target, signature := range map[string]string{
		"/":                             "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		"/?Param2=value2&Param1=value1": "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
	} {
		r, c := example(t, target, signature)
		if refused := c.verify(r, nil, exampleSecret, at); refused != nil {
			t.Errorf("%s: %s", target, refused.Message)
		}
		for what, refused := range map[string]*Error{
			"another secret":  c.verify(r, nil, exampleSecret+"x", at),
			"another body":    c.verify(r, []byte("x"), exampleSecret, at),
			"an hour later":   c.verify(r, nil, exampleSecret, at.Add(time.Hour)),
			"an hour earlier": c.verify(r, nil, exampleSecret, at.Add(-time.Hour)),
		} {
			if refused == nil || refused.Code != badSignature {
				t.Errorf("%s with %s: %v", target, what, refused)
			}
		}
	}
}

func TestSignatureCoversWhatItNames(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	r, c := example(t, "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
	r.Header.Set("User-Agent", "not signed, so of no matter")
	if refused := c.verify(r, nil, exampleSecret, at); refused != nil {
		t.Errorf("a header that is not signed: %s", refused.Message)
	}
	r.Host = "other.example"
	if refused := c.verify(r, nil, exampleSecret, at); refused == nil {
		t.Error("another host was let through")
	}
}

func TestParseAuthorization(t *testing.T) {
	const good = "AWS4-HMAC-SHA256 Credential=K/20150830/us-east-1/sns/aws4_request,SignedHeaders=a;host,Signature="
	sum := strings.Repeat("0f", 32)
	c, refused := parseAuthorization(good + sum)
	if refused != nil || c.accessKey != "K" || c.region != "us-east-1" || c.service != "sns" || len(c.signed) != 2 || hex.EncodeToString(c.signature) != sum {
		t.Errorf("%+v, %v", c, refused)
	}
	for text, code := range map[string]Code{
		"":                                       incomplete,
		"Bearer x":                               incomplete,
		"AWS4-HMAC-SHA256":                       incomplete,
		good + "zz":                              incomplete,
		good + sum[2:]:                           incomplete,
		strings.Replace(good, "K/", "", 1) + sum: incomplete,
		strings.Replace(good, ";host", "", 1) + sum:         badSignature,
		strings.Replace(good, "aws4_request", "x", 1) + sum: incomplete,
	} {
		if _, refused := parseAuthorization(text); refused == nil || refused.Code != code {
			t.Errorf("%q: %v, want %s", text, refused, code)
		}
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=K/20150830/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=" + strings.Repeat("0f", 32))
	f.Fuzz(func(t *testing.T, text string) {
		if c, refused := parseAuthorization(text); refused == nil && len(c.signature) != 32 {
			t.Errorf("%q is taken with a signature of %d bytes", text, len(c.signature))
		}
	})
}
