package playtime

import "github.com/passmuster/muster/internal/contract"

// The operations of the contract, as reports name them.
const (
	OpStart     = "playtime.start"
	OpHeartbeat = "playtime.heartbeat"
	OpEnd       = "playtime.end"
)

// The paths of the operations below the target's base URL. Each takes POST.
const (
	PathStart     = "/v1/metrics/sessions/start"
	PathHeartbeat = "/v1/metrics/sessions/heartbeat"
	PathEnd       = "/v1/metrics/sessions/end"
)

// PathInsights is where the reference serves the five insights by GET. The document gives them no endpoint; this one
// is muster's own.
const PathInsights = "/insights"

// PathExport is where the reference serves what the insights are made of by GET; muster's own, too.
const PathExport = "/export"

// The members of a body. The document lists them as path parameters; every client sends them in the body (ruling 11).
const (
	MemberIDs       = "ids" // in a start only
	MemberSessionID = "session_id"
	MemberTS        = "session_ts"
	MemberHash      = "session_hash"
	MemberNonce     = "session_nonce"
	MemberOrder     = "session_order_id"
)

// The optional headers that tell where a session comes from.
const (
	HeaderPlatform = "X-Modio-Platform"
	HeaderPortal   = "X-Modio-Portal"
)

// Platforms returns the documented values of HeaderPlatform. Their case is of no account, and anything else is ignored
// (fact B-8).
func Platforms() []string {
	return []string{"source", "windows", "mac", "linux", "android", "ios", "xboxone", "xboxseriesx", "ps4", "ps5", "switch", "switch2",
		"oculus", "windowsserver", "linuxserver"}
}

// Portals returns the documented values of HeaderPortal, by the same rule (fact B-9).
func Portals() []string {
	return []string{"apple", "discord", "epicgames", "facebook", "gog", "google", "itchio", "nintendo", "psn", "sso", "steam", "xboxlive"}
}

// operations is indexed by contract.Kind.
var operations = [...]struct{ name, path string }{
	contract.Start:     {OpStart, PathStart},
	contract.Heartbeat: {OpHeartbeat, PathHeartbeat},
	contract.End:       {OpEnd, PathEnd},
}

// KindAt returns the kind of action that is posted to this path, and whether there is one.
func KindAt(path string) (contract.Kind, bool) {
	for k, o := range operations {
		if o.path == path {
			return contract.Kind(k), true
		}
	}
	return 0, false
}

// Operation returns the name of what becomes of an action of this kind, empty when the contract has none.
func Operation(k contract.Kind) string {
	if int(k) < len(operations) {
		return operations[k].name
	}
	return ""
}
