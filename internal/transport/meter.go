package transport

import "github.com/passmuster/muster/internal/record"

// Meter is a driver that counts what its connections cost.
type Meter interface {
	// Meter returns what was counted since the last call (since the driver was opened, the first time) and starts
	// afresh. Second and Transport are left for the caller. It is for one caller at a time, beside any number of Sends.
	Meter() record.Links
}
