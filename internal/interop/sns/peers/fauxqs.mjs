// Serves fauxqs on a free port of loopback, says where, and ends with its standard input.
import { buildApp } from "fauxqs";

const app = buildApp({ logger: false });
console.log(await app.listen({ host: "127.0.0.1", port: 0 }));
process.stdin.resume();
process.stdin.on("end", async () => {
  await app.close();
  process.exit(0);
});
