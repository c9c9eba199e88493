package broker

import (
	"encoding/binary"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Places in a batch of records, counted from its beginning (KIP-98).
const (
	attributesAt = 21 // the three lowest bits of two bytes are the codec
	producerAt   = 43 // eight bytes; -1 where the producer does not number its records
	batchHead    = 61
	codecZstd    = 4
)

// impose makes a running cluster refuse what it should not.
func (r Refuse) impose(cluster *kfake.Cluster, most int) {
	if r == (Refuse{}) {
		return
	}
	cluster.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		asked, ok := req.(*kmsg.ProduceRequest)
		if !ok {
			return nil, nil, false
		}
		for _, t := range asked.Topics {
			for _, p := range t.Partitions {
				if why := r.verdict(p.Records, most); why != nil {
					return refuseAll(asked, why), nil, true
				}
			}
		}
		return nil, nil, false
	})
}

// verdict says why a batch is refused; nil when it is not.
func (r Refuse) verdict(batch []byte, most int) *kerr.Error {
	if len(batch) < batchHead {
		return nil
	}
	codec := binary.BigEndian.Uint16(batch[attributesAt:]) & 7
	numbered := int64(binary.BigEndian.Uint64(batch[producerAt:])) >= 0
	switch {
	case r.Vaguely && len(batch) > most:
		return kerr.InvalidRequest
	case r.Zstd && codec == codecZstd:
		return kerr.UnsupportedCompressionType
	case r.Modest && !numbered, r.Numbered && numbered && codec != 0:
		return kerr.ClusterAuthorizationFailed
	}
	return nil
}

// refuseAll answers a request with one error for every partition that it names.
func refuseAll(asked *kmsg.ProduceRequest, why *kerr.Error) kmsg.Response {
	resp := kmsg.NewPtrProduceResponse()
	resp.SetVersion(asked.Version)
	for _, t := range asked.Topics {
		topic := kmsg.NewProduceResponseTopic()
		topic.Topic, topic.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			partition := kmsg.NewProduceResponseTopicPartition()
			partition.Partition, partition.ErrorCode = p.Partition, why.Code
			topic.Partitions = append(topic.Partitions, partition)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}
