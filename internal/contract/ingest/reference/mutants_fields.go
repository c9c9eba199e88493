package reference

import (
	"encoding/json"
	"slices"
	"strings"
)

// fieldMutants refuse, by HTTP, events that the contract allows.
func fieldMutants() []mutant {
	refuses := func(f func(map[string]any) string) func(*rules) { return func(r *rules) { r.http.refuses = f } }
	optional := func(member, clause string) mutant {
		name := "requires-" + strings.NewReplacer("_", "-", ".", "-").Replace(member)
		return wrong(name, "fields/"+clause, "refuses events without "+member, refuses(requires(member)))
	}
	return []mutant{
		optional("time_local", "time-local-may-be-absent"),
		optional("session_id", "session-id-may-be-absent"),
		optional("chain_id", "chain-id-may-be-absent"),
		optional("smart_account", "smart-account-may-be-absent"),
		optional("user_id", "user-id-may-be-absent"),
		optional("device", "device-may-be-absent"),
		optional("device.device_model", "device-members-may-be-absent"),
		optional("properties", "properties-may-be-absent"),
		wrong("refuses-empty-properties", "fields/properties-may-be-empty", "refuses events whose properties are empty",
			refuses(func(e map[string]any) string { return when(len(properties(e)) == 0, "properties") })),
		wrong("refuses-string-times", "fields/accepts-string-times", "refuses times that are strings of digits",
			refuses(func(e map[string]any) string { return ofKind[string](e, "time_server") })),
		wrong("refuses-double-times", "fields/accepts-double-times", "refuses times that are written with a fraction of zero",
			refuses(func(e map[string]any) string {
				return when(strings.Contains(number(e, "time_server"), "."), "time_server")
			})),
		wrong("refuses-unknown-members", "fields/ignores-unknown-members", "refuses events with members that no document names",
			refuses(unknown)),
		wrong("refuses-unknown-device-members", "fields/ignores-unknown-nested-members", "refuses devices with members that no document names",
			refuses(unknownOfDevice)),
		wrong("refuses-nested-properties", "fields/accepts-every-kind-of-property", "refuses properties that are objects",
			refuses(nested)),
		wrong("refuses-negative-chain", "fields/accepts-unknown-chain", "refuses a chain id of -1",
			refuses(func(e map[string]any) string { return when(strings.HasPrefix(number(e, "chain_id"), "-"), "chain_id") })),
		wrong("refuses-nameless-player", "fields/accepts-empty-accounts", "refuses events that name no player",
			refuses(func(e map[string]any) string { return when(e["user_id"] == nil && e["smart_account"] == "", "user_id") })),
		wrong("refuses-zero-time", "fields/accepts-zero-time", "refuses an event whose time is 0",
			refuses(func(e map[string]any) string { return when(number(e, "time_server") == "0", "time_server") })),
		wrong("refuses-op", "fields/accepts-op", "refuses events that say what is to become of them",
			refuses(func(e map[string]any) string { return when(e["op"] != nil, "op") })),
		wrong("refuses-unicode", "fields/accepts-unicode", "refuses events whose properties go beyond ASCII",
			refuses(func(e map[string]any) string {
				return when(strings.ContainsFunc(text(properties(e), "title"), func(r rune) bool { return r > 127 }), "properties.title")
			})),
		wrong("refuses-large-numbers", "fields/accepts-edge-numbers", "refuses properties with numbers beyond 64 bits",
			refuses(func(e map[string]any) string {
				return when(len(number(properties(e), "beyond")) > 19, "properties.beyond")
			})),
		wrong("refuses-deep-properties", "fields/accepts-deep-properties", "refuses properties of more than ten levels",
			refuses(func(e map[string]any) string { return when(depth(e["properties"]) > 10, "properties") })),
		wrong("refuses-foreign-ids", "fields/accepts-any-form-of-id", "refuses ids that are not 32 hex digits",
			refuses(func(e map[string]any) string { return when(len(text(e, "id")) != 32, "id") })),
	}
}

func when(is bool, field string) string {
	if is {
		return field
	}
	return ""
}

// requires finds fault with events that lack a member; a dot separates levels.
func requires(path string) func(map[string]any) string {
	return func(event map[string]any) string {
		outer, inner, nested := strings.Cut(path, ".")
		value, has := event[outer]
		if object, is := value.(map[string]any); nested && is {
			_, has = object[inner]
		}
		return when(!has, path)
	}
}

func ofKind[T any](event map[string]any, field string) string {
	_, is := event[field].(T)
	return when(is, field)
}

func number(event map[string]any, field string) string {
	n, _ := event[field].(json.Number)
	return n.String()
}

func text(event map[string]any, field string) string {
	s, _ := event[field].(string)
	return s
}

// unknown finds fault with members that the document does not show.
func unknown(event map[string]any) string {
	known := strings.Fields("cartridge_tag name time_server time_local smart_account user_id id session_id chain_id device app properties op")
	for name := range event {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

func unknownOfDevice(event map[string]any) string {
	device, _ := event["device"].(map[string]any)
	known := strings.Fields("device_name device_model device_unique_id device_os")
	for name := range device {
		if !slices.Contains(known, name) {
			return "device." + name
		}
	}
	return ""
}

// nameless finds fault with events that name no player.
func nameless(event map[string]any) string {
	return when(text(event, "user_id") == "" && text(event, "smart_account") == "", "user_id")
}

// depth counts how many objects lie in one another.
func depth(value any) int {
	object, is := value.(map[string]any)
	if !is {
		return 0
	}
	most := 0
	for _, inner := range object {
		most = max(most, depth(inner))
	}
	return most + 1
}

func nested(event map[string]any) string {
	for name, value := range properties(event) {
		if _, is := value.(map[string]any); is {
			return "properties." + name
		}
	}
	return ""
}
