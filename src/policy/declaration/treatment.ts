/** `take` and what stands beside it → Treatment. Types of the source's columns are not known here: compile.ts checks those. */
import type { Place, TextRule, Treatment } from "../declaration.ts";
import type { Path } from "./located.ts";
import { compilePattern } from "./pattern.ts";
import type { Problems } from "./problems.ts";
import type { ColumnShape } from "./schema.ts";
import { namePattern, treatmentWords, truncateWords } from "./schema.ts";
import { shown, suggestion } from "./suggest.ts";

export interface Asked {
  readonly shape: ColumnShape;
  readonly path: Path;
  readonly place: (path: Path, at?: "key" | "value") => Place;
  readonly problems: Problems;
}

type Detail = "values" | "match" | "max_length" | "bounds" | "table" | "value";
const details: readonly Detail[] = ["values", "match", "max_length", "bounds", "table", "value"];
const lengthMaxDefault = 64;

/** The treatment that a column asks for; undefined when it stays or when a problem was added. */
export function parseTreatment(asked: Asked): Treatment | undefined {
  const text = asked.shape.take;
  if (text === undefined) {
    refuseDetails(asked, [], "A column that stays");
    return undefined;
  }
  const [word = "", ...rest] = text.trim().split(/\s+/);
  const reader = Object.hasOwn(readers, word) ? readers[word] : undefined;
  if (reader === undefined) {
    asked.problems.add("policy/unknown-word", at(asked, "take"), `${shown(word)} is no treatment.`, suggestion(word, treatmentWords));
    return undefined;
  }
  if (reader.details !== undefined) refuseDetails(asked, reader.details, `\`${word}\``);
  if (reader.alone && !noArgument(asked, rest)) return undefined;
  return reader.read(asked, rest);
}

interface Reader {
  /** Keys that may stand beside it; undefined: it depends on its argument. */
  readonly details: readonly Detail[] | undefined;
  /** Nothing follows the word. */
  readonly alone: boolean;
  readonly read: (asked: Asked, rest: readonly string[]) => Treatment | undefined;
}

const readers: Readonly<Record<string, Reader>> = {
  keep: { details: ["values", "match", "max_length"], alone: true, read: (asked) => ({ tag: "keep", rule: textRule(asked) }) },
  token: { details: [], alone: false, read: token },
  truncate: { details: undefined, alone: false, read: truncate },
  bucket: { details: ["bounds"], alone: true, read: bucket },
  prefix: { details: ["values", "match", "max_length"], alone: false, read: prefix },
  lookup: { details: ["table"], alone: true, read: lookup },
  present: { details: [], alone: true, read: () => ({ tag: "present" }) },
  constant: { details: ["value"], alone: true, read: constant },
  opaque: { details: [], alone: true, read: () => ({ tag: "opaque" }) },
};

function at(asked: Asked, key: string): Place {
  return asked.place([...asked.path, key]);
}

function lacks(asked: Asked, message: string, remedy: string): undefined {
  asked.problems.add("policy/treatment-detail", at(asked, "take"), message, remedy);
  return undefined;
}

function refuseDetails(asked: Asked, allowed: readonly Detail[], what: string): void {
  for (const detail of details) {
    if (asked.shape[detail] === undefined || allowed.includes(detail)) continue;
    asked.problems.add(
      "policy/treatment-detail",
      asked.place([...asked.path, detail], "key"),
      `${what} has no \`${detail}\`.`,
      asked.shape.take === undefined ? "Say how the column is taken (`take:`), or remove it." : "Remove it, or choose another treatment.",
    );
  }
}

function noArgument(asked: Asked, rest: readonly string[]): boolean {
  if (rest.length === 0) return true;
  lacks(
    asked,
    "The treatment is followed by a word that does not belong to it.",
    "Write it alone; what it needs stands in keys of its own.",
  );
  return false;
}

function token(asked: Asked, rest: readonly string[]): Treatment | undefined {
  const [space] = rest;
  if (space !== undefined && rest.length === 1 && namePattern.test(space)) return { tag: "token", space };
  return lacks(asked, "`token` needs the name of its space.", "Write e.g. `token device`: equal values of one space give equal tokens.");
}

