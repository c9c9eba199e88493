// Does as the job on standard input says, with the AWS SDK for JavaScript, and reports on standard output.
import { readFileSync } from "node:fs";
import { PublishBatchCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new SNSClient({
  endpoint: job.endpoint, region: job.region, maxAttempts: 1,
  credentials: { accessKeyId: job.access_key, secretAccessKey: job.secret },
});
const report = { ids: [], failed: [], error: "" };
try {
  if (job.subscriber) {
    await client.send(new SubscribeCommand({ TopicArn: job.topic, Protocol: "http", Endpoint: job.subscriber }));
  }
  for (const Message of job.messages ?? []) {
    report.ids.push((await client.send(new PublishCommand({ TopicArn: job.topic, Message }))).MessageId);
  }
  for (const entries of job.batches ?? []) {
    const answer = await client.send(new PublishBatchCommand({
      TopicArn: job.topic, PublishBatchRequestEntries: entries.map((Message, i) => ({ Id: `e${i}`, Message })),
    }));
    report.ids.push(...(answer.Successful ?? []).map((e) => e.MessageId));
    report.failed.push(...(answer.Failed ?? []).map((e) => `${e.Id}: ${e.Code}`));
  }
} catch (e) {
  report.error = e.name;
}
console.log(JSON.stringify(report));
