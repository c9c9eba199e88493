package target

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Loopback tells whether every address of the target is on this machine's loopback: a literal loopback address or the
// name localhost. Other names count as elsewhere, whatever they resolve to, and so does SNS without an endpoint of its
// own, which is AWS. A target without any address is not on loopback.
func (t *Target) Loopback() bool {
	hosts := t.hosts()
	for _, host := range hosts {
		if !loopback(host) {
			return false
		}
	}
	return len(hosts) > 0
}

// hosts lists the host of every address of the target; one that cannot be told is empty.
func (t *Target) hosts() []string {
	var hosts []string
	url := func(u string) { hosts = append(hosts, hostOf(u)) }
	kafka := func(k *Kafka) {
		if k == nil {
			return
		}
		for _, broker := range k.Brokers {
			host, _, _ := net.SplitHostPort(broker) // a faulty one gives an empty host, which is elsewhere
			hosts = append(hosts, host)
		}
	}
	if p := t.Playtime; p != nil {
		url(p.BaseURL)
		if p.Insights != nil {
			url(p.Insights.URL)
		}
	}
	if in := t.Ingest; in != nil {
		kafka(in.Kafka)
		if in.HTTP != nil {
			url(in.HTTP.BaseURL)
		}
		if in.SNS != nil {
			url(in.SNS.EndpointURL)
		}
		if r := in.Readback; r != nil {
			kafka(r.Kafka)
			if r.HTTP != nil {
				url(r.HTTP.URL)
			}
		}
	}
	return hosts
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
