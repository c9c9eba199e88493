package ingest

import "strings"

// canonical returns, as a template, what the checksum of an event covers: everything that a decoder reads of the wire
// form, as appendHead writes it, up to the properties. A target may write an event anew and the checksum still holds,
// for it is of what the event says and not of how it says it.
func canonical(wire string) string {
	said := map[string]string{}
	for name, value := range members([]byte(wire)) {
		said[string(name)] = string(value)
	}
	form := `{"cartridge_tag":` + said["cartridge_tag"] + `,"name":` + said["name"] + `,"time_server":` + plainSlot(said["time_server"])
	for _, name := range []string{"time_local", "smart_account", "user_id", "id", "session_id", "chain_id"} {
		form += member(name, said[name])
	}
	form += object("device", said["device"], "device_name", "device_model", "device_unique_id", "device_os")
	form += object("app", said["app"], "app_identifier", "app_version", "app_environment")
	return form + openProperties
}

const openProperties = `,"properties":{`

// isCanonical tells whether events of the wire form are canonical already, properties last.
func isCanonical(wire string) bool {
	form := strings.TrimSuffix(canonical(wire), openProperties) + `,"properties":$properties}`
	return strings.ReplaceAll(form, "?", "") == strings.ReplaceAll(wire, "?", "")
}

// member is one canonical member: left out where the client does not send it, or sends what a decoder takes for nothing.
func member(name, value string) string {
	switch value = plainSlot(value); {
	case value == "" || value == `""`, name == "app_environment" && value[0] == '"':
		return ""
	case value[0] == '$' && name != "id":
		value = strings.TrimSuffix(value, "?") + "?"
	}
	return `,"` + name + `":` + value
}

func object(name, value string, names ...string) string {
	inner := ""
	if value != "" {
		for n, v := range members([]byte(value)) {
			for i := range names {
				if names[i] == string(n) {
					names[i] = member(names[i], string(v))
				}
			}
		}
	}
	for _, m := range names {
		if strings.HasPrefix(m, ",") {
			inner += m
		}
	}
	if inner == "" {
		return ""
	}
	return `,"` + name + `":{` + inner[1:] + `}`
}

// plainSlot returns the canonical form of a slot: the same value, as a decoder gives it back.
func plainSlot(value string) string {
	switch {
	case strings.HasPrefix(value, "$time"):
		return "$time"
	case strings.HasPrefix(value, "$id"):
		return "$id"
	}
	return value
}
