package clauses

import "github.com/passmuster/muster/internal/contract"

const inHeaders = `document, "Starting the session", headers`

var headerClauses = []clause{
	mustRefuse("headers/token-required",
		"A request without an access token is not acknowledged",
		inHeaders+" (Authorization)",
		func(p *play) {
			p.barred(noHeader("Authorization"))
			p.barred(header("Authorization", "Bearer"))
		}),
	mustRefuse("headers/unknown-token-refused",
		"A request with a token that was never issued is not acknowledged",
		inHeaders+" (Authorization); fact B-5",
		func(p *play) {
			p.barred(header("Authorization", "Bearer never-issued-"+p.probe.ID()))
			p.barred(longerToken())
		}),
	mustRefuse("headers/api-key-is-no-token",
		"An API key does not stand in for an access token",
		"fact B-5",
		func(p *play) {
			p.barred(noHeader("Authorization"), query("api_key=muster"))
			p.barred(header("Authorization", "Bearer never-issued-"+p.probe.ID()), query("api_key=muster"))
		}),
	should("headers/api-key-beside-token",
		"An API key in the query beside a valid token is of no account",
		"fact B-6",
		func(p *play) { p.taken(contract.Start, query("api_key=muster")) }),
	must("headers/platform-optional",
		"Platform and portal may be left out",
		inHeaders+" (X-Modio-Platform, X-Modio-Portal)",
		func(p *play) { p.wholeSession(platform(""), portal("")) }),
	must("headers/unknown-platform-ignored",
		"A platform that is not on the list is ignored",
		"fact B-8",
		func(p *play) { p.taken(contract.Start, platform("muster")) }),
	must("headers/unknown-portal-ignored",
		"A portal that is not on the list is ignored",
		"fact B-9, B-10",
		func(p *play) { p.taken(contract.Start, portal("muster")) }),
	must("headers/platform-any-case",
		"The letter case of platform and portal is of no account",
		"fact B-8, B-9, B-10",
		func(p *play) { p.taken(contract.Start, platform("Linux"), portal("GOG")) }),
	must("headers/content-type-parameters",
		"A charset parameter after application/json is of no account",
		"RFC 8259, 11; RFC 9110, 8.3.1",
		func(p *play) { p.taken(contract.Start, header("Content-Type", "application/json; charset=utf-8")) }),
	must("headers/content-type-any-case",
		"The letter case of the content type is of no account",
		"RFC 9110, 8.3.1",
		func(p *play) { p.taken(contract.Start, header("Content-Type", "Application/JSON")) }),
	shouldRefuse("headers/form-type-refused",
		"JSON that is declared as a form is not acknowledged",
		"ruling 17",
		func(p *play) { p.barred(header("Content-Type", "application/x-www-form-urlencoded")) }),
	must("headers/accept-optional",
		"A client need not say which answers it accepts",
		"fact B-11; RFC 9110, 12.5.1",
		func(p *play) { p.taken(contract.Start, noHeader("Accept")) }),
	should("headers/accept-anything",
		"A client may accept any type of answer",
		"RFC 9110, 12.5.1",
		func(p *play) { p.taken(contract.Start, header("Accept", "*/*")) }),
	unseen(contract.Should, "headers/tls-only",
		"A request without TLS is not acknowledged",
		inRequests+"; fact B-7", "the target file names one base URL; another one is not the target"),
	unseen(contract.Should, "headers/platform-enriches-insights",
		"Platform and portal show in the insights",
		`document, "Recommendations"`, "they show on the owner's dashboard only"),
	ofClient(contract.Should, "headers/client-tells-platform-and-portal",
		"A client tells platform and portal with every request", `document, "Recommendations"`),
	ofClient(contract.Should, "headers/client-platform-is-listed",
		"A client names a documented platform; any other is ignored", "fact B-8"),
	ofClient(contract.Should, "headers/client-portal-is-listed",
		"A client names a documented portal; any other is ignored", "fact B-9"),
	ofClient(contract.Must, "headers/client-sends-token",
		"A client sends the access token of its user with every request", inHeaders+" (Authorization)"),
	ofClient(contract.Must, "headers/client-declares-json",
		"A client declares its body as application/json", inStart+", Request; ruling 17"),
}

// barred judges that a start is not acknowledged, next to one that is and differs in these edits only.
func (p *play) barred(edits ...edit) {
	p.given(contract.Start)
	p.refused(contract.Start, edits...)
}

// wholeSession judges that start, heartbeat and end are acknowledged.
func (p *play) wholeSession(edits ...edit) {
	for _, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
		p.taken(kind, edits...)
	}
}
