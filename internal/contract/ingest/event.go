package ingest

import "strconv"

// Event is the wire form of one analytics event, with the members that the document shows. The zero value of an
// optional member means that the member is absent; appending an event leaves it out.
type Event struct {
	CartridgeTag string // which game; required
	Name         string // what happened; required
	ID           string // unique for the event, and what repeats are recognised by; required
	TimeServer   int64  // Unix milliseconds of the event; required, but some clients send 0
	TimeLocal    int64  // Unix milliseconds on the device
	SmartAccount string // wallet address; a client gives this or UserID
	UserID       string // the game's own name for the player
	SessionID    string
	ChainID      int64 // -1 where a client does not know it
	Device       Device
	App          App
	Properties   []byte // the JSON object as text; nil when absent
	Op           string // empty, upsert, u, delete or d; no document names it, one client's types do

	raw     []byte       // the object as received; nil for an event that was not decoded
	index   int          // place in the body that it was received in
	oddness []FieldError // forms that were received and are merely tolerated
	faults  []FieldError // of this event, while it is judged
}

// Device says what the event comes from, as far as that is known.
type Device struct{ Name, Model, UniqueID, OS string }

// App says which build the event comes from.
type App struct {
	Identifier  string // bundle or package name
	Version     string
	Environment int64 // 0 development, 1 production, NoEnvironment when absent
}

// NoEnvironment is the environment of an app that does not tell, or that names it in words.
const NoEnvironment = -1

// Raw returns the object as it was received; nil for an event that was not decoded. It shares the memory of what was
// decoded.
func (e *Event) Raw() []byte { return e.raw }

// AppendEvent appends e to dst as one compact JSON object, members in the document's order, and returns the longer
// slice. Properties are taken as they are and must be a JSON object; none are written as an empty one.
func AppendEvent(dst []byte, e *Event) []byte {
	dst = appendHead(dst, e)
	dst = append(dst, `,"properties":`...)
	if len(e.Properties) == 0 {
		return append(dst, `{}}`...)
	}
	dst = append(dst, e.Properties...)
	return append(dst, '}')
}

// appendHead appends everything of e up to its properties, leaving the object open.
func appendHead(dst []byte, e *Event) []byte {
	dst = append(dst, `{"cartridge_tag":`...)
	dst = appendString(dst, e.CartridgeTag)
	dst = append(dst, `,"name":`...)
	dst = appendString(dst, e.Name)
	dst = append(dst, `,"time_server":`...)
	dst = strconv.AppendInt(dst, e.TimeServer, 10)
	dst = appendInt(dst, `,"time_local":`, e.TimeLocal)
	dst = appendText(dst, `,"smart_account":`, e.SmartAccount)
	dst = appendText(dst, `,"user_id":`, e.UserID)
	dst = append(dst, `,"id":`...)
	dst = appendString(dst, e.ID)
	dst = appendText(dst, `,"session_id":`, e.SessionID)
	dst = appendInt(dst, `,"chain_id":`, e.ChainID)
	dst = appendText(dst, `,"op":`, e.Op)
	dst = appendDevice(dst, &e.Device)
	return appendApp(dst, &e.App)
}

func appendDevice(dst []byte, d *Device) []byte {
	if *d == (Device{}) {
		return dst
	}
	open := len(dst) + len(`,"device":{`)
	dst = append(dst, `,"device":{`...)
	dst = appendText(dst, `,"device_name":`, d.Name)
	dst = appendText(dst, `,"device_model":`, d.Model)
	dst = appendText(dst, `,"device_unique_id":`, d.UniqueID)
	dst = appendText(dst, `,"device_os":`, d.OS)
	dst = append(dst[:open], dst[open+1:]...) // the first member needs no comma
	return append(dst, '}')
}

func appendApp(dst []byte, a *App) []byte {
	if *a == (App{}) {
		return dst
	}
	dst = append(dst, `,"app":{"app_identifier":`...)
	dst = appendString(dst, a.Identifier)
	dst = append(dst, `,"app_version":`...)
	dst = appendString(dst, a.Version)
	if a.Environment != NoEnvironment {
		dst = append(dst, `,"app_environment":`...)
		dst = strconv.AppendInt(dst, a.Environment, 10)
	}
	return append(dst, '}')
}

// appendText appends a member whose name, comma and colon included, is given; nothing when text is empty.
func appendText(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	return appendString(append(dst, name...), text)
}

// appendInt is appendText for a number, absent when 0.
func appendInt(dst []byte, name string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, name...), n, 10)
}
