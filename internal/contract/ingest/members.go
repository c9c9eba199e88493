package ingest

import (
	"bytes"
	"strconv"
	"strings"
)

// time reads Unix milliseconds in any form that a real client sends: an integer, a string of digits (JS), or a whole
// double (Unity) (ruling 26).
func (d *decoder) time(field string, value []byte) int64 {
	number := value
	if value[0] == '"' {
		number = value[1 : len(value)-1]
		d.warn(field, "a string, want an integer")
		if strings.Trim(string(number), "0123456789") != "" {
			number = nil
		}
	}
	if value[0] != '"' && bytes.ContainsAny(value, ".eE") {
		d.warn(field, excerpt(value)+", want an integer")
	}
	ms, ok := integer(number)
	if !ok || ms < 0 {
		d.fault(field, excerpt(value)+": want Unix milliseconds")
		return 0
	}
	return ms
}

// chain reads a chain id. Unity and Unreal send -1, and Godot an empty string, where they do not know it (ruling 31).
func (d *decoder) chain(value []byte) int64 {
	if null(value) {
		return 0
	}
	if string(value) == `""` {
		d.warn("chain_id", "an empty string, want an integer or nothing")
		return 0
	}
	n, ok := integer(value)
	if !ok {
		d.fault("chain_id", excerpt(value)+": want an integer")
	}
	if ok && n <= 0 {
		d.warn("chain_id", strconv.FormatInt(n, 10)+", want a positive integer or nothing")
	}
	return n
}

// op reads what is to become of the event.
func (d *decoder) op(value []byte) string {
	switch op := d.text("op", value); op {
	case "", "upsert", "u", "delete", "d":
		return op
	default:
		d.fault("op", excerpt(value)+": want upsert, u, delete or d")
		return ""
	}
}

func (d *decoder) device(to *Device, value []byte) {
	if !d.object("device", value) {
		return
	}
	*to = Device{}
	for name, v := range members(value) {
		switch string(name) {
		case "device_name":
			to.Name = d.text("device.device_name", v)
		case "device_model":
			to.Model = d.text("device.device_model", v)
		case "device_unique_id":
			to.UniqueID = d.text("device.device_unique_id", v)
		case "device_os":
			to.OS = d.text("device.device_os", v)
		}
	}
}

func (d *decoder) app(to *App, value []byte) {
	if !d.object("app", value) {
		return
	}
	*to = App{Environment: NoEnvironment}
	for name, v := range members(value) {
		switch string(name) {
		case "app_identifier":
			to.Identifier = d.text("app.app_identifier", v)
		case "app_version":
			to.Version = d.text("app.app_version", v)
		case "app_environment":
			to.Environment = d.environment(v)
		}
	}
}

// environment reads 0 or 1. Godot sends a name instead, which a server takes and a client should not send (ruling 32).
func (d *decoder) environment(value []byte) int64 {
	n, ok := integer(value)
	if !ok || n < 0 || n > 1 {
		d.warn("app.app_environment", excerpt(value)+", want 0 or 1")
		return NoEnvironment
	}
	return n
}
