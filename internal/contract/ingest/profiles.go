package ingest

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// The clients. Their forms were read from the public sources that conformance/BASIS.md names; the members are in the
// order in which each client writes them.
const (
	Backend = "backend"
	JS      = "js"
	Unity   = "unity"
	Unreal  = "unreal"
	Godot   = "godot"
)

const plainJSON, utf8JSON = MediaType, MediaType + "; charset=utf-8"

// Profiles returns all clients as they are shipped, deviations included. The caller owns the result.
func Profiles() []Profile { return []Profile{backend(), js(), unity(), unreal(), godot()} }

// backend is a game's own server, which follows the document to the letter.
func backend() Profile {
	return Profile{
		Name: Backend, Client: "a game's own server, after the document", Basis: `document, "Prepare your payload"`,
		Header: []contract.Field{{Name: "Content-Type", Value: plainJSON}, {Name: KeyHeader, Value: KeySlot}},
		Event: `{"cartridge_tag":$tag,"name":$name,"time_server":$time,"time_local":$time?,"user_id":$user,"id":$id,"session_id":$session?,` +
			`"device":{"device_name":"muster","device_unique_id":$device,"device_os":$os?},` +
			`"app":{"app_identifier":"muster.synthetic","app_version":"1.0","app_environment":0},"properties":$properties}`,
	}
}

// js is the JavaScript client in a browser, of a player who is logged in. A batch is what failed before.
func js() Profile {
	return Profile{
		Name: JS, Client: "TDK for JavaScript 3.13.1, in a browser", Basis: "fact A-H1, A-H2, A-H3, A-H4, A-H5, A-H6, A-H7, A-F (JS), A-R (JS)",
		Header: []contract.Field{{Name: "Content-Type", Value: plainJSON}, {Name: KeyHeader, Value: KeySlot}},
		Event: `{"smart_account":$account,"name":$name,"properties":$properties,"id":$id_event,"cartridge_tag":$tag,` +
			`"time_server":$time_text,"time_local":$time_text,` +
			`"app":{"app_identifier":"muster.synthetic","app_version":"1.0","app_environment":0},` +
			`"device":{"device_unique_id":$device,"device_os":$os},"tdk_flavour":"tdk-js","tdk_version":"3.13.1"}`,
		Clock: Clock{EachEvent: true},
		Retry: Retry{Every: 5 * time.Minute, Keep: 7 * 24 * time.Hour, Together: true},
		Deviations: []Deviation{{
			Name: "js-time-as-text", Clause: "ingest/client/times-are-integers", Taken: contract.Must,
			Wrong:   "Times are strings of digits",
			shipped: `"time_server":$time_text,"time_local":$time_text`, mended: `"time_server":$time,"time_local":$time`,
		}},
	}
}

// unity is the native Unity client, of a player who has not logged in.
func unity() Profile {
	return Profile{
		Name: Unity, Client: "TDK for Unity 2.8.0, native", Basis: "fact A-H1, A-H2, A-H3, A-H4, A-H5, A-H6, A-H7, A-F (Unity), A-R (Unity)",
		Header: []contract.Field{
			{Name: "Accept", Value: plainJSON}, {Name: "x-api-key", Value: KeySlot}, {Name: "Content-Type", Value: utf8JSON},
		},
		Event: `{"smart_account":"","chain_id":-1,"cartridge_tag":$tag,"name":$name,"session_id":$session_hex,"id":$id,` +
			`"tdk_version":"2.8.0","tdk_flavour":"tdk-unity","time_local":$time,"time_server":$time_double,"properties":$properties,` +
			`"device":{"device_name":"muster","device_model":"synthetic","device_type":3,"device_unique_id":$device,"device_os":$os,` +
			`"device_os_family":2,"device_cpu":"synthetic"},` +
			`"app":{"app_identifier":"muster.synthetic","app_is_editor":false,"app_version":"1.0","app_environment":0}}`,
		Batch: Batch{Events: 10, Units: 64 << 10, Every: 10 * time.Second},
		Clock: Clock{AtStart: true},
		Retry: Retry{Every: 30 * time.Second, Attempts: 6},
		Deviations: []Deviation{{
			Name: "unity-time-as-double", Clause: "ingest/client/times-are-integers", Taken: contract.Must,
			Wrong:   "The time_server is written with a fraction of zero",
			shipped: `$time_double`, mended: `$time`,
		}, {
			Name: "unity-chain-unknown", Clause: "ingest/client/chain-is-positive", Taken: contract.Must,
			Wrong:   "The chain_id is -1 while no chain is known",
			shipped: `"chain_id":-1,`,
		}, {
			Name: "unity-no-user-id", Clause: "ingest/client/names-the-player", Taken: contract.Should,
			Wrong:   "No user_id is sent, so until the player logs in, and the smart_account is empty, nobody is named",
			shipped: `"smart_account":"",`, mended: `"smart_account":"","user_id":$user,`,
		}},
	}
}

