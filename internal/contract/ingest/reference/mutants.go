package reference

import (
	"slices"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// mutant is one wrongness as data: what it is called, which clause it breaks, and the rule that it changes.
type mutant struct {
	contract.Mutant
	apply func(*rules)
}

// Mutants lists every wrongness that New knows.
func Mutants() []contract.Mutant {
	var all []contract.Mutant
	for _, m := range mutants() {
		all = append(all, m.Mutant)
	}
	return all
}

func mutants() []mutant {
	return slices.Concat(doorMutants(), answerMutants(), clockMutants(), fieldMutants(), storeMutants(), kafkaMutants(), snsMutants())
}

func wrong(name, clause, what string, apply func(*rules)) mutant {
	return mutant{contract.Mutant{Name: "ingest-" + name, Clause: "ingest/" + clause, Wrong: what}, apply}
}

// doorMutants are wrong about who and what is let in by HTTP.
func doorMutants() []mutant {
	return []mutant{
		wrong("accepts-missing-key", "http/refuses-missing-key", "takes events without an API key",
			func(r *rules) { r.keyNeeded = false }),
		wrong("accepts-empty-key", "http/refuses-missing-key", "takes an API key of no characters",
			func(r *rules) { r.emptyKey = true }),
		wrong("missing-key-answers-200", "http/refuses-missing-key", "refuses a missing API key in words, with status 200",
			func(r *rules) { r.keyStatus = 200 }),
		wrong("accepts-any-key", "http/refuses-unknown-key", "takes events with any API key",
			func(r *rules) { r.keyChecked = false }),
		wrong("accepts-longer-key", "http/refuses-unknown-key", "takes an API key that only begins with the right one",
			func(r *rules) { r.keyPrefix = true }),
		wrong("unknown-key-answers-200", "http/refuses-unknown-key", "refuses an unknown API key in words, with status 200",
			func(r *rules) { r.unknownStatus = 200 }),
		wrong("exact-key-header", "http/key-header-in-any-case", "knows the key's header in one spelling only",
			func(r *rules) { r.keyExactCase = true }),
		wrong("refuses-charset", "http/accepts-charset", "refuses a media type with a charset parameter",
			func(r *rules) { r.mediaExact = true }),
		wrong("accepts-any-media-type", "http/wrong-media-type-answers-415", "takes bodies of every media type",
			func(r *rules) { r.mediaChecked = false }),
		wrong("accepts-any-method", "http/refuses-other-methods", "takes events by PUT as well",
			func(r *rules) { r.anyMethod = true }),
		wrong("refuses-array-of-one", "http/accepts-array", "refuses an array that holds one event",
			func(r *rules) { r.arrayOfOne = false }),
		wrong("fails-on-large-batch", "http/accepts-batch", "answers 500 to more than 50 events in one body",
			func(r *rules) { r.largestBatch = 50 }),
		wrong("refuses-bare-object", "http/accepts-bare-object", "refuses one event without an array around it",
			func(r *rules) { r.bareObject = false }),
		wrong("small-body-limit", "http/accepts-240-kib", "refuses bodies above 64 KiB",
			func(r *rules) { r.bodyLimit = 64 << 10 }),
		wrong("fails-on-300-events", "http/accepts-large-batch", "answers 500 to more than 300 events in one body",
			func(r *rules) { r.largestBatch = 300 }),
		wrong("accepts-incomplete", "http/refuses-incomplete-events", "acknowledges events that lack a member",
			func(r *rules) { r.takesIncomplete = true }),
		wrong("accepts-malformed", "http/refuses-malformed-json", "acknowledges what is not JSON",
			func(r *rules) { r.takesMalformed = true }),
	}
}

// answerMutants are wrong in what they answer by HTTP.
func answerMutants() []mutant {
	return []mutant{
		wrong("missing-key-answers-401", "http/missing-key-answers-403", "answers 401 to a missing key",
			func(r *rules) { r.keyStatus = 401 }),
		wrong("too-large-answers-400", "http/too-large-answers-413", "answers 400 to a body above its limit",
			func(r *rules) { r.tooLargeStatus = 400 }),
		wrong("success-has-message", "http/success-has-no-message", "answers success with a member that clients read as failure",
			func(r *rules) { r.receipt = func(uint64, []byte) []byte { return []byte(`{"message":"ok"}`) } }),
		wrong("success-is-bare", "http/success-is-a-receipt", "answers success with an empty object",
			func(r *rules) { r.receipt = func(uint64, []byte) []byte { return []byte(`{}`) } }),
		wrong("error-without-message", "http/error-has-message", "names the reason of a failure otherwise than clients expect",
			func(r *rules) { r.errorMember = "error" }),
	}
}

// clockMutants tell the time wrongly.
func clockMutants() []mutant {
	text := func(f func(time.Time) string) func(*rules) { return func(r *rules) { r.clock = f } }
	return []mutant{
		wrong("clock-in-seconds", "clock/in-milliseconds", "tells the time in seconds",
			text(func(now time.Time) string { return strconv.FormatInt(now.Unix(), 10) })),
		wrong("clock-an-hour-ahead", "clock/is-right", "tells the time of an hour later",
			text(func(now time.Time) string { return strconv.FormatInt(now.Add(time.Hour).UnixMilli(), 10) })),
		wrong("clock-in-json", "clock/answers-digits", "tells the time as a JSON object",
			text(func(now time.Time) string { return `{"time":` + strconv.FormatInt(now.UnixMilli(), 10) + `}` })),
		wrong("clock-media-type", "clock/is-plain-text", "calls the time an octet stream",
			func(r *rules) { r.clockType = "application/octet-stream" }),
	}
}

// kafkaMutants are wrong about what comes by Kafka, behind the broker.
func kafkaMutants() []mutant {
	return []mutant{
		wrong("kafka-loses", "kafka/acknowledged-is-stored", "loses every second record",
			func(r *rules) { r.kafka.stores = everySecond }),
		wrong("kafka-stores-twice", "kafka/stored-once", "stores every record twice",
			func(r *rules) { r.kafka.stores = twice }),
		wrong("kafka-stores-repeats", "kafka/repeat-is-stored-once", "stores a repeated record again",
			func(r *rules) { r.kafka.recognises = never }),
		wrong("kafka-alters", "kafka/stored-unchanged", "loses a property",
			func(r *rules) { r.kafka.rewrite = edit(loseProperty) }),
		wrong("kafka-requires-optionals", "kafka/optional-members-may-be-absent", "drops events without a session",
			func(r *rules) { r.kafka.refuses = requires("session_id") }),
		wrong("kafka-refuses-unknown-members", "kafka/ignores-unknown-members", "drops events with members that no document names",
			func(r *rules) { r.kafka.refuses = unknown }),
		wrong("kafka-refuses-string-times", "kafka/accepts-sdk-times", "drops events whose times are strings",
			func(r *rules) {
				r.kafka.refuses = func(e map[string]any) string { return ofKind[string](e, "time_server") }
			}),
		wrong("kafka-accepts-array", "kafka/drops-array", "stores every event of a record that holds an array",
			func(r *rules) { r.kafka.arrays = true }),
		wrong("kafka-ignores-key", "kafka/drops-foreign-key", "stores a record whose key is not its event's id",
			func(r *rules) { r.kafka.keyIsID = false }),
		wrong("kafka-first-write-wins", "kafka/keeps-order", "ignores a newer version of an event by Kafka",
			func(r *rules) { r.kafka.recognises = sameID }),
		wrong("kafka-stores-ascii", "kafka/keeps-unicode", "replaces what is not ASCII in records by question marks",
			func(r *rules) { r.kafka.rewrite = ascii }),
		wrong("kafka-small-limit", "kafka/accepts-500-kb", "drops records above 256 KiB",
			func(r *rules) { r.kafka.sizeLimit = 256 << 10 }),
	}
}
