package reference

import (
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"github.com/passmuster/muster/internal/target"
)

// credentials are what clients of one server know it by. They are worth nothing once it has ended.
type credentials struct {
	metricsKey target.Secret // signs playtime sessions; UUID text
	gameKey    target.Secret // shown beside the token of a playtime session
	apiKey     target.Secret // for events by HTTP
	password   target.Secret // for events by Kafka
	aws        target.AWSCredentials
	tokens     []target.Secret
}

// draw makes credentials for so many players: from seed, or from the system's randomness when it is empty. Tokens are
// drawn last, so with one seed a larger number of players keeps all that a smaller one had.
func draw(seed string, players int) credentials {
	key := sha256.Sum256([]byte(seed))
	if seed == "" {
		_, _ = cryptorand.Read(key[:]) // never fails, as documented
	}
	stream := rand.NewChaCha8(key)
	c := credentials{
		metricsKey: uuid(stream),
		apiKey:     digits(stream, 20),
		password:   digits(stream, 16),
		gameKey:    digits(stream, 16),
		aws:        target.AWSCredentials{AccessKeyID: accessKeyID, SecretAccessKey: digits(stream, 20)},
		tokens:     make([]target.Secret, players),
	}
	for i := range c.tokens {
		c.tokens[i] = digits(stream, 16)
	}
	return c
}

// digits returns n random bytes in hexadecimal.
func digits(stream *rand.ChaCha8, n int) target.Secret {
	return target.Secret(hex.EncodeToString(random(stream, n)))
}

// uuid returns a random UUID (RFC 9562, section 5.4).
func uuid(stream *rand.ChaCha8) target.Secret {
	b := random(stream, 16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return target.Secret(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

func random(stream *rand.ChaCha8, n int) []byte {
	b := make([]byte, n)
	_, _ = stream.Read(b) // never fails, as documented
	return b
}
