package snsdriver

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/passmuster/muster/internal/contract"
)

// stray is what a departure appends to a name or a secret to make it a wrong one.
const stray = "-muster-unknown"

// depart checks the departure that is asked for, and changes what the target itself says.
func (c Config) depart() (Config, error) {
	switch c.Departure {
	case contract.AsTold, contract.Unsigned, contract.WrongSecret, contract.UnknownAccessKey:
		return c, nil
	case contract.UnknownTopic:
		c.SNS.TopicARN += stray
		return c, nil
	default:
		return c, fmt.Errorf("open sns driver: departure %q is unknown", c.Departure)
	}
}

// departing returns credentials that are wrong in the one way that was asked for.
func (c Config) departing(right aws.CredentialsProvider) aws.CredentialsProvider {
	if c.Departure != contract.WrongSecret && c.Departure != contract.UnknownAccessKey {
		return right
	}
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		told, err := right.Retrieve(ctx)
		if c.Departure == contract.WrongSecret {
			told.SecretAccessKey += stray
		} else {
			told.AccessKeyID += stray
		}
		return told, err
	})
}
