// Package fitness says by which signs a load generator is known to be the limit, so that a run is believed only when it
// was not. It is the one table of these signs: the run tells of them while it goes on, the report judges by them.
//
// A record.Health flows in, the signs that it shows flow out. All of it is pure. The package imports internal/record only.
//
// # From a sign to a verdict
//
// A sign says that something of the generator or its machine was used up in a second. Most of what is used up does no
// harm: a machine may be busy and every action still be on time. So a sign by itself is a warning. It counts against the
// run where it had an effect (Touched): the lag of that second, or of one beside it, was above half of the scenario's
// max_lag, or muster itself could not send an action. With a known cause half the lag is enough; without one a second is
// late only above max_lag itself. Less than half is what small machines that others use too show again and again. A run is
// invalid when the seconds with cause and effect are more than the scenario's late_share of it and more than two: one or
// two hiccups are what any busy machine has, and they are shown.
//
// One sign needs no effect: a clock that was stepped, because a machine that is paused as a whole stops the clock that
// lag is measured by, and only the wall clock tells.
package fitness
