/** `node examples/smart-home/simulate.ts --url postgres://… [--rate 50] [--seed 1] [--seconds N]`: keeps the world alive until interrupted. */
import { parseArgs } from "node:util";
import { simulate } from "./simulator.ts";
import { WorldError } from "./world.ts";

const help = `Keeps the smart-home example world alive: sign-ups, activations, attempts, corrections, deletions.

  --url URL      the database that make.ts filled, as its owner (or VITRINE_ADMIN_URL)
  --rate N       changed rows per second, default 50
  --seed N       default 1
  --seconds N    ends after so long; default: at Ctrl-C

`;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    rate: { type: "string" },
    seed: { type: "string" },
    seconds: { type: "string" },
    help: { type: "boolean" },
  },
});
const url = values.url ?? process.env["VITRINE_ADMIN_URL"];

if (values.help === true || url === undefined) {
  process.stdout.write(help);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  const end = new AbortController();
  process.once("SIGINT", () => end.abort());
  process.once("SIGTERM", () => end.abort());
  if (values.seconds !== undefined) setTimeout(() => end.abort(), Number(values.seconds) * 1_000).unref();
  try {
    const simulator = await simulate({
      url,
      ratePerSecond: Number(values.rate ?? 50),
      seed: Number(values.seed ?? 1),
      clock: Date.now,
      signal: end.signal,
    });
    let before = simulator.stats;
    const timer = setInterval(() => {
      const { stats } = simulator;
      process.stdout.write(`${stats.changes - before.changes} changes in ${stats.transactions - before.transactions} transactions\n`);
      before = stats;
    }, 1_000);
    try {
      await simulator.finished;
    } finally {
      clearInterval(timer);
    }
    for (const [action, count] of Object.entries(simulator.stats.byAction).toSorted((a, b) => b[1] - a[1]))
      process.stdout.write(`${String(count).padStart(8)} ${action}\n`);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
