package reference

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// Mutants of credentials and headers.
var headerMutants = []mutant{
	wrong("no-token-needed", "headers/token-required", "a request without any token is taken",
		func(r *rules) { r.tokenOptional = true }),
	wrong("any-token", "headers/unknown-token-refused", "a token that was never issued is taken",
		func(r *rules) { r.anyToken = true }),
	wrong("api-key-writes", "headers/api-key-is-no-token", "an API key is taken in place of a token",
		func(r *rules) { r.apiKeyWrites = true }),
	wrong("missing-token-answers-200", "headers/token-required", "a missing token is refused in words, with status 200",
		hiding(refNoCredentials)),
	wrong("empty-token-taken", "headers/token-required", "a token of no characters is taken",
		func(r *rules) { r.emptyToken = true }),
	wrong("unknown-token-answers-200", "headers/unknown-token-refused", "an unknown token is refused in words, with status 200",
		hiding(refUnknownToken)),
	wrong("token-prefix-taken", "headers/unknown-token-refused", "a token is taken that only begins with an issued one",
		func(r *rules) { r.tokenPrefix = true }),
	wrong("api-key-answers-200", "headers/api-key-is-no-token", "an API key in place of a token is refused in words, with status 200",
		hiding(refReadOnly, refMalformedKey, refUnknownKey)),
	wrong("api-key-excuses-token", "headers/api-key-is-no-token", "an unknown token is taken when an API key is beside it",
		func(r *rules) { r.keyExcuses = true }),
	wrong("api-key-refused", "headers/api-key-beside-token", "an API key in the query is refused",
		barring("api_key", func(m *contract.Message) bool { return m.Query != "" })),
	wrong("platform-required", "headers/platform-optional", "a request without a platform is refused",
		barring(playtime.HeaderPlatform, lacks(playtime.HeaderPlatform))),
	wrong("platform-listed", "headers/unknown-platform-ignored", "a platform that is not on the list is refused",
		barring(playtime.HeaderPlatform, unlisted(playtime.HeaderPlatform, "windows", "linux"))),
	wrong("portal-listed", "headers/unknown-portal-ignored", "a portal that is not on the list is refused",
		barring(playtime.HeaderPortal, unlisted(playtime.HeaderPortal, "steam", "gog"))),
	wrong("platform-case", "headers/platform-any-case", "a platform with a capital is refused",
		barring(playtime.HeaderPlatform, capitals(playtime.HeaderPlatform))),
	wrong("content-type-verbatim", "headers/content-type-parameters", "a content type with parameters is refused",
		barring("Content-Type", holds("Content-Type", ";"))),
	wrong("content-type-case", "headers/content-type-any-case", "a content type with capitals is refused",
		barring("Content-Type", capitals("Content-Type"))),
	wrong("any-content-type", "headers/form-type-refused", "JSON declared as a form is taken",
		func(r *rules) { r.anyMediaType = true }),
	wrong("accept-required", "headers/accept-optional", "a request without an Accept header is refused",
		barring("Accept", lacks("Accept"))),
	wrong("accept-verbatim", "headers/accept-anything", "an Accept header of any type is refused",
		barring("Accept", holds("Accept", "*/*"))),
	wrong("accept-language-required", "clients/accepts-documented-form", "a request without an Accept-Language header is refused",
		barring("Accept-Language", lacks("Accept-Language"))),
	wrong("cpp-refused", "clients/accepts-cpp", "a request of the SDK for C++ is refused",
		barring("User-Agent", holds("User-Agent", "Modio-SDKv2"))),
	wrong("unity-2025-refused", "clients/accepts-unity-2025-objects", "a request of the plugin for Unity of 2025 is refused",
		barring("User-Agent", holds("User-Agent", "modio.cs"))),
	wrong("members-in-fixed-order", "start/members-in-any-order", "a hash before the session id is refused",
		barring("body", func(m *contract.Message) bool {
			return bytes.Index(m.Body, []byte(playtime.MemberHash)) < bytes.Index(m.Body, []byte(playtime.MemberSessionID))
		})),
}

