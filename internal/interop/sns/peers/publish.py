"""Does as the job on standard input says, with boto3, and reports on standard output."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

job = json.load(sys.stdin)
client = boto3.client(
    "sns", endpoint_url=job["endpoint"], region_name=job["region"],
    aws_access_key_id=job["access_key"], aws_secret_access_key=job["secret"],
    config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
)
report = {"ids": [], "failed": [], "error": ""}
try:
    if job.get("subscriber"):
        client.subscribe(TopicArn=job["topic"], Protocol="http", Endpoint=job["subscriber"])
    for message in job.get("messages") or []:
        report["ids"].append(client.publish(TopicArn=job["topic"], Message=message)["MessageId"])
    for entries in job.get("batches") or []:
        answer = client.publish_batch(
            TopicArn=job["topic"],
            PublishBatchRequestEntries=[{"Id": "e%d" % i, "Message": m} for i, m in enumerate(entries)],
        )
        report["ids"] += [e["MessageId"] for e in answer.get("Successful", [])]
        report["failed"] += ["%s: %s" % (e["Id"], e["Code"]) for e in answer.get("Failed", [])]
except ClientError as e:
    report["error"] = e.response["Error"]["Code"]
print(json.dumps(report))
