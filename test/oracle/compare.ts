/** Comparing what the mirror holds with what the oracle says it must hold. A difference is a sentence; none means equal. */
import type { OracleTable } from "./description.ts";
import type { CellKey, NormalCell } from "./cells.ts";
import type { NormalRow } from "./rows.ts";
import type { TokenPairs } from "./tokens.ts";

const differencesMax = 20;

/**
 * Rows of one table. Identifiers of `actual` are tokens (hex); every one is paired with the source value of the same row. Rows are
 * matched by key: an opaque key by itself, a token key through `pairs`, which must have learned it before (see `learn`).
 */
export function compareRows(
  table: OracleTable,
  {
    expected,
    actual,
    pairs,
  }: { readonly expected: readonly NormalRow[]; readonly actual: readonly NormalRow[]; readonly pairs: TokenPairs },
): readonly string[] {
  if (table.key === undefined) return compareMultiset(table, { expected, actual, pairs });
  const differences: string[] = [];
  const held = new Map(actual.map((row) => [row[table.key ?? ""] ?? null, row]));
  if (held.size !== actual.length) differences.push(`${table.name}: ${actual.length - held.size} rows share a key with another`);
  for (const row of expected) {
    const key = keyIn(table, row, pairs);
    const found = key === undefined ? undefined : held.get(key);
    if (found === undefined) differences.push(`${table.name} ${row[table.key]}: missing in the mirror`);
    else differences.push(...compareColumns(table, { expected: row, actual: found, pairs }));
    if (key !== undefined) held.delete(key);
  }
  for (const key of held.keys()) differences.push(`${table.name}: a row too many in the mirror (key ${key})`);
  return differences.slice(0, differencesMax);
}

function keyIn(table: OracleTable, row: NormalRow, pairs: TokenPairs): string | undefined {
  const key = row[table.key ?? ""];
  if (key === null || key === undefined) return undefined;
  const space = table.columns.find((column) => column.name === table.key)?.space;
  return space === undefined ? key : pairs.tokenOf(space, key);
}

function compareColumns(
  table: OracleTable,
  { expected, actual, pairs }: { readonly expected: NormalRow; readonly actual: NormalRow; readonly pairs: TokenPairs },
): readonly string[] {
  return table.columns.flatMap((column) => {
    const want = expected[column.name] ?? null;
    const have = actual[column.name] ?? null;
    const wrong =
      column.space === undefined || want === null || have === null
        ? want === have
          ? undefined
          : `is ${show(have)}, must be ${show(want)}`
        : pairs.note(column.space, want, have);
    return wrong === undefined ? [] : [`${table.name} ${expected[table.key ?? ""] ?? ""} ${column.name}: ${wrong}`];
  });
}

/** Without a key: both sides as sorted lists of texts, identifiers through what `pairs` knows. */
function compareMultiset(
  table: OracleTable,
  {
    expected,
    actual,
    pairs,
  }: { readonly expected: readonly NormalRow[]; readonly actual: readonly NormalRow[]; readonly pairs: TokenPairs },
): readonly string[] {
  const want = tally(
    expected.map((row) =>
      JSON.stringify(
        table.columns.map(({ name, space }) =>
          space === undefined || row[name] === null ? (row[name] ?? null) : (pairs.tokenOf(space, row[name] ?? "") ?? "token not learned"),
        ),
      ),
    ),
  );
  const have = tally(actual.map((row) => JSON.stringify(table.columns.map(({ name }) => row[name] ?? null))));
  return compareMaps(table.name, { expected: want, actual: have, same: (a, b) => a === b });
}

function tally(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Learns pairs from a table whose rows are matched without tokens (an opaque key): the only way in for token keys. */
export function learn(
  table: OracleTable,
  {
    expected,
    actual,
    pairs,
  }: { readonly expected: readonly NormalRow[]; readonly actual: readonly NormalRow[]; readonly pairs: TokenPairs },
): readonly string[] {
  return compareRows(table, { expected, actual, pairs });
}

/** Cells of one cuboid: the same keys, counts, hits and verdicts. A cell of the mirror with no rows is no cell. */
export function compareCells(
  name: string,
  expected: ReadonlyMap<CellKey, NormalCell>,
  actual: ReadonlyMap<CellKey, NormalCell>,
): readonly string[] {
  return compareMaps(name, { expected, actual, same: sameCell });
}

function sameCell(a: NormalCell, b: NormalCell): boolean {
  return a.count === b.count && a.hits === b.hits && a.sum === b.sum && a.any === b.any && a.hit === b.hit && a.none === b.none;
}

function compareMaps<T>(
  name: string,
  {
    expected,
    actual,
    same,
  }: { readonly expected: ReadonlyMap<string, T>; readonly actual: ReadonlyMap<string, T>; readonly same: (a: T, b: T) => boolean },
): readonly string[] {
  const differences: string[] = [];
  for (const [key, want] of expected) {
    const have = actual.get(key);
    if (have === undefined) differences.push(`${name} ${key}: missing in the mirror, must be ${show(want)}`);
    else if (!same(want, have)) differences.push(`${name} ${key}: is ${show(have)}, must be ${show(want)}`);
  }
  for (const [key, have] of actual) if (!expected.has(key)) differences.push(`${name} ${key}: too many in the mirror: ${show(have)}`);
  return differences.slice(0, differencesMax);
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
