/**
 * Keys of a store that has names and no fields (`user:1001:email`, `exports/2019/emails.csv`), of which each may hold somebody's address or token. Each
 * is reduced as soon as it is heard: to words that the classifier knows, to kinds of values by their shape, and to a placeholder for all else. What a key was is
 * not kept; a digest of it only says that it was counted.
 */
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { CategoryKey } from "./categories.ts";
import type { Field } from "./classify.ts";
import { classify, isKnownWord, tokensOf } from "./classify.ts";
import type { Count } from "./readable.ts";

/** What is left of a key. */
export interface ReducedKey {
  readonly digest: string;
  /** Of words that are known; e.g. `user.email`, `user.user_id` of `user:1001:email`. */
  readonly names: readonly string[];
  /** What the key itself holds. */
  readonly holds: readonly CategoryKey[];
}

/** Longer ones are cut: nobody's name of a kind is that long. */
const lengthMax = 256;
const wordMax = 48;
const valueMin = 16;
const partsMax = 16;
const stranger = "x";

/** What stands between words in the usual ways of writing keys. */
const separators = /[:/|#;,={}[\]\s]+/;
/** As session stores write it. */
const short: Readonly<Record<string, string>> = { sess: "session", sessions: "session", usr: "user" };
/** Of files. */
const extension = /\.[A-Za-z][A-Za-z0-9]{0,7}(?:\.(?:gz|zst|bz2|xz|zip))?$/;

const shapes: readonly (readonly [RegExp, CategoryKey])[] = [
  [/^[^\s@]{1,64}@[^\s@]+\.[^\s@.]{2,}$/, "user.contact.email"],
  [/^eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*$/, "system.authentication.session_token"],
  [/^\+\d{8,15}$/, "user.contact.phone_number"],
];
const macShape = /(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}([:-]))(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}(?![0-9a-fA-F])/g;

/** `space`: in which it is a key, where there are several. */
export function reduceKey(key: string, space = ""): ReducedKey {
  const holds = new Set<CategoryKey>();
  const digest = createHash("sha256").update(`${space}\0${key}`).digest("base64url");
  // Its own colons are no separators.
  const text = key.slice(0, lengthMax).replaceAll(macShape, () => {
    holds.add("user.device.network.mac");
    return "0";
  });
  const parts = text
    .split(separators)
    .filter((part) => part !== "")
    .slice(0, partsMax)
    .map((part) => {
      for (const category of categoriesOfValue(part)) holds.add(category);
      return wordOf(part);
    });
  return { digest, names: namesOf(parts), holds: [...holds] };
}

function categoriesOfValue(part: string): readonly CategoryKey[] {
  if (isIP(part) !== 0) return ["user.device.ip_address"];
  return shapes.flatMap(([shape, category]) => (shape.test(part) ? [category] : []));
}

/** Words that are known, and a placeholder in the place of each other; undefined: it is a value. */
function wordOf(part: string): string | undefined {
  // `session:count` holds no session: a few letters alone may be a word as well as a value.
  const isValue = /[\d@]/.test(part) || part.length >= valueMin;
  if (part.length > wordMax) return undefined;
  const tokens = tokensOf(part.replace(extension, "")).map((token) => short[token] ?? token);
  // Identifiers are long, or of figures.
  if (tokens.length > 6 || /\d{3}|@/.test(part)) return undefined;
  const known = tokens.map((token) => (isKnownWord(token) ? token : stranger));
  // Names end with the thing that they name (classify.ts): a stranger at the end, with figures in it, is a value with a word in it.
  if (known.at(-1) === stranger && /\d/.test(part)) return undefined;
  if (known.every((token) => token === stranger)) return isValue ? undefined : stranger;
  return known.join("_");
}

/** A word before a value says what the value is, alone or with `id`; a word at the end says what the key's record is. */
function namesOf(parts: readonly (string | undefined)[]): readonly string[] {
  const names = new Set<string>();
  for (const [i, word] of parts.entries()) {
    if (word === undefined) continue;
    const object = parts.slice(0, i).filter((part) => part !== undefined);
    const path = object.length === 0 ? "" : `${object.join("_")}.`;
    const isLast = i === parts.length - 1;
    if (isLast || parts[i + 1] === undefined) names.add(`${path}${word}`);
    if (!isLast && parts[i + 1] === undefined) names.add(`${path}${word}_id`);
  }
  return [...names];
}

/** How many keys say so by their names, each counted once. `isWhole`: these are all that there are. */
export function countKeys(keys: readonly ReducedKey[], isWhole: boolean): ReadonlyMap<CategoryKey, Count> {
  const once = new Map(keys.map((key) => [key.digest, key]));
  // Of one form there are many.
  const forms = Map.groupBy(once.values(), ({ names, holds }) => `${names.join(" ")}|${holds.join(" ")}`);
  const names = new Set([...forms.values()].flatMap(([first]) => first?.names ?? []));
  const fields: readonly Field[] = [...names].map((name) => ({ name, type: "key" }));
  const categoryOfName = new Map([...classify(fields)].flatMap(([category, all]) => all.map((name) => [name, category] as const)));
  const counts = new Map<CategoryKey, number>();
  for (const [first, ...others] of forms.values()) {
    const found = new Set([...(first?.holds ?? []), ...(first?.names ?? []).flatMap((name) => categoryOfName.get(name) ?? [])]);
    for (const category of found) counts.set(category, (counts.get(category) ?? 0) + 1 + others.length);
  }
  const kind = isWhole ? "exact" : "at-least";
  return new Map([...counts].map(([category, value]) => [category, { kind, value }]));
}

/** Each once. */
export function distinctKeys(keys: readonly ReducedKey[]): number {
  return new Set(keys.map(({ digest }) => digest)).size;
}
