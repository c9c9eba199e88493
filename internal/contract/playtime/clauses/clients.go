package clauses

import "github.com/passmuster/muster/internal/contract"

// Bases on what the document says alike of each operation.
const (
	inRequests   = `document, "Starting the session", Request; document, "Sending Heartbeats", Request; document, "Ending the session", Request`
	inParameters = `document, "Starting the session", parameters; document, "Sending Heartbeats", parameters; document, "Ending the session", parameters`
)

// clientClauses judge whole sessions, each as one known client sends it. What the documented form leaves no room for
// binds no server: such a form is a MAY, and the client without its defect is judged beside it.
var clientClauses = []clause{
	must("clients/accepts-documented-form",
		"A whole session in the documented form is taken",
		inRequests,
		asSentBy("rest")),
	must("clients/accepts-cpp",
		"A whole session is taken as the SDK for C++ and Unreal sends it",
		"fact B-S (C++), B-6, B-11; rulings 1, 2",
		asSentBy("cpp")),
	may("clients/accepts-unity-2024",
		"A whole session is taken as the plugin for Unity of 2024 sends it, with numbers as strings",
		"fact B-S (Unity 2024); rulings 1, 3, 4",
		asSentBy("unity-2024")),
	may("clients/accepts-unity-2025",
		"A whole session is taken as the plugin for Unity of 2025 sends it, with bodies that are arrays of pairs",
		"fact B-S (Unity 2025); rulings 8, 9, 11",
		asSentBy("unity-2025")),
	should("clients/accepts-unity-2025-objects",
		"A whole session is taken as the plugin for Unity of 2025 means it, with bodies that are objects and a start at 1",
		"fact B-S (Unity 2025); ruling 9",
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
