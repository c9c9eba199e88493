// Produces to Kafka as the documents' example does: one job as JSON on standard input, one report as JSON on standard
// output. The authority that the broker is to be trusted by comes in NODE_EXTRA_CA_CERTS, so that the client's options
// are those of the example and no more. A job that Kafka turned down is a report, too; only a broken job is an exit code other than 0.
import { readFileSync } from 'node:fs'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'

const job = JSON.parse(readFileSync(0, 'utf8'))
const codec = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP }[job.compression]
if (codec === undefined) throw new Error(`compression ${job.compression}: want none or gzip`)

const kafka = new Kafka({
  clientId: 'muster-interop',
  brokers: job.brokers,
  logLevel: logLevel.NOTHING,
  ssl: true,
  sasl: { mechanism: 'scram-sha-256', username: job.username, password: job.password },
  retry: { retries: job.retries }, // the example leaves this at 5, which makes a refusal slow and nothing else
})
const producer = kafka.producer(job.idempotent ? { idempotent: true } : undefined)

const report = { sent: 0 }
try {
  await producer.connect()
  for (const messages of job.calls) {
    await producer.send({ topic: job.topic, messages, compression: codec })
    report.sent += messages.length
  }
} catch (error) {
  const cause = error.cause ?? error
  report.error = [error.name, cause.type ?? cause.name, cause.code ?? '', cause.message].join(': ')
}
await producer.disconnect()
console.log(JSON.stringify(report))