function truncate(asked: Asked, rest: readonly string[]): Treatment | undefined {
  const [to = ""] = rest;
  if (rest.length === 1 && (to === "minute" || to === "hour" || to === "day" || to === "month")) {
    refuseDetails(asked, [], "`truncate` of a time");
    return { tag: "truncate", to };
  }
  if (rest.length === 1 && (to === "major" || to === "minor" || to === "patch")) {
    refuseDetails(asked, ["match", "max_length"], "`truncate` of a version");
    const rule = textRule(asked);
    if (rule?.tag !== "match") return lacks(asked, "`truncate` of a version needs `match`.", "Add e.g. `match: '\\d+\\.\\d+\\.\\d+'`.");
    return { tag: "version", parts: to === "major" ? 1 : to === "minor" ? 2 : 3, rule };
  }
  asked.problems.add("policy/unknown-word", at(asked, "take"), "`truncate` needs one word: what to cut to.", suggestion(to, truncateWords));
  return undefined;
}

function bucket(asked: Asked): Treatment | undefined {
  const { bounds } = asked.shape;
  if (bounds === undefined) return lacks(asked, "`bucket` needs `bounds`.", "Add e.g. `bounds: [10, 50, 100]`.");
  if (!bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > (bounds[i - 1] ?? bound)))) {
    asked.problems.add("policy/treatment-detail", at(asked, "bounds"), "`bounds` must ascend.", "Sort them, each once.");
    return undefined;
  }
  return { tag: "bucket", bounds };
}

function prefix(asked: Asked, rest: readonly string[]): Treatment | undefined {
  const length = Number(rest[0]);
  if (rest.length !== 1 || !Number.isInteger(length) || length < 1 || length > 64) {
    return lacks(asked, "`prefix` needs a length from 1 to 64.", "Write e.g. `prefix 2`.");
  }
  const rule = textRule(asked);
  if (rule === undefined)
    return lacks(asked, "`prefix` needs a rule for what the prefix may be.", "Add `values: [...]` or `match: '...'`.");
  return { tag: "prefix", length, rule };
}

function lookup(asked: Asked): Treatment | undefined {
  const { table } = asked.shape;
  if (table === undefined || Object.keys(table).length === 0)
    return lacks(asked, "`lookup` needs a `table`.", "Add e.g. `table: { US: north america, CA: north america }`.");
  return { tag: "lookup", table };
}

function constant(asked: Asked): Treatment | undefined {
  const { value } = asked.shape;
  if (value === undefined) return lacks(asked, "`constant` needs a `value`.", "Add e.g. `value: yes`.");
  return { tag: "constant", value };
}

function textRule(asked: Asked): TextRule | undefined {
  const { values, match, max_length: lengthMax } = asked.shape;
  if (values !== undefined && match !== undefined) {
    asked.problems.add(
      "policy/treatment-detail",
      asked.place([...asked.path, "match"], "key"),
      "`values` and `match` exclude each other.",
      "Keep one of the two.",
    );
    return undefined;
  }
  if (lengthMax !== undefined && match === undefined) {
    asked.problems.add(
      "policy/treatment-detail",
      asked.place([...asked.path, "max_length"], "key"),
      "`max_length` belongs to `match`.",
      "Remove it.",
    );
  }
  if (typeof values === "string") return valuesFrom(asked, values);
  if (values !== undefined) return { tag: "values", values: [...new Set(values)] };
  if (match === undefined) return undefined;
  const pattern = compilePattern(match);
  if ("reason" in pattern) {
    const place = at(asked, "match");
    asked.problems.add("policy/pattern-unsafe", place, `\`match\` is refused at its character ${pattern.at + 1}: ${pattern.reason}.`);
  }
  return { tag: "match", pattern: `^(?:${match})$`, lengthMax: lengthMax ?? lengthMaxDefault };
}

function valuesFrom(asked: Asked, text: string): TextRule | undefined {
  const [, schema, table, column] = /^from\s+(?:([^.\s]+)\.)?([^.\s]+)\.([^.\s]+)$/.exec(text) ?? [];
  if (table !== undefined && column !== undefined) return { tag: "values-from", table: `${schema ?? "public"}.${table}`, column };
  asked.problems.add(
    "policy/treatment-detail",
    at(asked, "values"),
    "`values` is a list, or `from table.column`.",
    "Write e.g. `values: from public.device_models.sku`.",
  );
  return undefined;
}
