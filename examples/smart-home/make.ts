/** `node examples/smart-home/make.ts --url postgres://… [--accounts 20000] [--attempts 2000000] [--seed 1] [--now 2026-11-22T12:00:00Z]` */
import { parseArgs } from "node:util";
import { createWorld, WorldError } from "./world.ts";
import type { WorldProgress } from "./world.ts";

const help = `Makes the smart-home example world in an empty PostgreSQL database.

  --url URL         the database, as someone who may create tables (or VITRINE_ADMIN_URL)
  --accounts N      default 20000; the published case is 2400000
  --attempts N      connection attempts, default 2000000; the published case is 10000000
  --seed N          default 1: the same seed, sizes and now give the same rows
  --now TIME        where the history ends, default the present

`;

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    accounts: { type: "string" },
    attempts: { type: "string" },
    seed: { type: "string" },
    now: { type: "string" },
    help: { type: "boolean" },
  },
});
let shownAt = performance.now();
const url = values.url ?? process.env["VITRINE_ADMIN_URL"];

if (values.help === true || url === undefined) {
  process.stdout.write(help);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  try {
    const { rows, seconds } = await createWorld({
      url,
      ...whole("accounts", values.accounts),
      ...whole("attempts", values.attempts),
      ...whole("seed", values.seed),
      now: values.now === undefined ? new Date() : new Date(values.now),
      onProgress: show,
    });
    for (const [table, count] of Object.entries(rows))
      process.stdout.write(`${table.padEnd(22)} ${count.toLocaleString("en").padStart(12)}\n`);
    process.stdout.write(`The world was made in ${seconds.toFixed(1)} s.\n`);
  } catch (error) {
    if (!(error instanceof WorldError || error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function whole<Name extends string>(name: Name, text: string | undefined): { readonly [key in Name]?: number } {
  return text === undefined ? {} : ({ [name]: Number(text.replaceAll("_", "")) } as { [key in Name]: number });
}

/** On a terminal one line that changes; else a line every five seconds. */
function show(progress: WorldProgress): void {
  const line = lineOf(progress);
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${line}${progress.phase === "done" ? "\n" : ""}`);
  } else if (performance.now() - shownAt > 5_000) {
    shownAt = performance.now();
    process.stderr.write(`${line}\n`);
  }
}

function lineOf(progress: WorldProgress): string {
  const left = progress.secondsLeft === undefined ? "" : `, about ${progress.secondsLeft} s left`;
  switch (progress.phase) {
    case "rows":
      return `${progress.table}: ${progress.done.toLocaleString("en")} of ${progress.total.toLocaleString("en")} rows, ${progress.rowsPerSecond.toLocaleString("en")} rows/s${left}`;
    case "keys":
      return `keys and indexes: ${progress.done + 1} of ${progress.total} (${progress.table})${left}`;
    case "done":
      return "done";
    default:
      return unreachable(progress.phase);
  }
}

function unreachable(_phase: never): never {
  throw new Error("bug: a phase that the types rule out");
}
