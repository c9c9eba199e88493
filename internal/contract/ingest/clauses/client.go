package clauses

import "github.com/passmuster/muster/internal/contract"

// judgedWithAClient is why no probe of a server sees what a client owes. ingest.Judge finds the breaches of these clauses.
const judgedWithAClient = "owed by a client, so judged only when a client is under test"

// client are the clauses that a client owes.
func client() []contract.Clause {
	const shown = `document, "Prepare your payload"`
	owed := func(id, duty, basis string, level contract.Level, by contract.Transport) contract.Clause {
		return contract.Clause{
			ID: "ingest/client/" + id, Duty: duty, Level: level, Basis: basis, Actor: contract.Client, Transport: by,
			Unobservable: judgedWithAClient,
		}
	}
	return []contract.Clause{
		owed("posts-to-the-path", "Events go by POST to the one path for them", "fact A-H1", contract.Must, contract.HTTP),
		owed("sends-the-key", "A POST carries the API key that was given out, in its header", "fact A-H3", contract.Must, contract.HTTP),
		owed("sends-json-media-type", "A POST is sent as JSON", "fact A-H4", contract.Must, contract.HTTP),
		owed("body-within-256-kib", "A body is of at most 256 KiB", "fact A-H11, A-H12", contract.Should, contract.HTTP),
		owed("sends-valid-json", "What is sent is valid JSON", "RFC 8259, 2; ruling 25", contract.Must, contract.HTTP),
		owed("sends-array", "A POST holds an array, even of one event", shown+"; ruling 23", contract.Must, contract.HTTP),
		owed("one-object-per-record", "A Kafka record holds one event, not an array", `document, "Kafka"; ruling 24`, contract.Must, contract.Kafka),
		owed("publishes-array", "An SNS message is the JSON array of events", "fact A-S2, A-S3", contract.Must, contract.SNS),
		owed("publishes-within-256-kib", "An SNS message is of at most 256 KiB", "fact A-S4, A-S5", contract.Should, contract.SNS),
		owed("key-is-the-id", "The key of a Kafka record is the event's id", `document, "Kafka sample"; ruling 37`, contract.Must, contract.Kafka),
		owed("sends-required-members", "An event has a cartridge_tag, a name, an id and a time_server", shown+"; fact A-F", contract.Must, contract.HTTP),
		owed("members-have-their-types", "Every member of an event is of the type that the document shows", shown+"; fact A-F", contract.Must, contract.HTTP),
		owed("sends-the-assigned-tag", "The cartridge_tag of an event is the one that was given out for the game", shown, contract.Must, contract.HTTP),
		owed("names-the-player", "An event has a user_id or a smart_account that is not empty", shown+"; ruling 29", contract.Must, contract.HTTP),
		owed("time-in-milliseconds", "The time_server of an event is its Unix time in milliseconds, above 0", shown+"; ruling 27", contract.Must, contract.HTTP),
		owed("environment-is-0-or-1", "The app_environment is the integer 0 or 1", shown+"; ruling 32", contract.Must, contract.HTTP),
		owed("ids-are-unique", "No two events have the same id", `document, "Prepare your payload", id`, contract.Must, contract.HTTP),
		owed("times-are-integers", "Times are JSON integers", shown+"; ruling 26", contract.Should, contract.HTTP),
		owed("time-near-receipt", "The time_server of an event is close to the time of its receipt", "ruling 27", contract.Should, contract.HTTP),
		owed("account-in-lower-case", "A smart_account is 0x and 40 lower-case hex digits", `document, "Kafka sample"; ruling 30`, contract.Should, contract.HTTP),
		owed("chain-is-positive", "A chain_id is a number above 0, or left out", shown+"; ruling 31", contract.Should, contract.HTTP),
		owed("sends-properties", "An event has properties, be it an empty object", shown+"; ruling 34", contract.Should, contract.HTTP),
		owed("sends-app", "An event tells which app, in which version, it comes from", shown+"; fact A-F", contract.Should, contract.HTTP),
	}
}

