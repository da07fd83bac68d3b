/**
 * Sets of devices by day at the size of the goal: 4.8 M devices, 600,000 a day, 120 days. Prints the bytes held and the time of unions over
 * 90 days (goal: at most 3 ms from kept unions), of counting them and of splitting them by a dimension.
 *
 *     npm run bench:sets
 */
import { arch, cpus } from "node:os";
import { bitCount, eachBit } from "../src/mirror/bits.ts";
import { KeptUnions } from "../src/mirror/kept-unions.ts";
import { RefCollector } from "../src/mirror/ref-set.ts";
import type { RefSet } from "../src/mirror/ref-set.ts";

const refs = 4_800_000;
const perDay = 600_000;
const dayCount = 120;
const window = 90;
const rounds = 200;

let state = 1;
function below(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

function makeDays(count: number): Map<number, RefSet> {
  const days = new Map<number, RefSet>();
  for (let day = 0; day < dayCount; day += 1) {
    const collector = new RefCollector();
    for (let i = 0; i < count; i += 1) collector.add(below(refs));
    days.set(firstDay + day, collector.finish());
  }
  return days;
}

const firstDay = Math.floor(Date.UTC(2026, 0, 14) / 86_400_000);

function timed(name: string, work: () => number): void {
  for (let i = 0; i < 20; i += 1) work();
  const times: number[] = [];
  let check = 0;
  for (let i = 0; i < rounds; i += 1) {
    const from = performance.now();
    check += work();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => times[Math.floor(times.length * share)]!.toFixed(2);
  line(`${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${Math.round(check / rounds).toLocaleString("en")})`);
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

line(`Node ${process.version}, ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
for (const count of [perDay, 2_000]) {
  const began = performance.now();
  const days = makeDays(count);
  const madeMs = performance.now() - began;
  const bytes = [...days.values()].reduce((sum, set) => sum + set.bytes, 0);
  line(`${count.toLocaleString("en")} a day: ${(bytes / 2 ** 20).toFixed(1)} MiB for ${dayCount} days, made in ${madeMs.toFixed(0)} ms`);
  const unions = new KeptUnions((day) => days.get(day));
  const anyWindow = (): Uint32Array => {
    const from = firstDay + below(dayCount - window);
    return unions.of(from, from + window);
  };
  timed(`  union of ${window} days`, () => anyWindow().length);
  timed(`  and its number`, () => bitCount(anyWindow()));
  timed(`  union of ${window} days after a day of it changed`, () => {
    unions.drop(firstDay + 60);
    return anyWindow().length;
  });
  const model = new Int32Array(refs).map(() => below(30));
  timed(`  number by a dimension of 30 values`, () => {
    const counts = new Float64Array(30);
    eachBit(anyWindow(), (ref) => (counts[model[ref]!]! += 1));
    return counts[0]!;
  });
  line(`  kept unions: ${(unions.bytes / 2 ** 20).toFixed(1)} MiB`);
}
