/** Entities and facts: columns with their treatments, keys, times. References are resolved after all tables are known (paths.ts). */
import type { ColumnDeclaration, Place, TableDeclaration, Treatment } from "../declaration.ts";
import type { Located, Path } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { ColumnShape, FileShape, TableShape } from "./schema.ts";
import { suggestion } from "./suggest.ts";
import { parseTreatment } from "./treatment.ts";

export interface Reading {
  readonly located: Located;
  readonly problems: Problems;
}

/** A table before its dimensions are resolved. */
export type TableDraft = Omit<TableDeclaration, "dimensions"> & { readonly shape: TableShape; readonly path: Path };

/** All tables of the file; problems are added, and a table with one may be incomplete. */
export function parseTables(file: FileShape, reading: Reading): readonly TableDraft[] {
  const tables: TableDraft[] = [];
  const seen = new Map<string, string>();
  const sections: readonly { kind: "entity" | "fact"; section: string; shapes: Readonly<Record<string, TableShape>> }[] = [
    { kind: "entity", section: "entities", shapes: file.entities },
    { kind: "fact", section: "facts", shapes: file.facts ?? {} },
  ];
  for (const { kind, section, shapes } of sections) {
    for (const [name, shape] of Object.entries(shapes)) {
      const path = [section, name];
      if (seen.has(name)) {
        reading.problems.add("policy/duplicate-name", reading.located.place(path, "key"), `\`${name}\` is an entity already.`);
        continue;
      }
      seen.set(name, section);
      tables.push(parseTable({ name, kind, shape, path }, reading));
    }
  }
  refuseSameTable(tables, reading);
  return resolveRefers(tables, reading);
}

interface Named {
  readonly name: string;
  readonly kind: "entity" | "fact";
  readonly shape: TableShape;
  readonly path: Path;
}

function parseTable(named: Named, reading: Reading): TableDraft {
  const { shape, path } = named;
  const [, schema = "", table = ""] = /^([^.]+)\.([^.]+)$/.exec(shape.table) ?? [];
  if (table === "") {
    reading.problems.add(
      "policy/bad-table-name",
      reading.located.place([...path, "table"]),
      `The table of \`${named.name}\` is not \`schema.table\`.`,
    );
  }
  const columns = new Map<string, ColumnDeclaration>();
  for (const [name, column] of Object.entries(shape.columns))
    columns.set(name, parseColumn(name, column ?? {}, [...path, "columns", name], reading));
  const key = named.kind === "entity" ? entityKey(named, columns, reading) : factKey(named, columns, reading);
  const time = named.kind === "fact" ? factTime(named, columns, reading) : undefined;
  refuseOpaque(columns, key, reading);
  const place = reading.located.place(path, "key");
  return {
    name: named.name,
    kind: named.kind,
    schema,
    table,
    key,
    time,
    columns: [...columns.values()],
    history: shape.history ?? "follow",
    place,
    shape,
    path,
  };
}

function parseColumn(name: string, shape: ColumnShape, path: Path, reading: Reading): ColumnDeclaration {
  const take = parseTreatment({ shape, path, place: reading.located.place, problems: reading.problems });
  const is = shape.is ?? (shape.refers === undefined ? "not said" : `identifier of ${shape.refers}`);
  return { name, is, take, refers: shape.refers, place: reading.located.place(path, "key") };
}

/** Treatments under which different keys stay different. */
function isLossless(take: Treatment): boolean {
  return take.tag === "token" || take.tag === "opaque";
}

function entityKey(named: Named, columns: ReadonlyMap<string, ColumnDeclaration>, { located, problems }: Reading): string {
  const key = named.shape.key;
  const name = typeof key === "string" ? key : "id";
  const column = columns.get(name);
  const place = key === undefined ? located.place(named.path, "key") : located.place([...named.path, "key"]);
  if (column?.take === undefined) {
    // A column that refers takes a token too, but as a reference: a key must have a space of its own.
    if (column?.refers !== undefined)
      problems.add(
        "policy/key-conflict",
        column.place,
        `The key \`${name}\` of \`${named.name}\` refers to another entity.`,
        "Declare the columns at that entity instead, or use another key.",
      );
    else
      problems.add(
        "policy/key-missing",
        column?.place ?? place,
        `The key \`${name}\` of \`${named.name}\` is not taken.`,
        `Declare it under columns: \`${name}: { is: identifier, take: token ${named.name} }\`.`,
      );
  } else if (column.refers !== undefined) {
    problems.add(
      "policy/key-conflict",
      column.place,
      `The key \`${name}\` of \`${named.name}\` refers to another entity.`,
      "Declare the columns at that entity instead, or use another key.",
    );
  } else if (column.take.tag === "opaque") {
    problems.add(
      "policy/key-lossy",
      located.place([...columnPath(named, name), "take"]),
      `The key \`${name}\` of the entity \`${named.name}\` is opaque: it would leave as it is.`,
      `Use \`take: token ${named.name}\`.`,
    );
  } else if (!isLossless(column.take)) {
    problems.add(
      "policy/key-lossy",
      located.place([...columnPath(named, name), "take"]),
      `The key \`${name}\` of \`${named.name}\` has a treatment that can make two keys equal.`,
      `Use \`take: token ${named.name}\`.`,
    );
  }
  return name;
}

function columnPath(named: Named, column: string): Path {
  return [...named.path, "columns", column];
}

