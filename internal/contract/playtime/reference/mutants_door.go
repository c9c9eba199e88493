package reference

import (
	"bytes"
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

// namingNo leaves members out of refusals.
func namingNo(hidden func(field string) bool) func(*rules) {
	return func(r *rules) {
		r.reshape = func(no *refusal) {
			no.fields = slices.DeleteFunc(no.fields, func(f playtime.FieldError) bool { return hidden(f.Field) })
		}
	}
}
