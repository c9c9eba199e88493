//go:build !race

package playtime

// raced says that the race detector runs, under which sync.Pool forgets at random.
const raced = false
