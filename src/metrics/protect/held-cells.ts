/** The cells of a group from memory: no statement, and only those of months that changed. What published.ts reads by SQL otherwise. */
import { must } from "../../lib/assert.ts";
import { cellMeasures } from "../../mirror/layout.ts";
import type { SqlRow } from "../../mirror/mirror.ts";
import type { CellMeasure, CellsReading, CuboidReading } from "../../mirror/reading.ts";
import type { Group, GroupSplit } from "./group.ts";
import { monthsOf } from "./months.ts";
import type { ReadCells } from "./published.ts";

/** By split. */
type Held = readonly CuboidReading[];

/** What tells whether any cell of the group has changed since; undefined: memory cannot tell now. */
export function versionsOf(reading: CellsReading | undefined, { splits }: Group): string | undefined {
  return (
    reading &&
    heldOf(reading, splits)
      ?.map(({ changed }) => changed)
      .join()
  );
}

/** As `readChanged`; undefined: memory does not have them all now. */
export function readHeldCells(options: {
  readonly reading: CellsReading;
  readonly group: Group;
  readonly isWanted: (month: number, cells: string) => boolean;
}): ReadCells | undefined {
  const { reading, group, isWanted } = options;
  const held = heldOf(reading, group.splits);
  if (held === undefined) return undefined;
  const prints = printsOf(held, group.splits);
  const wanted = new Set([...prints].flatMap(([month, cells]) => (isWanted(month, cells) ? [month] : [])));
  const rows = rowsOf(held, group, wanted);
  const months = [...prints]
    .toSorted(([a], [b]) => b - a)
    .map(([month, cells]) => ({ month, cells, rows: wanted.has(month) ? must(rows.get(month), "rows of a month") : undefined }));
  return { status: reading.status, splits: group.splits, versions: versionsOf(reading, group), months };
}

function heldOf(reading: CellsReading, splits: readonly GroupSplit[]): Held | undefined {
  const held = splits.map(({ metric, id }) => reading.cuboid(metric, id));
  return held.every((one) => one !== undefined) ? held : undefined;
}

/** By month that has rows: the latest change of each split's cells in it, those included whose rows are all gone. */
function printsOf(held: Held, splits: readonly GroupSplit[]): ReadonlyMap<number, string> {
  const latest = new Map<number, number[]>();
  const used = new Set<number>();
  for (const [i, split] of splits.entries()) {
    const cuboid = held[i]!;
    for (const [bucket, hasRows] of bucketsOf(cuboid)) {
      for (const month of monthsOf(split, bucket)) {
        if (hasRows) used.add(month);
        const own = latest.get(month) ?? splits.map(() => 0);
        latest.set(month, own);
        own[i] = Math.max(own[i]!, cuboid.changedAt(bucket));
      }
    }
  }
  return new Map([...latest].flatMap(([month, own]) => (used.has(month) ? [[month, `held ${own.join()}`] as const] : [])));
}

/** Each bucket that there are cells of, and whether one of them still has rows. */
function bucketsOf(cuboid: CuboidReading): ReadonlyMap<number, boolean> {
  const buckets = new Map<number, boolean>();
  // Cells of one bucket mostly follow each other: once it is known to have rows nothing is looked up for the others.
  for (let cell = 0, known = Number.NaN; cell < cuboid.count; cell += 1) {
    const bucket = cuboid.bucketOf(cell);
    if (bucket === known) continue;
    const hasRows = cuboid.measure(cell, "n") !== 0;
    if (hasRows) known = bucket;
    if (hasRows || !buckets.has(bucket)) buckets.set(bucket, hasRows);
  }
  return buckets;
}

/** By month, then by split. */
function rowsOf(held: Held, group: Group, wanted: ReadonlySet<number>): ReadonlyMap<number, readonly (readonly SqlRow[])[]> {
  const rows = new Map([...wanted].map((month) => [month, group.splits.map((): SqlRow[] => [])]));
  if (wanted.size === 0) return rows;
  for (const [i, split] of group.splits.entries()) {
    const cuboid = held[i]!;
    const { spec } = must(
      group.members.find(({ name }) => name === split.metric),
      "member",
    );
    const names = cellMeasures(spec) as readonly CellMeasure[]; // eslint-disable-line -- the very names
    const listsOf = (months: readonly number[]): readonly SqlRow[][] =>
      months.flatMap((month) => {
        const list = rows.get(month)?.[i];
        return list === undefined ? [] : [list];
      });
    const lists = new Map([...bucketsOf(cuboid).keys()].map((bucket) => [bucket, listsOf(monthsOf(split, bucket))] as const));
    for (let cell = 0; cell < cuboid.count; cell += 1) {
      const bucket = cuboid.bucketOf(cell);
      const own = lists.get(bucket) ?? [];
      if (own.length === 0 || cuboid.measure(cell, "n") === 0) continue;
      const row = rowOf({ cuboid, cell, bucket, dimensions: split.dimensions.length, names });
      for (const list of own) list.push(row);
    }
  }
  return rows;
}

function rowOf(options: {
  readonly cuboid: CuboidReading;
  readonly cell: number;
  readonly bucket: number;
  readonly dimensions: number;
  readonly names: readonly CellMeasure[];
}): SqlRow {
  const { cuboid, cell, names } = options;
  const row: Record<string, number> = { bucket: options.bucket };
  for (let i = 0; i < options.dimensions; i += 1) row[`d${i}`] = cuboid.dimOf(cell, i);
  for (const name of names) row[name] = cuboid.measure(cell, name);
  // A sum beyond what the store holds is none.
  if (row["total"] !== undefined && !Number.isSafeInteger(row["total"])) row["total"] = Number.NaN;
  return row;
}