// unjudged are the clauses that a client owes and that its messages do not show.
func unjudged() []contract.Clause {
	const outside = "settled between people, before anything is sent"
	owed := func(id, duty, basis string, level contract.Level, by contract.Transport, why string) contract.Clause {
		return contract.Clause{
			ID: "ingest/client/" + id, Duty: duty, Level: level, Basis: basis, Actor: contract.Client, Transport: by, Unobservable: why,
		}
	}
	return []contract.Clause{
		owed("agrees-names", "Names of events are agreed upon with the receiver", `document, "Prepare your payload"`, contract.Should, contract.HTTP, outside),
		owed("tells-what-it-knows", "The session, the chain, the device and the local time are told where they are known",
			`document, "Prepare your payload"; rulings 28, 33`, contract.Should, contract.HTTP, "what a client knows but does not tell cannot be seen"),
		owed("chooses-a-way", "Events go by HTTP, Kafka or SNS, as the sender likes", `document, "Push analytics events to Treasure"`, contract.May, contract.HTTP,
			"a permission, which no conduct breaks"),
		owed("sends-from-a-backend", "A game's own backend sends its events", `document, "Push analytics events to Treasure"`, contract.May, contract.HTTP,
			"where a message was made does not show; engine clients send from the player's device (fact A-F)"),
		owed("uses-given-credentials", "A producer uses the brokers, the topic, the user and the password that were given out",
			`document, "Kafka"; fact A-K2`, contract.Must, contract.Kafka, "a producer that uses others is refused before it can send a record"),
		owed("encrypts-and-authenticates", "A producer speaks TLS and authenticates by SCRAM-SHA-256",
			`document, "Kafka sample", ssl and sasl`, contract.Must, contract.Kafka, "a producer that does not is refused before it can send a record"),
		owed("names-itself", "A producer takes any client id", `document, "Kafka sample"; fact A-K15`, contract.May, contract.Kafka,
			"a permission, which no conduct breaks"),
		owed("batches-as-records", "Several events by Kafka are several records, which may go in one call of the producer",
			`document, "Kafka"; fact A-K1`, contract.May, contract.Kafka, "how many calls a producer made does not show in its records"),
		owed("resends-the-same-id", "An event that is sent again has the id that it had before", "fact A-R; ruling 36", contract.Must, contract.HTTP,
			"an event that is sent again under another id looks like another event"),
		owed("takes-any-2xx", "Every status of 200 to 299 counts as success", "fact A-H7; ruling 39", contract.Must, contract.HTTP,
			"what a client makes of an answer does not show in what it sends"),
		owed("resends-whole-batch", "A batch that was refused is sent again as a whole", "fact A-R; ruling 38", contract.Should, contract.HTTP,
			"a client may give up, so what it does not send again breaks nothing"),
		owed("reads-failed-entries", "A batch published to SNS is successful only without failed entries", "fact A-S6", contract.Must, contract.SNS,
			"what a client makes of an answer does not show in what it sends"),
	}
}

// unseen are the clauses that a server owes and that no probe can see.
func unseen() []contract.Clause {
	return []contract.Clause{
		{
			ID: "ingest/sns/subscribes", Level: contract.Must, Basis: `document, "Push analytics events to Treasure"; fact A-S1`, Actor: contract.Server, Transport: contract.SNS,
			Duty:         "What the studio publishes to its SNS topic is received",
			Unobservable: "the topic is the sender's own, and no public interface shows what its subscriber made of a message",
		}, {
			ID: "ingest/readback/serves-downstream", Level: contract.May, Basis: `document, "introduction"`, Actor: contract.Server,
			Duty:         "Events become available to further services, such as segmentation, in real time",
			Unobservable: "no interface of such a service is published",
		}, {
			ID: "ingest/kafka/keeps-records", Level: contract.May, Basis: "fact A-K14", Actor: contract.Server, Transport: contract.Kafka,
			Duty:         "Records stay in the assigned topic for seven days",
			Unobservable: "a producer is not granted to read the topic, and the time is too long for a probe",
		}, {
			ID: "ingest/kafka/topic-is-dedicated", Level: contract.Must, Basis: `document, "Push analytics events to Treasure"`, Actor: contract.Server, Transport: contract.Kafka,
			Duty:         "The game's topic is run by the receiver and is the game's alone",
			Unobservable: "a producer cannot see who else may write to a topic, nor who runs it",
		}, {
			ID: "ingest/kafka/serves-client-libraries", Level: contract.Should, Basis: `document, "Kafka"; fact A-K3, A-K13`, Actor: contract.Server, Transport: contract.Kafka,
			Duty:         "Producers of the common client libraries can send, among them kafkajs 2.2.4 with its defaults",
			Unobservable: "a probe speaks by one library only; a target's owner runs the others himself",
		},
	}
}
