package ingest

import "regexp"

// account is a wallet address as clients are asked to write it (ruling 30).
var account = regexp.MustCompile(`^0x[0-9a-f]{40}$`)

// firstMillisecond is the least number that cannot be meant in seconds: 13 digits, the year 2001.
const firstMillisecond = 1_000_000_000_000

// Warnings says what a client should do better in an event that a server takes all the same: forms that are merely
// tolerated, a time that is 0 or in seconds, nobody named. Only a decoded event has warnings about its form.
func (e *Event) Warnings() []FieldError {
	found := append([]FieldError(nil), e.oddness...)
	warn := func(is bool, field, problem string) {
		if is {
			found = append(found, FieldError{e.index, field, problem})
		}
	}
	warn(e.TimeServer < firstMillisecond, "time_server", "0 or in seconds, want Unix milliseconds")
	warn(e.UserID == "" && e.SmartAccount == "", "user_id", "empty like smart_account, want one of the two")
	warn(e.SmartAccount != "" && !account.MatchString(e.SmartAccount), "smart_account", "want 0x and 40 lower-case hex digits")
	warn(e.Properties == nil, "properties", "missing, want at least an empty object")
	return found
}