// unreal is the C++ half of the Unreal client, of a player who is logged in. Its session is never given a name.
func unreal() Profile {
	return Profile{
		Name: Unreal, Client: "TDK for Unreal 1.0, C++", Basis: "fact A-H1, A-H2, A-H3, A-H4, A-H5, A-H8, A-H9, A-F (Unreal), A-R (Unreal)",
		Header: []contract.Field{{Name: "Content-Type", Value: utf8JSON}, {Name: "x-api-key", Value: KeySlot}},
		Event: `{"smart_account":$account,"chain_id":421614,"cartridge_tag":$tag,"name":$name,"session_id":"","id":$id_upper,` +
			`"tdk_version":"1.0","tdk_flavour":"TDK Plugin","time_local":$time,"time_server":0,"properties":$properties,` +
			`"device":{"device_name":"muster","device_model":"Linux Device","device_type":3,"device_unique_id":$device,"device_os":$os,` +
			`"device_os_family":3,"device_cpu":"synthetic"},` +
			`"app":{"app_identifier":"muster.synthetic","app_is_editor":false,"app_version":"1.0","app_environment":0}}`,
		Batch: Batch{Events: 1},
		Deviations: []Deviation{{
			Name: "unreal-time-zero", Clause: "ingest/client/time-in-milliseconds", Taken: contract.Should,
			Wrong:   "The time_server is never set and so is 0",
			shipped: `"time_server":0`, mended: `"time_server":$time`,
		}},
	}
}

// godot is the Godot client, of a player who is logged in. It writes members in the order of their names.
func godot() Profile {
	return Profile{
		Name: Godot, Client: "TDK for Godot 0.0.1", Basis: "fact A-H1, A-H2, A-H3, A-H4, A-H5, A-H6, A-F (Godot), A-R (Godot)",
		Header: []contract.Field{{Name: "x-api-key", Value: KeySlot}, {Name: "Content-Type", Value: plainJSON}},
		Event: `{"app":{"app_environment":"DEV","app_identifier":"muster.synthetic","app_is_editor":false,"app_version":"1.0"},` +
			`"cartridge_tag":$tag,"chain_id":"","device":{"device_cpu":"synthetic","device_model":"synthetic",` +
			`"device_name":"Not available","device_os":$os,"device_os_family":"synthetic","device_type":"Not available","device_unique_id":$device},` +
			`"id":$id_uuid,"name":$name,"properties":$properties,"session_id":$session,"smart_account":$account,` +
			`"tdk_flavour":"tdk-godot","tdk_version":"0.0.1","time_local":$time,"time_server":$time}`,
		Bare:  true,
		Batch: Batch{Events: 1},
		Clock: Clock{AtStart: true, Retry: 5 * time.Second},
		Deviations: []Deviation{{
			Name: "godot-bare-object", Clause: "ingest/client/sends-array", Taken: contract.May,
			Wrong: "An event is posted without an array around it",
		}, {
			Name: "godot-environment-as-text", Clause: "ingest/client/environment-is-0-or-1", Taken: contract.Should,
			Wrong:   "The app_environment is the name DEV or PROD",
			shipped: `"app_environment":"DEV"`, mended: `"app_environment":0`,
		}, {
			Name: "godot-chain-as-text", Clause: "ingest/client/chain-is-positive", Taken: contract.Should,
			Wrong:   "The chain_id is an empty string",
			shipped: `"chain_id":"",`,
		}},
	}
}
