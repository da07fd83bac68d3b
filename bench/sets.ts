/**
 * Different devices over 90 days at the size of the goal, by the running product over HTTP: 4.8 M devices, 600,000 of them on each of 100
 * days. Prints the time of one number and of splits, the memory and the restart. docs/benchmarks.md says how.
 *
 *     npm run bench:sets [-- --devices 4800000 --per-day 600000 --days 100 --times 300]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/support/postgres.ts";
import { Product } from "./product.ts";
import type { Running } from "./product.ts";
import type { BenchRow } from "./report.ts";
import { human, humanBytes, lineOf, quantile, tableOf } from "./report.ts";
import { benchRestart } from "./restart.ts";
import type { Door } from "./sets/ask.ts";
import { askAgain } from "./sets/ask.ts";
import { createActivity, declaration } from "./sets/world.ts";
import { untilFresh } from "./visible.ts";

const windowDays = 90;
const memoryMax = 2 ** 30;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "4800000" },
    "per-day": { type: "string", default: "600000" },
    days: { type: "string", default: "100" },
    times: { type: "string", default: "300" },
  },
});
const [devices, perDay, days, times] = [values.devices, values["per-day"], values.days, values.times].map(Number);
if (![devices, perDay, days, times].every((one) => Number.isInteger(one) && Number(one) > 0))
  throw new Error("The options want whole numbers above 0.");
const size = { devices: Number(devices), perDay: Number(perDay), days: Number(days), times: Number(times) };
const group = `${human(size.devices)} devices, ${human(size.perDay)} a day`;

await using owned = new AsyncDisposableStack();
const folder = owned.adopt(mkdtempSync(join(tmpdir(), "vitrine-bench-sets-")), (path) => rmSync(path, { recursive: true, force: true }));
const config = join(folder, "vitrine.yaml");
writeFileSync(config, declaration);
const settings = { max_wal_size: "16GB", checkpoint_timeout: "1h", shared_buffers: "512MB", max_slot_wal_keep_size: "64GB" };
const postgres = owned.use(await startPostgres({ settings }));
say(`${group}: making the world …`);
const adminUrl = await createActivity({ serverUrl: postgres.url, ...size });
const product = owned.use(new Product({ folder, config, adminUrl, profiles: undefined, group }));
await product.setUp();
say("snapshot …");
const rows: BenchRow[] = [];
const onRow = (row: BenchRow): void => {
  rows.push(row);
  say(lineOf(row));
};
const loading = await product.start("snapshot");
await untilFresh(loading);
onRow(memoryRow("snapshot and sets", loading));
await loading.stop();
onRow(await benchRestart(product, { group, question: { metric: "active_devices", grain: "all", range: "last 90 days" } }));
const running = await product.start("answers");
await untilFresh(running);
const owner: Door = { socketPath: running.socket() };
const analyst: Door = await running.http();
for (const asked of [
  { door: owner, by: "", goalMs: 5 },
  { door: owner, by: "model", goalMs: 25 },
  { door: owner, by: "country", goalMs: undefined },
  { door: owner, by: "model,country", goalMs: undefined },
  { door: analyst, by: "", goalMs: undefined },
  { door: analyst, by: "model", goalMs: undefined },
])
  onRow(await answersRow(asked));
onRow(memoryRow("restart and answers", running));
await running.stop();
process.stdout.write(
  `\n${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Node ${process.versions.node}\n\n${tableOf(rows, { colour: false, limits: [] })}\n`,
);

async function answersRow(asked: { readonly door: Door; readonly by: string; readonly goalMs: number | undefined }): Promise<BenchRow> {
  const { door, by, goalMs } = asked;
  const split = by === "" ? "" : `&by=${by}`;
  const { ms, cells, count } = await askAgain({ door, times: size.times, query: () => `grain=all&${anyWindow()}${split}` });
  const p99 = quantile(ms, 0.99);
  return {
    group,
    what: `HTTP: devices active in ${windowDays} days${by === "" ? ", one number" : ` by ${by}`}${"token" in door ? ", each in the audit log" : ""}`,
    figure: `p50 ${quantile(ms, 0.5).toFixed(1)}, p99 ${p99.toFixed(1)} ms of ${ms.length}`,
    against: `${cells} cells, together ${human(count)}`,
    goal: goalMs === undefined ? undefined : `p99 ≤ ${goalMs} ms`,
    met: goalMs === undefined ? undefined : p99 <= goalMs,
  };
}

/** Any 90 days of which there is activity. */
function anyWindow(): string {
  const end = Math.floor(Math.random() * Math.max(1, size.days - windowDays));
  const date = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return `from=${date(end + windowDays)}&to=${date(end)}`;
}

function memoryRow(when: string, from: Running): BenchRow {
  const { reader, server } = from.peakMemory();
  return {
    group,
    what: `peak memory, reader and server: ${when}`,
    figure: humanBytes(reader + server),
    against: `reader ${humanBytes(reader)}, server ${humanBytes(server)}`,
    goal: "≤ 1 GiB",
    met: reader + server <= memoryMax,
  };
}
