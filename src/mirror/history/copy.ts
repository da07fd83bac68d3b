/** Reads cells of an older generation and hands them to the younger one's writer, with codes of texts exchanged. */
import { must } from "../../lib/assert.ts";
import type { SafeSchema } from "../../policy/safe.ts";
import { codes } from "../../policy/safe.ts";
import { calendarOf } from "../calendar.ts";
import { hasPeriods } from "../cuboid.ts";
import type { CellsSpec, CuboidSpec, MetricSpec, PeriodCuboid } from "../cuboid.ts";
import type { CarryOptions, HistoryWriter, KeptHistory } from "../history.ts";
import { cellMeasures, cellsSql, historySql, rowsSql, wordsSql } from "../layout.ts";
import type { MirrorView } from "../mirror.ts";

/** Cells read at a time: they need not all be objects at once, and answers go on in between. */
const pageCells = 5_000;
/** Earlier than any minute that a row can have. */
const firstMinute = -(2 ** 31) + 1;

/** Where cells of one cuboid come from: SQL that gives bucket, d0 …, measures. */
interface Source {
  readonly sql: string;
  readonly values: readonly (string | number | boolean)[];
  /** Conditions on bucket outside make it cheaper. */
  readonly isPaged: boolean;
}

interface Copying {
  readonly view: MirrorView;
  readonly schema: SafeSchema;
  readonly cells: CellsSpec;
  /** As the older generation keeps it. */
  readonly metric: MetricSpec;
  readonly kept: KeptHistory;
  readonly earlier: KeptHistory | undefined;
  readonly writer: HistoryWriter;
  readonly isTextAllowed: CarryOptions["isTextAllowed"];
}

/**
 * Cuboids of which cells can be kept for all closed periods: those of the older generation, and those of what it had itself been
 * given. One that the earlier history neither has nor gives has no past.
 */
export function keptCuboids(metric: MetricSpec, earlier: KeptHistory | undefined): readonly PeriodCuboid[] {
  const given = earlier?.cuboids ?? [];
  const known = new Set(given.map((one) => one.id));
  const more = metric.cuboids
    .filter(hasPeriods)
    .filter((one) => !known.has(one.id) && (earlier === undefined || finerOf(given, one) !== undefined));
  return [...given, ...more];
}

/** One of the same grain with at least its dimensions. */
function finerOf(among: readonly PeriodCuboid[], wanted: CuboidSpec): PeriodCuboid | undefined {
  return (
    among.find((one) => one.id === wanted.id) ??
    among.find((one) => one.grain === wanted.grain && wanted.dimensions.every((index) => one.dimensions.includes(index)))
  );
}

/** Returns how many cells were copied. */
export async function copyCells(copying: Copying): Promise<number> {
  const { metric, kept, earlier, view } = copying;
  const words = new Map<number, ReadonlyMap<number, string>>();
  for (const [index, dimension] of metric.dimensions.entries()) {
    if (dimension.path.kind !== "code") continue;
    const { sql, values } = wordsSql(dimension);
    const rows = await view.all(sql, values);
    words.set(index, new Map(rows.map((row) => [Number(row["code"]), String(row["value"])])));
  }
  let copied = 0;
  for (const [place, cuboid] of kept.cuboids.entries()) {
    const until = kept.before[cuboid.grain];
    const since = earlier?.before[cuboid.grain];
    if (earlier !== undefined)
      copied += await copyPart(copying, {
        place,
        words,
        source: earlierSource(copying, earlier, cuboid),
        from: undefined,
        to: must(since, "boundary"),
      });
    copied += await copyPart(copying, { place, words, source: ownSource(copying, cuboid), from: since, to: until });
  }
  return copied;
}

/** Cells that the older generation had itself been given. */
function earlierSource({ metric }: Copying, earlier: KeptHistory, cuboid: PeriodCuboid): Source {
  const finer = must(finerOf(earlier.cuboids, cuboid), "kept cuboid");
  const columns = cuboid.dimensions.map((index, i) => `d${finer.dimensions.indexOf(index)} AS d${i}`);
  return {
    sql: `(SELECT ${["bucket", ...columns, ...cellMeasures(metric)].join(", ")} FROM ${historySql(metric, earlier.cuboids, finer.id)})`,
    values: [],
    isPaged: true,
  };
}

