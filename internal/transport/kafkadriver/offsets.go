package kafkadriver

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The two instants that an offset is asked for, as the protocol's ListOffsets writes them.
const (
	newest = -1 // the offset that the next record will get
	oldest = -2 // the offset of the first record that is still there
)

// listOffsets asks the leader of every partition of a topic for an offset.
func listOffsets(ctx context.Context, client *kgo.Client, topic string, at int64) (map[int32]int64, error) {
	parts, err := describe(ctx, client, topic)
	if err != nil {
		return nil, err
	}
	asked := kmsg.NewListOffsetsRequestTopic()
	asked.Topic = topic
	for _, part := range parts {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = part.Partition, at
		asked.Partitions = append(asked.Partitions, p)
	}
	req := kmsg.NewPtrListOffsetsRequest()
	req.Topics = append(req.Topics, asked)
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("list offsets of topic %q: %w", topic, err)
	}
	return offsetsIn(resp, topic, len(parts))
}

// offsetsIn reads a response, which must speak of as many partitions as were asked for.
func offsetsIn(resp *kmsg.ListOffsetsResponse, topic string, partitions int) (map[int32]int64, error) {
	offsets := make(map[int32]int64, partitions)
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return nil, fmt.Errorf("list offsets of topic %q, partition %d: %w", topic, p.Partition, err)
			}
			offsets[p.Partition] = p.Offset
		}
	}
	if len(offsets) != partitions {
		return nil, fmt.Errorf("list offsets of topic %q: %d of %d partitions answered", topic, len(offsets), partitions)
	}
	return offsets, nil
}
