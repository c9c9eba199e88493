package clauses

import "github.com/passmuster/muster/internal/contract"

// The one instant of the clauses about forms of time: the first of January 2025, a quarter of a second past midnight.
const (
	instant       = "1735689600250"
	instantText   = `"` + instant + `"`
	instantDouble = instant + ".0"
)

// everyKind holds a property of each kind that JSON has.
const everyKind = `{"text":"a","whole":-3,"part":0.25,"yes":true,"no":false,"none":null,"inner":{"deep":{"er":[1]}},"list":["a",2,null,{"b":[]}]}`

// beyondASCII holds text of several scripts, plain and escaped.
const beyondASCII = `{"title":"Grüße, игрок 玩家 🎮","escaped":"\u00e9 \ud83c\udfae \"\\\/ \n"}`

// forms are the clauses about the forms that real clients give to members, all of which a server has to take.
func (s suite) forms() []contract.Clause {
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		{
			ID: "ingest/fields/accepts-string-times", Level: contract.Must, Basis: "fact A-F (JS); ruling 26",
			Duty:  "Times that are strings of digits are acknowledged",
			Check: s.accepts(literal("time_server", instantText), literal("time_local", instantText)),
		}, {
			ID: "ingest/fields/accepts-double-times", Level: contract.Must, Basis: "fact A-F (Unity); ruling 26",
			Duty:  "A whole time that is written with a fraction of zero is acknowledged",
			Check: s.accepts(literal("time_server", instantDouble)),
		}, {
			ID: "ingest/fields/accepts-zero-time", Level: contract.Should, Basis: "fact A-F (Unreal); ruling 27",
			Duty: "An event whose time_server is 0 is acknowledged", Check: s.accepts(set("time_server", 0)),
		}, {
			ID: "ingest/fields/ignores-unknown-members", Level: contract.Must, Basis: "fact A-F; ruling 35",
			Duty:  "Members of an event that no document names are ignored",
			Check: s.accepts(set("tdk_flavour", "probe"), set("tdk_version", "1.0"), literal("muster_unknown", `{"a":[1,null]}`)),
		}, {
			ID: "ingest/fields/ignores-unknown-nested-members", Level: contract.Must, Basis: "fact A-F; ruling 35",
			Duty: "Members of device and app that no document names are ignored",
			Check: s.accepts(
				literal("device", `{"device_name":"probe","device_type":3,"device_os_family":2,"device_cpu":"x"}`),
				literal("app", `{"app_identifier":"muster.probe","app_version":"1.0","app_environment":0,"app_is_editor":true}`),
			),
		}, {
			ID: "ingest/fields/accepts-every-kind-of-property", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-F`,
			Duty: "Properties may be strings, numbers, booleans, null, objects and arrays", Check: s.accepts(literal("properties", everyKind)),
		}, {
			ID: "ingest/fields/accepts-unknown-chain", Level: contract.Must, Basis: "fact A-F (Unity, Unreal); ruling 31",
			Duty: "A chain_id of -1, which clients send when they do not know it, is acknowledged", Check: s.accepts(set("chain_id", -1)),
		}, {
			ID: "ingest/fields/accepts-empty-accounts", Level: contract.Should, Basis: "fact A-F (Unity); ruling 29",
			Duty:  "An event whose smart_account is empty and whose user_id is absent is acknowledged",
			Check: s.accepts(without("user_id"), set("smart_account", "")),
		}, {
			ID: "ingest/fields/accepts-any-form-of-id", Level: contract.Must, Basis: "fact A-F (JS, Godot)",
			Duty: "Ids with dashes and with a prefix are acknowledged",
			Check: s.acknowledges(
				func(p *contract.Probe) *contract.Message { return s.post(s.event(p, set("id", dashed(p.ID())))) },
				func(p *contract.Probe) *contract.Message {
					return s.post(s.event(p, set("id", "event-"+dashed(p.ID()))))
				},
			),
		}, {
			ID: "ingest/fields/accepts-op", Level: contract.May, Basis: "fact A-F; ruling 36",
			Duty:  "An event that names its operation, upsert or delete, is acknowledged",
			Check: s.acknowledges(s.single(set("op", "upsert")), s.single(set("op", "u")), s.single(set("op", "delete")), s.single(set("op", "d"))),
		},
	})
}

// dashed writes 32 hex digits in the form of a UUID.
func dashed(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
