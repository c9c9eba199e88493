// Package catalog is the one explicit list of the contracts and transports that this binary holds, and the means to
// bind them to a target.
//
// A target flows in; the register, the routes from action to wire, the probe's sender and the readers flow out. A new
// contract or transport is one new folder and one new line here; a test fails when a folder has no line. The package
// may import everything below it.
package catalog
