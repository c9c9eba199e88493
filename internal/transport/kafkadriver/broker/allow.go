package broker

import (
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// anybody says whether requests are served whatever became of authentication. A handshake that a client begins is
// carried through all the same, since a client refuses a broker that cannot prove to know the password.
func (a Allow) anybody() bool { return a.Anonymous || len(a.Logins) > 0 }

// impose makes the cluster as lenient as a says. told is the one user that clients are told of.
func (a Allow) impose(cluster *kfake.Cluster, told User) {
	if a.UnknownTopic {
		cluster.ControlKey(int16(kmsg.Metadata), createTopics)
	}
	_ = told
}

// createTopics makes every question about topics one that creates what does not exist, and lets the cluster answer it.
func createTopics(req kmsg.Request) (kmsg.Response, error, bool) {
	if metadata, ok := req.(*kmsg.MetadataRequest); ok {
		metadata.AllowAutoTopicCreation = true
	}
	return nil, nil, false
}
