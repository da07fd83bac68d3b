/** Holds the file against its schema and says in our own words what does not fit: zod's messages quote their input. */
import type { z } from "zod";
import type { Located, Path } from "./located.ts";
import type { Problems } from "./problems.ts";
import { expectations, namePattern, wordsAt } from "./schema.ts";
import { shown, suggestion } from "./suggest.ts";

/** The file as that shape, or undefined with the problems added. */
export function checkShape<T>(located: Located, problems: Problems, wanted: z.ZodType<T>): T | undefined {
  if (typeof located.value !== "object" || located.value === null || Array.isArray(located.value)) {
    problems.add("policy/wrong-shape", located.place([]), "The file must be a map that begins with `version: 1`.");
    return undefined;
  }
  const result = wanted.safeParse(located.value, { reportInput: false });
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, located, problems);
  return undefined;
}

function report(issue: z.core.$ZodIssue, located: Located, problems: Problems): void {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const name = pathName(path);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) {
        problems.add(
          "policy/unknown-word",
          located.place([...path, key], "key"),
          `${shown(key)} is not known in ${name}.`,
          suggestion(key, known(path)),
        );
      }
      return;
    case "invalid_type":
      if (valueAt(located.value, path) === undefined) return missing(path, located, problems);
      problems.add("policy/wrong-shape", located.place(path), `${name} must be ${expected(issue.expected)}.`);
      return;
    case "invalid_key":
      problems.add("policy/bad-name", located.place(path, "key"), `A name in ${pathName(path.slice(0, -1))} is none.`);
      return;
    case "invalid_format":
      problems.add(
        namedBy(path) ? "policy/bad-name" : "policy/wrong-shape",
        located.place(path),
        `${name} must match ${namePattern.source}.`,
      );
      return;
    case "invalid_value":
      problems.add(
        "policy/unknown-word",
        located.place(path),
        `${name} has a word that is not known.`,
        suggestion(String(valueAt(located.value, path)), issue.values.map(String)),
      );
      return;
    case "invalid_union":
      if (valueAt(located.value, path) === undefined) return missing(path, located, problems);
      problems.add("policy/wrong-shape", located.place(path), `${name} must be ${unionWords(path)}.`);
      return;
    case "too_small":
      problems.add("policy/wrong-shape", located.place(path), `${name} must be at least ${issue.minimum}${counted(issue.origin)}.`);
      return;
    case "too_big":
      problems.add("policy/wrong-shape", located.place(path), `${name} must be at most ${issue.maximum}${counted(issue.origin)}.`);
      return;
    default:
      problems.add("policy/wrong-shape", located.place(path), `${name} has the wrong kind of content.`);
  }
}

function missing(path: Path, located: Located, problems: Problems): void {
  const place = located.place(path.slice(0, -1), "key");
  problems.add("policy/missing", place, `${pathName(path)} is missing.`, `Add \`${path.at(-1) ?? ""}:\` there.`);
}

function counted(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

function expected(kind: string): string {
  const words: Record<string, string> = {
    string: "a text (quote it if it looks like a number)",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a map",
    record: "a map of names",
    array: "a list",
  };
  return words[kind] ?? `a ${kind}`;
}

function unionWords(path: Path): string {
  if (path[0] === "assets")
    return path.at(-1) === "url" ? "a text or a list of texts" : `one of ${expectations.join(", ")}, or a map from vantages to these`;
  if (path[0] === "stays") return "a text, or a map from columns to texts";
  return path.at(-1) === "values" ? "a list of texts (quote numbers), or `from table.column`" : "a value or a list of at most 100 values";
}

/** Paths of names look like names; anything else in a path is shown by its position only. */
function pathName(path: Path): string {
  if (path.length === 0) return "the file";
  return `\`${path.map((step) => (typeof step === "number" ? String(step + 1) : /^[A-Za-z_][\w-]{0,62}$/.test(step) ? step : "…")).join(".")}\``;
}

function namedBy(path: Path): boolean {
  const last = path.at(-1);
  const words: readonly unknown[] = ["unit", "refers", "count", "ratio", "share", "retention", "of"];
  return words.includes(last) || path.at(-2) === "by" || path.at(-3) === "cuboids" || (last === "table" && path.at(-2) === "having");
}

function known(path: Path): readonly string[] {
  const [top, second, part] = path;
  if (path.length === 0) return wordsAt.file;
  if (top === "source" || top === "limits" || top === "annotations") return wordsAt[top];
  if (top === "login") return part === "roles" ? wordsAt.roles : second === "oidc" ? wordsAt.oidc : wordsAt.login;
  if (top === "vantages") return wordsAt.vantages;
  if (top === "assets") return part === "authorised" ? wordsAt.authorised : wordsAt.assets;
  return knownInTable(path);
}

function knownInTable(path: Path): readonly string[] {
  const [top, , part] = path;
  if (path.length === 2 && (top === "entities" || top === "facts" || top === "metrics")) return wordsAt[top];
  return part === "columns" || part === "having" || part === "dimensions" ? wordsAt[part] : [];
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Reflect.get(at, step);
  }
  return at;
}
