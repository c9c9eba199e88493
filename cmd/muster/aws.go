package main

import (
	"fmt"

	"github.com/passmuster/muster/internal/target"
)

// awsKey returns the access key of the environment, so that what signs with it in the same shell is known to the
// reference; nil when the environment has none, and the reference then draws its own.
func awsKey(env func(string) string) *target.AWSCredentials {
	id, secret := env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil
	}
	return &target.AWSCredentials{AccessKeyID: id, SecretAccessKey: target.Secret(secret)}
}

// signing says how publishers sign: with what the environment has already, or with what is to be put there.
func signing(env func(string) string, s *target.SNS) string {
	if awsKey(env) != nil {
		return "signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of this shell"
	}
	return fmt.Sprintf("after: export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s",
		s.Credentials.AccessKeyID, s.Credentials.SecretAccessKey.Reveal())
}
