/**
 * `npm run bench`: the rows of the design's table that concern snapshot, stream, latency, answers, bytes, memory, restart, flatness and
 * load on the source, each beside its goal, measured in this run, also those that miss. docs/benchmarks.md says how.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flatnessRows } from "./flatness.ts";
import type { BenchOptions } from "./options.ts";
import { help, readOptions } from "./options.ts";
import { topFunctions } from "./profile.ts";
import type { BenchRow, Limit } from "./report.ts";
import { limitsOf, lineOf, tableOf } from "./report.ts";
import { benchSize } from "./size.ts";

const results = fileURLToPath(new URL("./results/", import.meta.url));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

// What was under way when the run was stopped has nothing to wait for any more.
process.exit(await main());

async function main(): Promise<number> {
  let options: BenchOptions | undefined;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : "These options cannot be used.");
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(help);
    return 0;
  }
  return run(options);
}

/** Measures until the end or the first signal; prints what there is in both cases. */
async function run(options: BenchOptions): Promise<number> {
  const rows: BenchRow[] = [];
  let isStopped = false;
  const onRows = (...more: readonly BenchRow[]): void => {
    if (isStopped) return;
    rows.push(...more);
    for (const row of more) say(lineOf(row));
  };
  const profiles = options.profile ? mkdtempSync(join(tmpdir(), "vitrine-bench-profiles-")) : undefined;
  let owned = new AsyncDisposableStack();
  const measure = async (): Promise<"done"> => {
    for (const facts of options.facts) {
      await benchSize({ options, facts, owned, onRows, say, profiles });
      await owned.disposeAsync();
      owned = new AsyncDisposableStack();
    }
    onRows(...flatnessRows(rows));
    return "done";
  };
  const measuring = measure();
  // Where it is stopped, what is under way fails as its servers go; that is no news.
  measuring.catch(() => undefined);
  try {
    const outcome = await Promise.race([measuring, firstSignal()]);
    if (outcome === "done") return 0;
    isStopped = true;
    say("Stopping …");
    return 130;
  } finally {
    await owned.disposeAsync();
    print({ options, rows, limits: profiles === undefined ? [] : limitsOf(rows, (start) => topFunctions(join(profiles, start))) });
    if (profiles !== undefined) say(`Profiles (open them in a browser's developer tools) are in ${profiles}`);
  }
}

async function firstSignal(): Promise<"stopped"> {
  const { promise, resolve } = Promise.withResolvers<"stopped">();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("stopped"));
  return promise;
}

interface Outcome {
  readonly options: BenchOptions;
  readonly rows: readonly BenchRow[];
  readonly limits: readonly Limit[];
}

function print({ options, rows, limits }: Outcome): void {
  const machine = {
    processor: cpus()[0]?.model ?? "?",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const report = `${JSON.stringify({ at: new Date().toISOString(), machine, options, rows, limits }, undefined, 1)}\n`;
  if (options.json) process.stdout.write(report);
  else
    process.stdout.write(
      `\n${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}; the source, the load and Vitrine share them.` +
        `${options.profile ? " Under the profiler: slower than without." : ""}\n\n${tableOf(rows, { colour: process.stdout.hasColors?.() ?? false, limits })}\n`,
    );
  keep(report);
}

/** Beside the code, where one may write there: a clone may belong to somebody else. */
function keep(report: string): void {
  try {
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, `${new Date().toISOString().replaceAll(":", "-")}.json`), report);
  } catch {
    say("The results could not be kept in bench/results; --json prints them.");
  }
}
