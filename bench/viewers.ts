/**
 * `npm run bench:viewers`: how long viewers wait while changes stream in, on the demonstration's world of 2,000,000 attempts. What may be
 * told is worked out on a thread of its own; an answer takes what is finished. Prints p50, p99, the largest, and how old answers were.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createWorld } from "../examples/smart-home/world.ts";
import type { Answer } from "../src/metrics/answer.ts";
import { runProduct } from "../test/support/product.ts";
import { startLoad } from "./load.ts";

const { values } = parseArgs({
  options: {
    attempts: { type: "string", default: "2000000" },
    accounts: { type: "string", default: "20000" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "30" },
  },
});
const goalP99Ms = 50;
const goalAgeMs = 6_000;

const questions = [
  "activations?grain=day&range=last+30+days&by=model",
  "activations?grain=month&range=last+12+months&by=country",
  "activations?grain=day&range=last+30+days",
  "failed_connection_rate?grain=day&range=last+30+days&by=model",
  "failed_connection_rate?grain=week&range=last+12+weeks",
  "failed_connection_rate?grain=month&range=last+6+months&by=model,country",
] as const;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const declaration = readFileSync(new URL("../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");
let isMissed = false;
{
  const sizes = { accounts: Number(values.accounts), attempts: Number(values.attempts) };
  say("PostgreSQL starts, and the world is made …");
  await using running = await runProduct({ load: async (url) => createWorld({ url, ...sizes, now: new Date() }), declaration });
  await running.untilProven("activations", "grain=month");
  const { stdout } = await running.product.command(["token", "create", "--role", "viewer", "--name", "bench viewer"]);
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  const ask = async (question: string): Promise<Answer> => {
    const response = await fetch(`http://${running.product.environment["VITRINE_LISTEN"]}/v1/metrics/${question}`, { headers });
    if (response.status !== 200) throw new Error(`${question}: ${response.status}`);
    return (await response.json()) as Answer;
  };
  const started = performance.now();
  for (const question of questions) {
    const first = performance.now();
    const answer = await ask(question);
    say(
      `first answer to ${question}: ${Math.round(performance.now() - first)} ms, ${answer.cells.length} cells, ${answer.bounds?.length ?? 0} in steps, ${answer.cellsWithheld} withheld`,
    );
  }
  const isPending = (answer: Answer): boolean => answer.notes.some(({ reason }) => reason === "small-groups-pending");
  for (const question of questions) while (isPending(await ask(question))) await sleep(200);
  say(`all that may be told was worked out after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const seconds = Number(values.seconds);
  await using load = await startLoad({ adminUrl: running.adminUrl, ratePerSecond: Number(values.rate), seconds, facts: sizes.attempts });
  await sleep(2_000);
  const times: number[] = [];
  const ages: number[] = [];
  const until = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < until; i += 1) {
    const before = performance.now();
    const answer = await ask(questions[i % questions.length] ?? "");
    times.push(performance.now() - before);
    if (answer.lagMs !== undefined) ages.push(answer.lagMs);
    await sleep(20);
  }
  await load.stop();
  const at = (list: readonly number[], part: number): number =>
    list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;
  process.stdout.write(
    `${times.length} answers to a viewer at ${values.rate} changes/s, ${values.attempts} attempts: p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms (goal ${goalP99Ms}), most ${at(times, 1).toFixed(1)} ms\n` +
      `now − proven of the answers: p50 ${at(ages, 0.5).toFixed(0)} ms, p99 ${at(ages, 0.99).toFixed(0)} ms (goal ${goalAgeMs})\n`,
  );
  isMissed = at(times, 0.99) > goalP99Ms || at(ages, 0.99) > goalAgeMs;
}
process.exit(isMissed ? 1 : 0);
