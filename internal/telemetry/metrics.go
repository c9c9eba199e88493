package telemetry

// metrics are all metrics of a run. README has the same table; a test compares them.
type metrics struct {
	run   string
	ruler *ruler
	all   []*family

	info, state, began, elapsed, length, warmup, players, toDo *family // the run

	planned, fired, sent, outcomes, errors, response, service, lag, parts *family // its actions

	open, dialed, reused, stale, closed, evicted, refused, handshakes, connect, handshake *family // its connections

	insights                                              [5]*family // in the order of record.InsightsFigures.Values
	unanswered, ledger, ledgerComplete, findings, exports *family

	late, signs *family
	facts       map[string]fact // by the names of record.Health
}

func newMetrics(run string) *metrics {
	m := &metrics{run: run, ruler: newRuler()}
	m.defineRun()
	m.defineActions()
	m.defineConnections()
	m.defineBooks()
	m.late = m.add(counter, "generator.late", "s", "Seconds after the warm-up in which the generator's own lag (p99) was above the scenario's max_lag")
	m.signs = m.add(counter, "generator.sign", "s", "Seconds in which the generator showed a sign that it may be the limit", "sign")
	m.defineFacts()
	return m
}

// add makes a metric; its name gets muster in front.
func (m *metrics) add(k kind, name, unit, help string, labels ...string) *family {
	f := &family{name: "muster." + name, unit: unit, help: help, kind: k, labels: labels, run: m.run, ruler: m.ruler, series: map[string]*series{}}
	m.all = append(m.all, f)
	return f
}

func (m *metrics) defineRun() {
	m.info = m.add(gauge, "run.info", "", "Always 1; which run this is", "scenario", "target", "version", "slice")
	m.state = m.add(gauge, "run.state", "", "1 for the state that the run is in: running, complete, aborted, interrupted or broken", "state")
	m.began = m.add(gauge, "run.began_timestamp", "s", "When the run began, in Unix time")
	m.elapsed = m.add(gauge, "run.elapsed", "s", "Wall time since the plan's beginning, as far as it is recorded")
	m.length = m.add(gauge, "run.planned", "s", "How long the plan lasts on the wall")
	m.warmup = m.add(gauge, "run.warmup", "s", "Wall time at the beginning that percentiles and verdict leave out")
	m.players = m.add(gauge, "players.intended", "", "Concurrent players that the plan has now")
	m.toDo = m.add(gauge, "plan.actions", "", "Actions of the whole plan", "operation", "transport")
}

func (m *metrics) defineActions() {
	m.planned = m.add(counter, "actions.planned", "", "Actions whose planned instant has come", "operation", "transport")
	m.fired = m.add(counter, "actions.fired", "", "Actions that left the schedule", "operation", "transport")
	m.sent = m.add(counter, "actions.sent", "", "Actions that reached the wire", "operation", "transport")
	m.outcomes = m.add(counter, "actions", "", "Actions by what became of them: acknowledged, failed, indeterminate or never_sent", "operation", "transport", "outcome")
	m.errors = m.add(counter, "errors", "", "Actions that were not acknowledged, by the class of the reason", "operation", "transport", "class")
	m.response = m.add(histogram, "response", "s", "Response time, from planned to done, of actions acknowledged or indeterminate", "operation", "transport")
	m.service = m.add(histogram, "service", "s", "Service time, from sent to done, of actions acknowledged or indeterminate", "operation", "transport")
	m.lag = m.add(histogram, "lag", "s", "The generator's lag, from planned to fired", "operation", "transport")
	m.parts = m.add(histogram, "part", "s", "What lag, response and service time are made of", "operation", "transport", "part")
}

func (m *metrics) defineConnections() {
	m.open = m.add(gauge, "connections.open", "", "Open connections", "transport")
	m.dialed = m.add(counter, "connections.dialed", "", "Attempts to connect", "transport")
	m.reused = m.add(counter, "connections.reused", "", "Messages that found an open connection", "transport")
	m.stale = m.add(counter, "connections.stale", "", "Connections found dead when they were to be used again", "transport")
	m.closed = m.add(counter, "connections.closed", "", "Connections closed by either side", "transport")
	m.evicted = m.add(counter, "connections.evicted", "", "Connections of a player that were closed to make room for another's", "transport")
	m.refused = m.add(counter, "connection.errors", "", "Connections that did not come about: dial, address (no local address or port left) or tls", "transport", "kind")
	m.handshakes = m.add(counter, "tls.handshakes", "", "TLS handshakes that succeeded, full or resumed", "transport", "kind")
	m.connect = m.add(histogram, "connect", "s", "TCP connect", "transport")
	m.handshake = m.add(histogram, "tls.handshake", "s", "TLS handshake", "transport")
}

func (m *metrics) defineBooks() {
	m.insights = [5]*family{
		m.add(gauge, "insights.concurrent_players", "", "Concurrent players: truth by the run's own actions, or as the target says", "source"),
		m.add(gauge, "insights.concurrent_ugc", "", "Concurrent content: truth by the run's own actions, or as the target says", "source"),
		m.add(gauge, "insights.total_players", "", "Players seen: truth by the run's own actions, or as the target says", "source"),
		m.add(gauge, "insights.average_playtime", "s", "Average length of ended sessions: truth by the run's own actions, or as the target says", "source"),
		m.add(gauge, "insights.average_ugc_per_session", "", "Average content of a session: truth by the run's own actions, or as the target says", "source"),
	}
	m.unanswered = m.add(counter, "insights.unanswered", "", "Times that the target did not tell its insights when it was asked")
	m.ledger = m.add(gauge, "ledger.events", "", "Events in the ledger, by state; there once the run is settled", "state")
	m.ledgerComplete = m.add(gauge, "ledger.complete", "", "1 when read-back reached its end before its deadline")
	m.findings = m.add(gauge, "findings", "", "Clauses judged, by level and status", "level", "status")
	m.exports = m.add(counter, "otlp.exports", "", "Exports by OTLP before this one, by result: sent or failed", "result")
}
