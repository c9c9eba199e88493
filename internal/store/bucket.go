package store

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// putWithin bounds one request to the store, with all its repetitions.
const putWithin = time.Minute

// client is what is needed of an S3 client.
type client interface {
	HeadBucket(context.Context, *s3.HeadBucketInput, ...func(*s3.Options)) (*s3.HeadBucketOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// bucket keeps objects under a prefix of one bucket.
type bucket struct {
	client client
	name   string
	prefix string
}

// openBucket finds the bucket, so that one that is not there is not found out at the end of a day.
func openBucket(ctx context.Context, place string) (Store, error) {
	at, err := parse(place)
	if err != nil {
		return nil, fmt.Errorf("export to %q: %w", place, err)
	}
	ctx, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	settings, err := config.LoadDefaultConfig(ctx, at.settings()...)
	if err != nil {
		return nil, fmt.Errorf("export to %q: %w", place, err)
	}
	b := &bucket{client: s3.NewFromConfig(settings, at.options), name: at.bucket, prefix: at.prefix}
	if _, err := b.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.name}); err != nil {
		return nil, fmt.Errorf("export to %q: find bucket %s: %w", place, b.name, err)
	}
	return b, nil
}

// Put stores an object.
func (b *bucket) Put(ctx context.Context, name string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: aws.String(path.Join(b.prefix, name)), Body: bytes.NewReader(data),
		ContentType: aws.String(contentType(name)),
	})
	return err
}

// contentType returns the media type of an object by the ending of its name. It does not ask the system, which knows
// more on one machine than on another.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".parquet":
		return "application/vnd.apache.parquet"
	case ".json":
		return "application/json"
	case ".html":
		return "text/html; charset=utf-8"
	case ".xml":
		return "application/xml"
	case ".md", ".txt", ".hlog":
		return "text/plain; charset=utf-8"
	default:
		return "application/octet-stream"
	}
}

// location is a parsed place.
type location struct{ bucket, prefix, endpoint, region string }

func parse(place string) (location, error) {
	u, err := url.Parse(place)
	if err != nil {
		return location{}, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return location{}, err
	}
	at := location{bucket: u.Host, prefix: strings.Trim(u.Path, "/"), endpoint: query.Get("endpoint"), region: query.Get("region")}
	for name := range query {
		if name != "endpoint" && name != "region" {
			return location{}, fmt.Errorf("parameter %q is unknown, want endpoint or region", name)
		}
	}
	if at.bucket == "" || u.User != nil || u.Fragment != "" {
		return location{}, fmt.Errorf("want s3://BUCKET/PREFIX, and ?endpoint=URL&region=NAME where they are needed")
	}
	if end, err := url.Parse(at.endpoint); at.endpoint != "" && (err != nil || end.Scheme != "http" && end.Scheme != "https" || end.Host == "") {
		return location{}, fmt.Errorf("endpoint %q: want http://HOST:PORT or https://HOST:PORT", at.endpoint)
	}
	return at, nil
}

func (at location) settings() []func(*config.LoadOptions) error {
	var all []func(*config.LoadOptions) error
	if at.region != "" {
		all = append(all, config.WithRegion(at.region))
	}
	return all
}

// options tells of an endpoint other than that of AWS, which names its buckets in the path.
func (at location) options(o *s3.Options) {
	if at.endpoint != "" {
		o.BaseEndpoint = &at.endpoint
		o.UsePathStyle = true
	}
	if o.Region == "" {
		o.Region = "us-east-1" // every signature names a region; stores that have none take this one
	}
}
