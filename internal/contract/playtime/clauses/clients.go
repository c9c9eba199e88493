package clauses

import "github.com/passmuster/muster/internal/contract"

const inClients = "public facts 2.3"

// clientClauses judge whole sessions, each as one known client sends it. What the documented form leaves no room for
// binds no server: such a form is a MAY, and the client without its defect is judged beside it.
var clientClauses = []clause{
	must("clients/accepts-documented-form",
		"A whole session in the documented form is taken",
		"document, Request of each operation",
		asSentBy("rest")),
	must("clients/accepts-cpp",
		"A whole session is taken as the SDK for C++ and Unreal sends it",
		inClients+", MCPP; rulings 1, 2; facts B-6, B-11",
		asSentBy("cpp")),
	may("clients/accepts-unity-2024",
		"A whole session is taken as the plugin for Unity of 2024 sends it, with numbers as strings",
		inClients+", MUN2; rulings 1, 3, 4",
		asSentBy("unity-2024")),
	may("clients/accepts-unity-2025",
		"A whole session is taken as the plugin for Unity of 2025 sends it, with bodies that are arrays of pairs",
		inClients+", MUN3; rulings 8, 9, 11",
		asSentBy("unity-2025")),
	should("clients/accepts-unity-2025-objects",
		"A whole session is taken as the plugin for Unity of 2025 means it, with bodies that are objects and a start at 1",
		inClients+", MUN3; ruling 9",
		asSentBy("unity-2025 without unity-2025-body-pairs, unity-2025-start-at-2")),
}

// asSentBy plays one whole session of a client.
func asSentBy(client string) func(*play) {
	return func(p *play) {
		as := intend(func(a *contract.Action) { a.Client = client })
		for _, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.Heartbeat, contract.End} {
			p.taken(kind, as)
		}
	}
}
