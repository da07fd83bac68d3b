/**
 * `npm run bench:guard`: from the opening of a store to the alarm at its receiver, through the real process, its state and its webhook: 20 assets
 * `fast`, then 100 `standard`; and what the watch costs. The stores are stand-ins for Redis in this process; what they answer is told elsewhere.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Receiver, Store } from "../test/support/guard-watch.ts";
import { Watch, openReceiver, openStore } from "../test/support/guard-watch.ts";

const { values } = parseArgs({
  options: {
    fast: { type: "string", default: "20" },
    standard: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
  },
});

interface Costs {
  /** Of one core, while all is as it should be, and while all of them are opened and closed. */
  readonly watching: number;
  readonly telling: number;
  readonly memoryMb: number;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const ticksPerSecond = 100;
/** The start itself (compiling, the first sight of each) is not what watching costs. */
const warmUpMs = 15_000;

async function measure(count: number, profile: "fast" | "standard", rounds: number): Promise<{ readonly times: number[] } & Costs> {
  await using stack = new AsyncDisposableStack();
  const receiver = stack.use(await openReceiver());
  const stores: Store[] = [];
  for (let i = 0; i < count; i += 1) stores.push(stack.use(await openStore(`store-${i}`)));
  const watch = stack.use(new Watch(stores, profile));
  watch.start(receiver);
  const seen = (): number => new Set(watch.output.match(/store-\d+/g)).size;
  while (seen() < count) await sleep(100);
  const cycleMs = profile === "fast" ? 4_000 : 60_000;
  say(`${count} assets are watched for ${(warmUpMs + 2 * cycleMs) / 1000} s, and then ${rounds} rounds of openings at random times …`);
  await sleep(warmUpMs);
  const watching = await cpuShare(watch.pid, () => sleep(2 * cycleMs));
  const times: number[] = [];
  const telling = await cpuShare(watch.pid, async () => {
    for (let round = 0; round < rounds; round += 1) times.push(...(await openAll(stores, receiver, profile === "fast" ? 8_000 : 60_000)));
  });
  const memory = memoryMb(watch.pid);
  await watch.stop();
  return { times, watching, telling, memoryMb: memory };
}

/** Opens each at a random moment of the span, waits for all alarms, closes all and waits for the proofs. Milliseconds, one a store. */
async function openAll(stores: readonly Store[], receiver: Receiver, spanMs: number): Promise<readonly number[]> {
  const before = receiver.messages.length;
  const opened = new Map<string, number>();
  await Promise.all(
    stores.map(async (store) => {
      await sleep(Math.random() * spanMs);
      store.isOpen = true;
      opened.set(store.name, performance.now());
    }),
  );
  const told = (event: string) => receiver.messages.slice(before).filter((message) => message.event === event);
  while (told("opened").length < stores.length) await sleep(50);
  for (const store of stores) store.isOpen = false;
  while (told("closed").length < stores.length) await sleep(50);
  return told("opened").map(({ asset, atMs }) => atMs - (opened.get(asset) ?? Number.NaN));
}

/** Of one core, while something goes on. */
async function cpuShare(pid: number | undefined, goesOn: () => Promise<void>): Promise<number> {
  const [before, startedMs] = [cpuSeconds(pid), performance.now()];
  await goesOn();
  return (cpuSeconds(pid) - before) / ((performance.now() - startedMs) / 1000);
}

/** User and system time of the process, by /proc (proc(5)): fields 14 and 15 of stat. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function memoryMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const at = (list: readonly number[], part: number): number =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? Number.NaN;
const goals = { fast: 5_000, standard: 65_000 };
let isMissed = false;
for (const profile of ["fast", "standard"] as const) {
  const count = Number(values[profile]);
  if (count === 0) continue;
  const { times, watching, telling, memoryMb: memory } = await measure(count, profile, profile === "fast" ? Number(values.rounds) : 1);
  const p95 = at(times, 0.95);
  isMissed ||= !(p95 <= goals[profile]);
  process.stdout.write(
    `${count} assets ${profile}, ${times.length} openings → alarm at its receiver: p50 ${(at(times, 0.5) / 1000).toFixed(2)} s, p95 ${(p95 / 1000).toFixed(2)} s (goal ${goals[profile] / 1000}), most ${(at(times, 1) / 1000).toFixed(2)} s; ` +
      `${(watching * 100).toFixed(2)} % of a core${profile === "standard" ? " (goal 1)" : ""}, ${(telling * 100).toFixed(2)} % during the openings, ${memory.toFixed(0)} MiB\n`,
  );
}
process.exitCode = isMissed ? 1 : 0;
