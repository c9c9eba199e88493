// Package sns holds tests with foreign parts on either side of SNS: our driver publishes to two implementations that
// others wrote, fauxqs and moto, with delivery proved through a subscribed queue; and two SDKs that others wrote, that of
// AWS for JavaScript and boto3, publish and subscribe to our reference, with delivery proved at a subscribed HTTP
// endpoint and by read-back.
//
// The tests carry the build tag integration. They want node with the packages of peers/package.json, and a Python of
// bin/interop-sns with those of peers/requirements.txt; what is missing fails them. Where the two implementations fall
// short of SNS is listed clause by clause in gaps_test.go, and the list itself is tested.
package sns
