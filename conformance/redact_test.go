package conformance

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nasty is a secret that every encoding writes otherwise.
const nasty = `t0k+n/=%"\ü€😀z`

// hidings are the ways in which a secret may lie hidden in what a target says.
func hidings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	inner := string(quoted[1 : len(quoted)-1])
	return map[string]string{
		"plain":               secret,
		"json":                inner,
		"json in a string":    fmt.Sprintf("%q", `{"a":"`+inner+`"}`),
		"json ascii":          strings.ReplaceAll(fmt.Sprintf("%+q", secret), `\U0001f600`, `\ud83d\ude00`),
		"go string":           fmt.Sprintf("%q", secret),
		"query":               url.QueryEscape(secret),
		"path":                url.PathEscape(secret),
		"url, small digits":   strings.ToLower(url.QueryEscape(strings.ToLower(secret))),
		"hex":                 hex.EncodeToString([]byte(secret)),
		"hex, large":          strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"hex, odd":            "a" + hex.EncodeToString([]byte(secret)),
		"base64":              base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 url":          base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"base64 after 1":      base64.StdEncoding.EncodeToString([]byte("x" + secret + "yy")),
		"base64 after 2":      base64.URLEncoding.EncodeToString([]byte("xx" + secret + "yyy")),
		"base64 after 3":      "Basic " + base64.StdEncoding.EncodeToString([]byte("xxx"+secret)),
		"base64 in a query":   url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(secret))),
		"base64 behind runs":  "abc/" + base64.StdEncoding.EncodeToString([]byte(secret)),
		"authorization":       "Authorization: Bearer " + secret,
		"percent with a plus": strings.ReplaceAll(url.QueryEscape(secret), "%2B", "+"),
	}
}

func TestASecretIsFoundHoweverItIsWritten(t *testing.T) {
	lower := strings.ToLower(nasty)
	r := NewRedactor(map[string]string{nasty: "KEY", lower: "LOWER", "other secret": "OTHER"})
	for name, text := range hidings(nasty) {
		t.Run(name, func(t *testing.T) {
			got := r.Redact("before <" + text + "> after")
			if !strings.HasPrefix(got, "before <") || !strings.HasSuffix(got, "> after") {
				t.Errorf("got %q: it took what is no secret", got)
			}
			if !strings.Contains(got, "$KEY") && !strings.Contains(got, "$LOWER") {
				t.Errorf("got %q for %q: the secret is still there", got, text)
			}
			for hiding, left := range hidings(nasty) {
				if strings.Contains(got, left) {
					t.Errorf("got %q, which holds the secret as %s", got, hiding)
				}
			}
		})
	}
}

func TestRedactLeavesNoRestOfOverlappingSecrets(t *testing.T) {
	r := NewRedactor(map[string]string{"abcdef": "SHORT", "cdefghij": "LONG", "abc": "TINY", "": "EMPTY"})
	for text, want := range map[string]string{
		"abcdefghij":       "$LONG",
		"abcdef abc":       "$SHORT $TINY",
		"xcdefghijabcdefx": "x$LONG$SHORTx",
		"abc, abcd":        "$TINY, abcd",
		"ab":               "ab",
		"":                 "",
	} {
		if got := r.Redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestASecretThatWasCutOffIsFound(t *testing.T) {
	r := NewRedactor(map[string]string{"correct-horse-battery": "KEY"})
	encoded := base64.StdEncoding.EncodeToString([]byte("xcorrect-horse-battery"))
	for text, want := range map[string]string{
		"so correct-horse-b":       "so $KEY",
		"so correct-horse-b... 9":  "so $KEY... 9",
		"so correct-horse-b… more": "so $KEY… more",
		`"so correct-horse-b" x`:   `"so $KEY" x`,
		"correct-horse-bad":        "correct-horse-bad",
		"correct":                  "correct",
		encoded[:20] + "… (more)":  "x$KEY… (more)",
	} {
		got := r.Redact(text)
		if strings.HasPrefix(want, "x$") { // what comes before lies in the same characters
			want, got = want[1:], got[strings.IndexByte(got, '$'):]
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestRedactLeavesOtherTextAlone(t *testing.T) {
	r := NewRedactor(map[string]string{nasty: "KEY", "6f1ed002ab5595859014ebf0951522d9": "TOKEN"})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 200, -1).Draw(t, "text")
		if got := r.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestOfThousandsOfSecretsEachIsFound(t *testing.T) {
	secrets := map[string]string{}
	for i := range 5000 {
		secrets[fmt.Sprintf("eyJhbGciOi-token-%05d", i)] = fmt.Sprintf("ACCESS_TOKEN_%d", i+1)
	}
	r := NewRedactor(secrets)
	for value, name := range secrets {
		if got := r.Redact("Bearer " + value); got != "Bearer $"+name {
			t.Fatalf("got %q, want $%s", got, name)
		}
	}
}

func TestNothingIsRedactedWithoutSecrets(t *testing.T) {
	for _, r := range []*Redactor{nil, {}, NewRedactor(nil)} {
		if got := r.Redact("a text"); got != "a text" {
			t.Errorf("got %q, want the text", got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	r := NewRedactor(map[string]string{nasty: "KEY", "tiny": "TINY", "x": "X"})
	for _, text := range hidings(nasty) {
		f.Add(text)
	}
	f.Add(`\u12\ud83d\`)
	f.Add("%%4%zz+")
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Redact(text)
		if strings.Contains(strings.NewReplacer("$KEY", " ", "$TINY", " ", "$X", " ").Replace(got), nasty) {
			t.Errorf("%q became %q, which holds the secret", text, got)
		}
	})
}