// Mutants of refusals.
var errorMutants = []mutant{
	wrong("malformed-json-taken", "errors/malformed-json-refused", "a body that is not JSON is acknowledged",
		func(r *rules) { r.forgiven = func(no *refusal) bool { return no.ref == refMalformed } }),
	wrong("missing-members-taken", "errors/missing-member-refused", "a body without required members is acknowledged",
		func(r *rules) { r.forgiven = func(no *refusal) bool { return no.ref == refInvalid } }),
	wrong("malformed-json-answers-200", "errors/malformed-json-refused", "a body that is not JSON is refused in words, with status 200",
		hiding(refMalformed)),
	wrong("rubbish-behind-json-taken", "errors/malformed-json-refused", "a body is read up to the end of its object, whatever follows",
		func(r *rules) { r.trim = firstObject }),
	wrong("missing-members-answer-200", "errors/missing-member-refused", "a missing member is refused in words, with status 200",
		hiding(refInvalid)),
	wrong("timestamp-in-words", "errors/wrong-type-refused", "a timestamp of any kind is acknowledged",
		func(r *rules) {
			r.forgiven = func(no *refusal) bool { return len(no.fields) == 1 && no.fields[0].Field == playtime.MemberTS }
		}),
	wrong("nonce-optional", "errors/missing-member-refused", "a body without a nonce is acknowledged",
		func(r *rules) {
			r.forgiven = func(no *refusal) bool { return len(no.fields) == 1 && no.fields[0].Field == playtime.MemberNonce }
		}),
	wrong("any-method", "errors/only-post", "a method other than POST is taken",
		func(r *rules) { r.anyMethod = true }),
	wrong("missing-token-403", "errors/missing-token-401", "a missing token is answered 403",
		answeringRef(refNoCredentials, http.StatusForbidden)),
	wrong("unknown-token-without-its-reference", "errors/unknown-token-401", "an unknown token is answered with another reference",
		func(r *rules) {
			r.reshape = func(no *refusal) {
				if no.ref == refUnknownToken {
					no.ref = refNoCredentials
				}
			}
		}),
	wrong("malformed-json-422", "errors/malformed-json-400", "a body that is not JSON is answered 422",
		answeringRef(refMalformed, http.StatusUnprocessableEntity)),
	wrong("malformed-json-crashes", "errors/no-server-fault", "a body that is not JSON is answered 500",
		answeringRef(refMalformed, http.StatusInternalServerError)),
	wrong("missing-member-unnamed", "errors/missing-member-422", "a refused member is not named",
		namingNo(func(field string) bool { return field != playtime.MemberHash })),
	wrong("bad-hash-unnamed", "errors/bad-hash-names-the-hash", "a refused hash is not named",
		namingNo(func(field string) bool { return field == playtime.MemberHash })),
	wrong("form-type-400", "errors/form-type-415", "a wrong content type is answered 400",
		answeringRef(refMediaType, http.StatusBadRequest)),
	wrong("unknown-path-400", "errors/unknown-path-404", "a path that does not exist is answered 400",
		answeringRef(refNotFound, http.StatusBadRequest)),
	wrong("errors-in-plain-text", "errors/envelope", "refusals are plain text",
		func(r *rules) { r.plainErrors = true }),
	wrong("errors-declared-as-html", "errors/json-content-type", "refusals are declared as HTML",
		func(r *rules) { r.errorType = "text/html" }),
}

// barring refuses a header of every message that is bad.
func barring(field string, bad func(*contract.Message) bool) func(*rules) {
	return func(r *rules) {
		r.bars = func(m *contract.Message) string {
			if bad(m) {
				return strings.ToLower(field)
			}
			return ""
		}
	}
}

func lacks(name string) func(*contract.Message) bool {
	return func(m *contract.Message) bool { _, given := m.Get(name); return !given }
}

func holds(name, part string) func(*contract.Message) bool {
	return func(m *contract.Message) bool { value, _ := m.Get(name); return strings.Contains(value, part) }
}

func capitals(name string) func(*contract.Message) bool {
	return func(m *contract.Message) bool { value, _ := m.Get(name); return value != strings.ToLower(value) }
}

func unlisted(name string, list ...string) func(*contract.Message) bool {
	return func(m *contract.Message) bool {
		value, given := m.Get(name)
		return given && !slices.Contains(list, strings.ToLower(value))
	}
}

// answeringRef answers the refusals of one reference with another status.
func answeringRef(ref, status int) func(*rules) {
	return func(r *rules) {
		r.reshape = func(no *refusal) {
			if no.ref == ref {
				no.status = status
			}
		}
	}
}

// hiding tells the refusals of some references with status 200.
func hiding(refs ...int) func(*rules) {
	return func(r *rules) {
		r.hides = func(_ contract.Kind, no *refusal) bool { return slices.Contains(refs, no.ref) }
	}
}

// firstObject cuts off whatever follows the first JSON value of a body; one that does not begin with a value stays whole.
func firstObject(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	var value json.RawMessage
	if d.Decode(&value) != nil {
		return body
	}
	return value
}

// namingNo leaves members out of refusals.
func namingNo(hidden func(field string) bool) func(*rules) {
	return func(r *rules) {
		r.reshape = func(no *refusal) {
			no.fields = slices.DeleteFunc(no.fields, func(f playtime.FieldError) bool { return hidden(f.Field) })
		}
	}
}
