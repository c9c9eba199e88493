package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/record"
)

// mostSlices bounds how many processes share one run.
const mostSlices = 4096

// sliceFlags say which share of the players this process plays.
type sliceFlags struct {
	Slice     string `placeholder:"K/N" help:"Play slice K (from 0) of N of the players; other processes play the others with the same --run, and 'muster report DIR DIR...' merges them."`
	RunNumber string `name:"run" placeholder:"HEX" help:"Number of the run in up to 16 hex digits, which all slices of one run share and no two runs may (default: drawn at random)."`
}

// portion is a slice of a numbered run.
type portion struct {
	slice record.Slice
	run   uint64
}

// everything is all players of a run whose number is drawn.
func everything() portion { return portion{record.Slice{Count: 1}, runNumber()} }

// portion reads the flags, for a scenario in which at most so many play at once.
func (f sliceFlags) portion(peak int) (portion, error) {
	s := everything()
	if f.Slice != "" {
		index, count, cut := strings.Cut(f.Slice, "/")
		k, noIndex := strconv.Atoi(index)
		n, noCount := strconv.Atoi(count)
		if !cut || noIndex != nil || noCount != nil || n < 1 || n > min(mostSlices, peak) || k < 0 || k >= n {
			return s, usage(fmt.Errorf("--slice %s: want K/N with N from 1 to %d and K from 0 to N-1", f.Slice, min(mostSlices, peak)),
				"--slice 0/4, 1/4, 2/4 and 3/4 are the four quarters of a run; no slice may be without players")
		}
		s.slice = record.Slice{Index: k, Count: n}
	}
	if f.RunNumber != "" {
		n, err := strconv.ParseUint(f.RunNumber, 16, 64)
		if err != nil {
			return s, usage(fmt.Errorf("--run %s: want 1 to 16 hex digits", f.RunNumber), "leave it out for a number drawn at random")
		}
		s.run = n
	}
	return s, nil
}

// tell says what the other slices need to know, when this one drew it.
func (f sliceFlags) tell(v *voice, s portion) {
	if s.slice.Count > 1 && f.RunNumber == "" {
		v.say("slice %d/%d of run %016x: give the other slices --run %016x", s.slice.Index, s.slice.Count, s.run, s.run)
	}
}

// runNumber draws the number that tells the events of this run from those of all others.
func runNumber() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails since Go 1.24
	return binary.LittleEndian.Uint64(b[:])
}