/** Cells that follow its rows; where it does not keep them, the same counted from the rows. */
function ownSource({ schema, cells, metric, kept, earlier }: Copying, cuboid: PeriodCuboid): Source {
  if (metric.cuboids.some((one) => one.id === cuboid.id)) return { sql: cellsSql(metric, cuboid.id), values: [], isPaged: true };
  const { grain, dimensions } = cuboid;
  const calendar = calendarOf(cells.zone);
  const from = earlier === undefined ? firstMinute : calendar.startOf(grain, earlier.before[grain]);
  const rows = rowsSql({ schema, cells, metric, grain, dimensions, from, to: calendar.startOf(grain, kept.before[grain]) });
  const measures = cellMeasures(metric).map((name) => `${name.replace(/_(low|high)$/, "_units")} AS ${name}`);
  return {
    sql: `(SELECT ${["bucket", ...dimensions.map((_, i) => `d${i}`), ...measures].join(", ")} FROM (${rows.sql}))`,
    values: rows.values,
    isPaged: false,
  };
}

interface Part {
  readonly place: number;
  readonly words: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly source: Source;
  /** Buckets [from, to); from undefined: all before. */
  readonly from: number | undefined;
  readonly to: number;
}

async function copyPart(copying: Copying, part: Part): Promise<number> {
  const { view, metric, kept, writer } = copying;
  const { source, place } = part;
  const cuboid = must(kept.cuboids[place], "cuboid");
  const names = ["bucket", ...cuboid.dimensions.map((_, i) => `d${i}`), ...cellMeasures(metric)];
  const recode = cuboid.dimensions.map((index) => recoder(copying, index, part.words.get(index)));
  let copied = 0;
  for (const where of await pagesOf(view, part)) {
    const rows = await view.all(`SELECT ${names.join(", ")} FROM ${source.sql} c WHERE ${where}`, source.values);
    const cells = rows.map((row) => names.map((name, i) => (recode[i - 1] ?? same)(Number(row[name]))));
    if (cells.length > 0) await writer.append(place, cells);
    copied += cells.length;
  }
  return copied;
}

const same = (value: number): number => value;

/** Conditions on bucket that hold for some cells each, and together for all. */
async function pagesOf(view: MirrorView, { source, from, to }: Part): Promise<readonly string[]> {
  const all = [`c.bucket < ${to}`, ...(from === undefined ? [] : [`c.bucket >= ${from}`])].join(" AND ");
  if (!source.isPaged) return [all];
  const rows = await view.all(
    `SELECT bucket, count(*) AS n FROM ${source.sql} c WHERE ${all} GROUP BY bucket ORDER BY bucket`,
    source.values,
  );
  const cuts: number[] = [];
  let count = Infinity;
  for (const row of rows) {
    if (count >= pageCells) {
      cuts.push(Number(row["bucket"]));
      count = 0;
    }
    count += Number(row["n"]);
  }
  return cuts.map((cut, i) => `c.bucket >= ${cut} AND c.bucket < ${cuts[i + 1] ?? to}`);
}

/** From the older store's integer of a dimension to the younger one's: the same but for codes of texts. */
function recoder(
  { metric, writer, isTextAllowed }: Copying,
  index: number,
  words: ReadonlyMap<number, string> | undefined,
): (code: number) => number {
  if (words === undefined) return same;
  const { table, column } = must(metric.dimensions[index], "dimension").path;
  const known = new Map<number, number>();
  return (code) => {
    if (code < codes.first) return code;
    let mine = known.get(code);
    if (mine === undefined) {
      const text = must(words.get(code), "word of a code in a cell");
      mine = isTextAllowed(table, column, text) ? writer.codeOf(table, column, text) : codes.other;
      known.set(code, mine);
    }
    return mine;
  };
}
