// Package compare says what changed between two runs, how sure that is, and how small a change it could have seen.
//
// Two run directories flow in; a Comparison flows out, and its renderings as text, Markdown, JSON and HTML. The package
// imports internal/contract, internal/record, scenarios and reports.
//
// # Why a block bootstrap
//
// The actions of a run are not independent of each other: a second in which the target collects garbage is slow for all
// of them, and so is the next one. An interval that counts every action as evidence of its own is far too narrow. So the
// unit that is drawn again is a block of consecutive seconds, long enough to hold such spells together; a percentile is
// taken of the merged histograms of the drawn blocks. The spread of its logarithm over many draws is its standard error,
// and the number of blocks, not of actions, sets the degrees of freedom of the interval. The logarithm, because latencies
// change by factors. Where the error of a share is at issue, the share itself is drawn likewise.
//
// # Why one interval is wider than it looks
//
// A comparison of six operations by five percentiles on two clocks asks sixty questions. With an interval of 95 % each,
// three of them would be answered wrongly by chance in every comparison of a run with itself. The level is therefore
// shared among all rows (Bonferroni's correction), so that 99 comparisons of 100 in which nothing changed say so.
// Two runs of the same thing also differ by more than what happens within either of them: another minute, another
// neighbour on the machine. No single pair can tell how much, so a change must be larger than Options.Tolerance, too.
package compare
