package falsealarms

import (
	"fmt"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// Two runs at once against one target do not disturb each other.
func TestTwoRunsAtOnce(t *testing.T) {
	to := serve(t)
	for pair := range uint64(3) {
		t.Run(fmt.Sprint("pair ", pair+1), func(t *testing.T) {
			var both sync.WaitGroup
			for run := range uint64(2) {
				cfg := connect(t, to)
				both.Go(func() { want(t, sweep(t, cfg, 2*pair+run, 2), record.Pass) })
			}
			both.Wait()
		})
	}
}