function factKey(named: Named, columns: Map<string, ColumnDeclaration>, { located, problems }: Reading): string | undefined {
  const { shape, path } = named;
  const key = typeof shape.key === "string" ? { [shape.key]: "" } : shape.key;
  if (shape.append_only === true) {
    if (key !== undefined)
      problems.add("policy/append-only", located.place([...path, "append_only"], "key"), `\`${named.name}\` is append_only and has a key.`);
    return undefined;
  }
  const [first, second] = Object.entries(key ?? {});
  if (first === undefined) {
    problems.add(
      "policy/missing",
      located.place(path, "key"),
      `\`${named.name}\` has no key.`,
      "Say `key: { id: opaque }`, or `append_only: true` for a table without a key.",
    );
    return undefined;
  }
  if (second !== undefined) {
    problems.add(
      "policy/wrong-shape",
      located.place([...path, "key", second[0]], "key"),
      `The key of \`${named.name}\` is one column.`,
      "Name the one column that tells its rows apart.",
    );
  }
  const [name, take] = first;
  return declaredKey({ named, name, take, place: located.place([...path, "key", name]) }, columns, problems);
}

/** Puts the key's column, with the treatment that `key:` says, among the columns. */
function declaredKey(
  asked: { named: Named; name: string; take: string; place: Place },
  columns: Map<string, ColumnDeclaration>,
  problems: Problems,
): string {
  const { named, name, take, place } = asked;
  const treatment = parseTreatment({ shape: { take }, path: named.path, place: () => place, problems });
  if (treatment === undefined) return name;
  if (!isLossless(treatment)) {
    problems.add("policy/key-lossy", place, `The key \`${name}\` of \`${named.name}\` has a treatment that can make two keys equal.`);
  }
  const declared = columns.get(name);
  const differs = declared?.take !== undefined && JSON.stringify(declared.take) !== JSON.stringify(treatment);
  if (declared?.refers !== undefined || differs) {
    problems.add(
      "policy/key-conflict",
      declared?.place ?? place,
      `\`${name}\` is the key of \`${named.name}\` and is taken in another way here.`,
    );
  }
  columns.set(name, { name, is: declared?.is ?? "key", take: treatment, refers: undefined, place: declared?.place ?? place });
  return name;
}

function factTime(named: Named, columns: Map<string, ColumnDeclaration>, { located, problems }: Reading): string | undefined {
  const name = "time" in named.shape ? named.shape.time : undefined;
  if (name === undefined) {
    problems.add(
      "policy/missing",
      located.place(named.path, "key"),
      `The fact \`${named.name}\` has no \`time\`.`,
      "Name the column that says when it happened: `time: at`.",
    );
    return undefined;
  }
  const declared = columns.get(name);
  const take = declared?.take ?? { tag: "truncate", to: "minute" };
  if (take.tag !== "truncate") {
    problems.add(
      "policy/wrong-shape",
      located.place([...columnPath(named, name), "take"]),
      `The time \`${name}\` of \`${named.name}\` must be truncated.`,
      "Use `truncate minute`, `hour`, `day` or `month`, or say nothing: a minute.",
    );
  }
  columns.set(name, {
    name,
    is: declared?.is ?? "time",
    take,
    refers: undefined,
    place: declared?.place ?? located.place([...named.path, "time"]),
  });
  return name;
}

function refuseOpaque(columns: ReadonlyMap<string, ColumnDeclaration>, key: string | undefined, { problems }: Reading): void {
  for (const column of columns.values()) {
    if (column.take?.tag !== "opaque" || column.name === key) continue;
    problems.add(
      "policy/treatment-detail",
      column.place,
      `\`${column.name}\` is opaque and no key.`,
      "Only a fact's key may be opaque; use `keep` for a value, `token SPACE` for an identifier.",
    );
  }
}

function refuseSameTable(tables: readonly TableDraft[], { located, problems }: Reading): void {
  const seen = new Map<string, string>();
  for (const table of tables) {
    const name = `${table.schema}.${table.table}`;
    const before = seen.get(name);
    if (before !== undefined)
      problems.add(
        "policy/duplicate-name",
        located.place([...table.path, "table"]),
        `\`${table.name}\` is made of the same table as \`${before}\`.`,
        "Declare a table once; metrics can count an entity too.",
      );
    seen.set(name, table.name);
  }
}

/** A column that refers takes the entity's token: `take` is filled in. */
function resolveRefers(tables: readonly TableDraft[], reading: Reading): readonly TableDraft[] {
  const entities = new Map(tables.filter((table) => table.kind === "entity").map((table) => [table.name, table]));
  return tables.map((table) => ({ ...table, columns: table.columns.map((column) => referring(column, { table, entities, reading })) }));
}

interface Referring {
  readonly table: TableDraft;
  readonly entities: ReadonlyMap<string, TableDraft>;
  readonly reading: Reading;
}

function referring(column: ColumnDeclaration, { table, entities, reading }: Referring): ColumnDeclaration {
  if (column.refers === undefined) return column;
  const { problems, located } = reading;
  const path = [...table.path, "columns", column.name];
  const entity = entities.get(column.refers);
  if (entity === undefined) {
    problems.add(
      "policy/unknown-entity",
      located.place([...path, "refers"]),
      `\`${column.refers}\` is no entity.`,
      suggestion(column.refers, [...entities.keys()]),
    );
    return column;
  }
  const take = entity.columns.find((one) => one.name === entity.key)?.take;
  if (take?.tag !== "token") return column; // The entity's own problem was added.
  if (column.take !== undefined && (column.take.tag !== "token" || column.take.space !== take.space)) {
    const place: Place = located.place([...path, "take"]);
    problems.add(
      "policy/key-conflict",
      place,
      `\`${column.name}\` refers to \`${entity.name}\` and is taken in another way than its key.`,
      "Leave `take` out: a column that refers takes the entity's token.",
    );
  }
  return { ...column, take };
}
