package ingest

import (
	"strings"
	"testing"
)

func TestTemplatesThatMakeNoEvent(t *testing.T) {
	for _, event := range []string{`{"id":$ids}`, `{"id":$`, `{"id":$id}`, `[]`, ``, `{"id":$id`} {
		if _, err := (Profile{Name: "odd", Event: event}).compile("key"); err == nil || !strings.Contains(err.Error(), "odd") {
			t.Errorf("%s: %v, want an error that names the client", event, err)
		}
	}
}

// What the checksum covers is the same whichever client sends it: all that a decoder reads, and nothing else.
func TestCanonical(t *testing.T) {
	const head, tail = `{"cartridge_tag":$tag,"name":$name,"time_server":$time`, `,"properties":{`
	for _, c := range []struct{ wire, want string }{
		{backend().Event, head + `,"time_local":$time?,"user_id":$user?,"id":$id,"session_id":$session?,"device":{"device_name":"muster",` +
			`"device_unique_id":$device?,"device_os":$os?},"app":{"app_identifier":"muster.synthetic","app_version":"1.0","app_environment":0}` + tail},
		{js().Event, head + `,"time_local":$time?,"smart_account":$account?,"id":$id,"device":{"device_unique_id":$device?,"device_os":$os?},` +
			`"app":{"app_identifier":"muster.synthetic","app_version":"1.0","app_environment":0}` + tail},
		{unreal().Event, strings.Replace(head, "$time", "0", 1) + `,"time_local":$time?,"smart_account":$account?,"id":$id,"chain_id":421614,` +
			`"device":{"device_name":"muster","device_model":"Linux Device","device_unique_id":$device?,"device_os":$os?},` +
			`"app":{"app_identifier":"muster.synthetic","app_version":"1.0","app_environment":0}` + tail},
		{godot().Event, head + `,"time_local":$time?,"smart_account":$account?,"id":$id,"session_id":$session?,` +
			`"device":{"device_name":"Not available","device_model":"synthetic","device_unique_id":$device?,"device_os":$os?},` +
			`"app":{"app_identifier":"muster.synthetic","app_version":"1.0"}` + tail},
	} {
		if got := canonical(c.wire); got != c.want {
			t.Errorf("canonical form of\n%s\nis\n%s\nwant\n%s", c.wire, got, c.want)
		}
	}
	for _, p := range Profiles() {
		if got := isCanonical(p.Event); got != (p.Name == Backend) {
			t.Errorf("%s: canonical already: %t", p.Name, got)
		}
	}
}
