package clauses

import "github.com/passmuster/muster/internal/contract"

// client are the clauses that a client owes. A probe of a server cannot see them.
func client() []contract.Clause {
	owed := func(id, duty, basis string, level contract.Level, by contract.Transport) contract.Clause {
		return contract.Clause{
			ID: "ingest/client/" + id, Duty: duty, Level: level, Basis: basis, Actor: contract.Client, Transport: by,
			Unobservable: "owed by a client, so judged only when a client is under test",
		}
	}
	return []contract.Clause{
		owed("sends-array", "A POST holds an array, even of one event", "document, Prepare your payload; ruling 23", contract.Must, contract.HTTP),
		owed("sends-valid-json", "What is sent is valid JSON", "RFC 8259; ruling 25", contract.Must, contract.HTTP),
		owed("names-the-player", "An event has a user_id or a smart_account that is not empty", "document, Prepare your payload; ruling 29", contract.Must, contract.HTTP),
		owed("time-in-milliseconds", "The time_server of an event is its Unix time in milliseconds, above 0", "document, Prepare your payload; ruling 27", contract.Must, contract.HTTP),
		owed("times-are-integers", "Times are JSON integers", "document, Prepare your payload; ruling 26", contract.Should, contract.HTTP),
		owed("account-in-lower-case", "A smart_account is 0x and 40 lower-case hex digits", "ruling 30", contract.Should, contract.HTTP),
		owed("environment-is-0-or-1", "The app_environment is the integer 0 or 1", "document, Prepare your payload; ruling 32", contract.Must, contract.HTTP),
		owed("ids-are-unique", "No two events have the same id", "document, id", contract.Must, contract.HTTP),
		owed("resends-the-same-id", "An event that is sent again has the id that it had before", "contracts.md 1.3, ruling 36", contract.Must, contract.HTTP),
		owed("takes-any-2xx", "Every status of 200 to 299 counts as success", "A-H7, ruling 39", contract.Must, contract.HTTP),
		owed("one-object-per-record", "A Kafka record holds one event, not an array", "document, Kafka; ruling 24", contract.Must, contract.Kafka),
		owed("key-is-the-id", "The key of a Kafka record is the event's id", "document, Kafka sample; ruling 37", contract.Must, contract.Kafka),
		owed("publishes-array", "An SNS message is the JSON array of events", "A-S2, A-S3", contract.Must, contract.SNS),
		owed("reads-failed-entries", "A batch published to SNS is successful only without failed entries", "A-S6", contract.Must, contract.SNS),
	}
}

// unseen are the clauses that a server owes and that no probe can see.
func unseen() []contract.Clause {
	return []contract.Clause{
		{
			ID: "ingest/sns/subscribes", Level: contract.Must, Basis: "A-S1", Actor: contract.Server, Transport: contract.SNS,
			Duty:         "What the studio publishes to its SNS topic is received",
			Unobservable: "the topic is the sender's own, and no public interface shows what its subscriber made of a message",
		}, {
			ID: "ingest/readback/serves-downstream", Level: contract.May, Basis: "document, introduction", Actor: contract.Server,
			Duty:         "Events become available to further services, such as segmentation, in real time",
			Unobservable: "no interface of such a service is published",
		}, {
			ID: "ingest/kafka/keeps-records", Level: contract.May, Basis: "A-K14", Actor: contract.Server, Transport: contract.Kafka,
			Duty:         "Records stay in the assigned topic for seven days",
			Unobservable: "a producer is not granted to read the topic, and the time is too long for a probe",
		},
	}
}
