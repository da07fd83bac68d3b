/** Sets in memory against their recomputation from rows by SQL: other code than the one that keeps them. Numbers only leave. */
import type { Calendar } from "../../calendar.ts";
import { daySetSql, memberSetSql } from "../../layout.ts";
import type { SqlRow } from "../../mirror.ts";
import type { CellMismatch, Part } from "../check.ts";
import { partsOf, spanOf } from "../check.ts";
import type { Memory } from "../memory.ts";
import type { Pacer } from "../pacer.ts";

type Ask = (sql: string, values?: readonly (string | number | boolean | null)[]) => Promise<readonly SqlRow[]>;

/** What is compared of a set of refs: their number and two sums over them, exact in a double. */
interface Print {
  count: number;
  sum: number;
  mixed: number;
}

const modulus = [65_521, 65_519] as const;
const printSql = `count(*) AS n, sum(ref)::BIGINT AS s, sum((ref % ${modulus[0]})::BIGINT * (ref % ${modulus[1]}))::BIGINT AS m`;

export interface SetPrints {
  /** By day set and day. */
  readonly days: ReadonlyMap<string, ReadonlyMap<number, Print>>;
  /** By member set: the refs, and the rows of all of them. */
  readonly members: ReadonlyMap<string, Print & { readonly rowCount: number }>;
}

/** Of the committed sets; nothing may be committed meanwhile. */
export async function printsOf(memory: Memory, pacer: Pacer): Promise<SetPrints> {
  const days = new Map<string, Map<number, Print>>();
  for (const set of memory.daySets) {
    const prints = new Map<number, Print>();
    for (const [day, refs] of set.days) {
      prints.set(day, printOf(refs));
      await pacer.pause();
    }
    days.set(set.spec.name, prints);
  }
  const members = new Map<string, Print & { readonly rowCount: number }>();
  for (const set of memory.memberSets) {
    let rowCount = 0;
    const print = printOf({ each: (take) => set.each(take) });
    set.each((ref) => (rowCount += set.countOf(ref)));
    members.set(set.spec.name, { ...print, rowCount });
    await pacer.pause();
  }
  return { days, members };
}

function printOf(refs: { each(take: (ref: number) => void): void }): Print {
  const print = { count: 0, sum: 0, mixed: 0 };
  refs.each((ref) => {
    print.count += 1;
    print.sum += ref;
    print.mixed += (ref % modulus[0]) * (ref % modulus[1]);
  });
  return print;
}

/** `ask` sees the position of the prints. */
export async function checkSets(options: {
  readonly ask: Ask;
  readonly memory: Memory;
  readonly calendar: Calendar;
  readonly prints: SetPrints;
}): Promise<readonly CellMismatch[]> {
  const { ask, memory, calendar, prints } = options;
  const mismatches: CellMismatch[] = [];
  for (const { spec } of memory.daySets) {
    const left = new Map(prints.days.get(spec.name));
    const cells = left.size;
    let differing = 0;
    const span = await spanOf(ask, spec.table, spec.time);
    for (const part of partsOf(calendar, "day", span)) differing += await checkDays({ ...options, part, spec, left });
    // Days that have no row at all any more.
    differing += left.size;
    if (differing > 0) mismatches.push({ metric: spec.name, cuboid: "days", cells, differing });
  }
  for (const { spec } of memory.memberSets) {
    const { sql, values } = memberSetSql({ schema: memory.schema, set: spec });
    const [row] = await ask(`SELECT ${printSql}, sum(n)::BIGINT AS r FROM (${sql})`, values);
    const print = prints.members.get(spec.name);
    const differs = row === undefined || print === undefined || !isSame(row, print) || Number(row["r"] ?? 0) !== print.rowCount;
    if (differs) mismatches.push({ metric: spec.name, cuboid: "members", cells: print?.count ?? 0, differing: 1 });
  }
  return mismatches;
}

/** Takes the days that there are out of `left`. */
async function checkDays(options: {
  readonly ask: Ask;
  readonly memory: Memory;
  readonly part: Part;
  readonly spec: Memory["daySets"][number]["spec"];
  readonly left: Map<number, Print>;
}): Promise<number> {
  const { ask, memory, part, spec, left } = options;
  const { sql, values } = daySetSql({ schema: memory.schema, zone: memory.cells.zone, set: spec, from: part.from, to: part.to });
  let differing = 0;
  for (const row of await ask(`SELECT day, ${printSql} FROM (${sql}) GROUP BY day`, values)) {
    const day = Number(row["day"]);
    const print = left.get(day);
    left.delete(day);
    if (print === undefined || !isSame(row, print)) differing += 1;
  }
  return differing;
}

function isSame(row: SqlRow, print: Print): boolean {
  return Number(row["n"]) === print.count && Number(row["s"] ?? 0) === print.sum && Number(row["m"] ?? 0) === print.mixed;
}
