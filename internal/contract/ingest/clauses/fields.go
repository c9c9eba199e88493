package clauses

import "github.com/passmuster/muster/internal/contract"

// fields are the clauses about members that may be absent. They are judged by HTTP, where the answer shows a refusal.
func (s suite) fields() []contract.Clause {
	optional := func(member, id, basis string) contract.Clause {
		return contract.Clause{
			ID: "ingest/fields/" + id + "-may-be-absent", Level: contract.Must, Basis: basis,
			Duty: "An event without " + member + " is acknowledged", Check: s.accepts(without(member)),
		}
	}
	const shown, types = `document, "Prepare your payload"`, "fact A-F; ruling 33"
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		optional("time_local", "time-local", shown+"; ruling 28"),
		optional("session_id", "session-id", shown+"; ruling 33"),
		optional("user_id", "user-id", shown),
		optional("smart_account", "smart-account", `document, "Kafka sample"`),
		optional("chain_id", "chain-id", types),
		optional("device", "device", types),
		{
			ID: "ingest/fields/device-members-may-be-absent", Level: contract.Must, Basis: shown,
			Duty: "An event whose device lacks any or all of its members is acknowledged",
			Check: s.acknowledges(
				s.single(set("device", map[string]any{})),
				s.single(set("device", map[string]any{"device_os": "none"})),
				s.single(set("device", map[string]any{"device_name": "probe", "device_unique_id": "probe-1"})),
			),
		}, {
			ID: "ingest/fields/properties-may-be-absent", Level: contract.Should, Basis: "ruling 34",
			Duty: "An event without properties is acknowledged", Check: s.accepts(without("properties")),
		}, {
			ID: "ingest/fields/properties-may-be-empty", Level: contract.Must, Basis: "fact A-F",
			Duty: "An event whose properties are an empty object is acknowledged", Check: s.accepts(set("properties", map[string]any{})),
		},
	})
}

// single is a POST of one event with these changes.
func (s suite) single(changes ...change) func(*contract.Probe) *contract.Message {
	return func(p *contract.Probe) *contract.Message { return s.post(s.event(p, changes...)) }
}
