/** Dimension values between the integers of the store (mirror/layout.ts) and the texts of questions and answers. */
import { must } from "../lib/assert.ts";
import type { CellDimension } from "../mirror/cuboid.ts";
import { decodeDimension, encodeDimension, wordsSql } from "../mirror/layout.ts";
import type { Mirror, MirrorView } from "../mirror/mirror.ts";
import type { SafeKind } from "../policy/safe.ts";
import { codes } from "../policy/safe.ts";
import type { CompiledDimension } from "./compile.ts";
import { minuteAt } from "./period.ts";
import { reservedTexts } from "./question.ts";

/** Words of one dimension's dictionary by code; empty where its kind has none. */
export type Words = ReadonlyMap<number, string>;

/**
 * A mirror's dictionaries as last read. Codes are never given out twice in one generation, so a word that is here stays right; there
 * may be newer ones. Held by the mirror itself: it goes when the generation goes.
 */
const known = new WeakMap<Mirror, Map<string, Words>>();

/** Words of a dimension, from memory when it has all `codes` that are needed; without `codes` always as they are now. */
export async function wordsFor(options: {
  readonly mirror: Mirror;
  readonly view: MirrorView;
  readonly dimension: CellDimension;
  readonly codes?: () => Iterable<number>;
}): Promise<Words> {
  const { mirror, view, dimension } = options;
  if (dimension.path.kind !== "code") return new Map();
  const books = known.get(mirror) ?? new Map<string, Words>();
  known.set(mirror, books);
  const name = `${dimension.path.table}.${dimension.path.column}`;
  const before = books.get(name);
  if (before !== undefined && options.codes !== undefined && hasAll(before, options.codes())) return before;
  const now = await readWords(view, dimension);
  books.set(name, now);
  return now;
}

function hasAll(words: Words, wanted: Iterable<number>): boolean {
  for (const code of wanted) if (code >= codes.first && !words.has(code)) return false;
  return true;
}

async function readWords(view: MirrorView, dimension: CellDimension): Promise<Words> {
  const { sql, values } = wordsSql(dimension);
  const rows = await view.all(sql, values);
  return new Map(rows.flatMap(({ code, value }) => (Number(code) >= codes.first ? [[Number(code), String(value)] as const] : [])));
}

/** A function from the store's integer to the answer's text: null where the source has NULL. */
export function textOf(dimension: CompiledDimension, words: Words, zone: string): (code: number) => string | null {
  const { kind, scale } = dimension.column;
  return (code) => {
    if (code === codes.null) return null;
    if (code === codes.unknown) return reservedTexts.unknown;
    if (code === codes.other) return reservedTexts.other;
    if (kind === "code") return must(words.get(code), "word of a code in a cell");
    const text = must(decodeDimension(kind, code), "text of a value in a cell");
    if (kind === "minute") return minuteText(Number(text), zone);
    return scale > 0 ? decimalText(text, scale) : text;
  };
}

/** The integers that a filter allows. Texts that no row can have are left out: a filter of none gives no cells. */
export function codesOf(options: {
  readonly dimension: CompiledDimension;
  readonly texts: readonly string[];
  readonly words: Words;
  readonly zone: string;
}): readonly number[] {
  const { dimension, texts, words, zone } = options;
  const found = new Set<number>();
  if (texts.includes(reservedTexts.unknown)) found.add(codes.unknown);
  if (texts.includes(reservedTexts.other)) found.add(codes.other);
  // A word of the dictionary may itself be "other": both are meant, since both are shown so.
  for (const [code, word] of words) if (texts.includes(word)) found.add(code);
  for (const text of texts) {
    const code = codeOfText(dimension, text, zone);
    if (code !== undefined) found.add(code);
  }
  return [...found].toSorted((a, b) => a - b);
}

function codeOfText(dimension: CompiledDimension, text: string, zone: string): number | undefined {
  const { kind, scale } = dimension.column;
  const value = numberOf({ kind, scale, text, zone });
  return value === undefined ? undefined : encodeDimension(kind, value);
}

/** The stored number of a text; undefined where the kind has none or the text is none of its. */
function numberOf(options: {
  readonly kind: SafeKind;
  readonly scale: number;
  readonly text: string;
  readonly zone: string;
}): number | undefined {
  const { kind, scale, text, zone } = options;
  if (kind === "bool") return ["false", "true"].includes(text) ? Number(text === "true") : undefined;
  if (kind === "i32" || kind === "i64") return decimalValue(text, scale);
  return kind === "minute" ? minuteValue(text, zone) : undefined;
}

/** `-1234` at scale 2 is -12.34. */
function decimalText(digits: string, scale: number): string {
  const sign = digits.startsWith("-") ? "-" : "";
  const padded = digits.replace("-", "").padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function decimalValue(text: string, scale: number): number | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text);
  const fraction = match?.[3] ?? "";
  if (!match || fraction.length > scale) return undefined;
  const value = Number(`${match[2]}${fraction.padEnd(scale, "0")}`);
  return Number.isSafeInteger(value) ? (match[1] === "-" && value !== 0 ? -value : value) : undefined;
}

/** Local time of the zone: a date where it is a midnight, else to the minute. */
function minuteText(minute: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(minute * 60_000)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime();
  const text = local.toString({ smallestUnit: "minute" });
  return text.endsWith("T00:00") ? text.slice(0, 10) : text;
}

function minuteValue(text: string, zone: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)) return undefined;
  try {
    return minuteAt(Temporal.PlainDateTime.from(text, { overflow: "reject" }), zone);
  } catch {
    return undefined;
  }
}
