package broker

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// options says in kfake's words who may do what. told is the one user that clients are told of.
//
// A further password of that user is beyond kfake: such exchanges are answered here, and since kfake does not learn of
// their end, it has to serve everybody. A handshake that a client begins is carried through all the same.
func (a Allow) options(told User) []kfake.Opt {
	opts := []kfake.Opt{kfake.Superuser(mechanism, told.Name, told.Password)}
	for _, u := range a.Logins {
		if u.Name != told.Name || u.Plain {
			opts = append(opts, kfake.Superuser(u.mechanism(), u.Name, u.Password))
		}
	}
	if !a.Anonymous && len(a.passwords(told)) == 0 {
		opts = append(opts, kfake.EnableSASL())
	}
	if a.UnknownTopic {
		opts = append(opts, kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(1))
	}
	return opts
}

// passwords returns the further passwords of the user that clients are told of.
func (a Allow) passwords(told User) []string {
	var further []string
	for _, u := range a.Logins {
		if u.Name == told.Name && !u.Plain {
			further = append(further, u.Password)
		}
	}
	return further
}

// plain says whether the mechanism PLAIN is offered.
func (a Allow) plain() bool {
	return slices.ContainsFunc(a.Logins, func(u User) bool { return u.Plain })
}

// impose makes a running cluster as lenient as options could not.
func (a Allow) impose(cluster *kfake.Cluster, told User) {
	if a.UnknownTopic {
		cluster.ControlKey(int16(kmsg.Metadata), createTopics)
	}
	if further := a.passwords(told); len(further) > 0 {
		p := &passwords{user: told.Name, each: append(further, told.Password), begun: map[string]string{}}
		cluster.ControlKey(int16(kmsg.SASLAuthenticate), func(req kmsg.Request) (kmsg.Response, error, bool) {
			cluster.KeepControl()
			asked, ok := req.(*kmsg.SASLAuthenticateRequest)
			if !ok {
				return nil, nil, false
			}
			resp, err := p.answer(asked)
			return resp, err, true
		})
	}
}

// createTopics makes every question about topics one that creates what does not exist, and lets the cluster answer it.
func createTopics(req kmsg.Request) (kmsg.Response, error, bool) {
	if metadata, ok := req.(*kmsg.MetadataRequest); ok {
		metadata.AllowAutoTopicCreation = true
	}
	return nil, nil, false
}
