/** The fourth verdict of `prove`: the store's schema is the policy's, and every text in it satisfies its column's rule. */
import type { Mirror, MirrorView } from "../../mirror/mirror.ts";
import type { Declaration, Treatment } from "../../policy/declaration.ts";
import { storedTextAllowed } from "../../policy/declaration.ts";
import type { Micros, ProofVerdict, SafeSchema } from "../../policy/safe.ts";

export interface StoreProofOptions {
  readonly mirror: Mirror;
  readonly declaration: Declaration;
  /** By `schema.table.column`: the lists of `values: from` rules, as the reader read them. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly at: Micros;
}

const ownTables = /^(control|dictionary|(rows|tokens|cells|delta|changes|history|days|day_changes)_[a-z][a-z0-9_]*)$/;

export async function proveStore(options: StoreProofOptions): Promise<ProofVerdict> {
  const { mirror, at } = options;
  const schema = mirror.schema;
  const base = { name: "store", at } as const;
  if (schema === undefined)
    return { ...base, verdict: "unknown", level: "amber", checked: 0, message: "There is no copy yet.", findings: [] };
  return mirror.view(async (view) => {
    const foreign = await foreignColumns(view, schema);
    const texts = await checkTexts(view, { ...options, schema });
    const findings = [...foreign, ...texts.refused].map((what) => ({
      what,
      remedy: "Build the copy anew: move the state's mirror folder away and start again; then report this.",
    }));
    const message = `${texts.checked.toLocaleString("en")} texts in the store looked at`;
    if (findings.length > 0)
      return {
        ...base,
        verdict: "failed",
        level: "red",
        checked: texts.checked,
        message: `${message}: ${findings.length} places break the policy.`,
        findings,
      };
    if (texts.unknown > 0)
      return {
        ...base,
        verdict: "unknown",
        level: "amber",
        checked: texts.checked,
        message: `${message}; of ${texts.unknown} the list of allowed values is not known until the reader has been there.`,
        findings,
      };
    return {
      ...base,
      verdict: "clean",
      level: "green",
      checked: texts.checked,
      message: `${message}; each satisfies its rule, and there is no column that the policy does not name.`,
      findings,
    };
  });
}

/** Text columns elsewhere than in our dictionary, tables that are none of ours, columns that the policy does not name. */
async function foreignColumns(view: MirrorView, schema: SafeSchema): Promise<readonly string[]> {
  const rows = await view.all(
    "SELECT table_name AS t, column_name AS c, data_type AS d FROM information_schema.columns WHERE table_schema = 'main' AND table_catalog = current_database()",
  );
  return rows.flatMap((row) => {
    const table = String(row["t"]);
    const column = String(row["c"]);
    if (!ownTables.test(table)) return [`table ${table} is not one of the policy's`];
    if (!table.startsWith("rows_")) return [];
    const declared = schema.tables.find((one) => `rows_${one.name}` === table);
    if (declared === undefined) return [`table ${table} is not one of the policy's`];
    const known = column === "$ref" || declared.columns.some((one) => one.name === column);
    return known && row["d"] !== "VARCHAR" && row["d"] !== "BLOB" ? [] : [`column ${table}.${column} is not one of the policy's`];
  });
}

async function checkTexts(
  view: MirrorView,
  options: StoreProofOptions & { readonly schema: SafeSchema },
): Promise<{ readonly checked: number; readonly unknown: number; readonly refused: readonly string[] }> {
  const rows = await view.all('SELECT tbl, col, code, value FROM "dictionary" WHERE code >= 3');
  const tests = new Map<string, ReturnType<typeof storedTextAllowed>>();
  const refused = new Map<string, number>();
  let unknown = 0;
  for (const row of rows) {
    const place = `${String(row["tbl"])}.${String(row["col"])}`;
    const allowed = tests.get(place) ?? testFor(options, String(row["tbl"]), String(row["col"]));
    tests.set(place, allowed);
    const verdict = allowed(String(row["value"]));
    if (verdict === "unknown") unknown += 1;
    if (verdict === "refused") refused.set(place, (refused.get(place) ?? 0) + 1);
  }
  return {
    checked: rows.length,
    unknown,
    refused: [...refused].map(([place, count]) => `${place} holds ${count} texts that its rule does not allow`),
  };
}

/** Whether a policy lets a text be in its store: what is not known to be allowed is not. */
export function textFilter(
  policy: Pick<StoreProofOptions, "declaration" | "rules">,
): (table: string, column: string, text: string) => boolean {
  const tests = new Map<string, ReturnType<typeof storedTextAllowed>>();
  return (table, column, text) => {
    const place = `${table}.${column}`;
    const test = tests.get(place) ?? testFor(policy, table, column);
    tests.set(place, test);
    return test(text) === "allowed";
  };
}

function testFor(
  { declaration, rules }: Pick<StoreProofOptions, "declaration" | "rules">,
  table: string,
  column: string,
): ReturnType<typeof storedTextAllowed> {
  const take = declaration.tables.find((one) => one.name === table)?.columns.find((one) => one.name === column)?.take;
  return take === undefined ? () => "refused" : storedTextAllowed(take, valuesOf(take, rules));
}

function valuesOf(take: Treatment, rules: StoreProofOptions["rules"]): ReadonlySet<string> | undefined {
  if (!("rule" in take) || take.rule?.tag !== "values-from") return undefined;
  const { table, column } = take.rule;
  const list = rules[`${table}.${column}`] ?? rules[`public.${table}.${column}`];
  return list === undefined ? undefined : new Set(list);
}
