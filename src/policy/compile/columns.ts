/** One declared column against its type: the total table treatment × type. */
import { must } from "../../lib/assert.ts";
import type { CatalogColumn, CatalogTable } from "../../source/catalog.ts";
import type { RawTag, SourceColumn } from "../../source/raw.ts";
import { sourceColumn } from "../../source/types.ts";
import type { CompiledColumn, Meeting, TypeClass } from "../compile.ts";
import type { ColumnDeclaration, TableDeclaration, Treatment } from "../declaration.ts";
import type { Problems } from "../declaration/problems.ts";
import { suggestion } from "../declaration/suggest.ts";
import type { SafeColumn, SafeKind } from "../safe.ts";

const classByOid: Readonly<Record<number, TypeClass>> = {
  16: "bool",
  20: "int",
  21: "int",
  23: "int",
  26: "int",
  700: "float",
  701: "float",
  1700: "numeric",
  18: "text",
  19: "text",
  25: "text",
  1042: "text",
  1043: "text",
  2950: "uuid",
  1184: "timestamptz",
  1114: "timestamp",
  1082: "date",
};
const bpcharOid = 1042;

/** What a column's type is to a treatment; a domain is what it is made of. */
export function typeClass(column: CatalogColumn): TypeClass {
  const type = column.base ?? column;
  if (type.typeKind === "e") return "enum";
  if (Object.hasOwn(classByOid, type.typeOid)) return classByOid[type.typeOid] ?? "other";
  return type.typeName === "citext" || type.typeName.endsWith(".citext") ? "text" : "other";
}

const useToken = "it would leave as it is; use `token SPACE`, `present` or let it stay";
const useTruncate = "use `truncate minute`, `hour`, `day` or `month`";
const noUse = "use `present`, or let it stay";
const noTime = "only a time (timestamptz, timestamp, date) can be truncated to a grain";
const onlyText = "only a text has that";
const onlyNumber = "only a number has that";
const onlyId = "only whole numbers, UUIDs and texts are identifiers";

/** A safe kind, or in brackets why there is none. `int` is i32 or i64 by the column's width. */
type Cell = SafeKind | "int" | readonly [reason: string];

function all(cell: Cell, but: Partial<Record<TypeClass, Cell>> = {}): Readonly<Record<TypeClass, Cell>> {
  return {
    bool: cell,
    int: cell,
    float: cell,
    numeric: cell,
    text: cell,
    enum: cell,
    uuid: cell,
    timestamptz: cell,
    timestamp: cell,
    date: cell,
    other: cell,
    ...but,
  };
}

const times: Partial<Record<TypeClass, Cell>> = { timestamptz: [useTruncate], timestamp: [useTruncate], date: [useTruncate] };

const cells: Readonly<Record<Treatment["tag"], Readonly<Record<TypeClass, Cell>>>> = {
  keep: all([noUse], { bool: "bool", int: "int", float: "f64", numeric: "i64", text: "code", enum: "code", uuid: [useToken], ...times }),
  opaque: all(["only whole numbers and UUIDs may be opaque keys"], { int: "int", uuid: "token" }),
  token: all([onlyId], { int: "token", uuid: "token", text: "token" }),
  truncate: all([noTime], { timestamptz: "minute", timestamp: "minute", date: "minute" }),
  version: all([onlyText], { text: "code" }),
  bucket: all([onlyNumber], { int: "code", float: "code", numeric: "code" }),
  prefix: all([onlyText], { text: "code" }),
  lookup: all(["only texts, whole numbers and booleans can be looked up"], { text: "code", enum: "code", int: "code", bool: "code" }),
  present: all("bool"),
  constant: all("code"),
};

export interface AtSource {
  readonly table: TableDeclaration;
  readonly found: CatalogTable;
  readonly problems: Problems;
}

/** Looks a declared column up, also one that stays (a wrong name there hides that another column is not in the inventory). True when it is taken and there. */
export function isReadable(column: ColumnDeclaration, { table, found, problems }: AtSource): boolean {
  const source = found.columns.find((one) => one.name === column.name);
  if (source !== undefined) return column.take !== undefined;
  problems.add(
    "policy/column-missing",
    column.place,
    `${table.schema}.${table.table} has no column \`${column.name}\`.`,
    suggestion(
      column.name,
      found.columns.map((one) => one.name),
    ),
  );
  return false;
}

export interface ColumnMeeting {
  readonly table: TableDeclaration;
  readonly found: CatalogTable;
  /** Grows by what must be asked for. */
  readonly asked: Map<string, SourceColumn>;
  readonly meeting: Meeting;
}

/** Adds a problem and returns undefined where the treatment does not fit. */
export function compileColumn(column: ColumnDeclaration, context: ColumnMeeting): CompiledColumn | undefined {
  const { table, found, meeting } = context;
  const catalog = must(
    found.columns.find((one) => one.name === column.name),
    "column that isReadable found",
  );
  const treatment = must(column.take, "treatment of a readable column");
  const type = typeClass(catalog);
  const where = `${table.schema}.${table.table}.${column.name}`;
  const cell = cells[treatment.tag][type];
  if (typeof cell !== "string") {
    meeting.problems.add(
      "policy/type-unsupported",
      column.place,
      `${where} is ${catalog.typeName}: no \`${word(treatment)}\` for it.`,
      `Here ${cell[0]}.`,
    );
    return undefined;
  }
  if (!checkRule(column, type, where, meeting.problems) || !checkGenerated(catalog, column, where, meeting)) return undefined;
  checkDistinct(column, context);
  const scale = type === "numeric" && treatment.tag === "keep" ? numericScale(catalog, column, where, meeting) : 0;
  const asked = scale === undefined ? "refused" : askFor(catalog, column, context);
  if (scale === undefined || asked === "refused") return undefined;
  const kind: SafeKind = cell !== "int" ? cell : asked?.raw === "i64" ? "i64" : "i32";
  return {
    safe: { name: column.name, kind, role: roleOf(column, table), refers: column.refers, scale },
    treatment,
    type,
    padded: (catalog.base ?? catalog).typeOid === bpcharOid,
    source: asked?.index,
  };
}

function roleOf(column: ColumnDeclaration, table: TableDeclaration): SafeColumn["role"] {
  if (column.name === table.key) return "key";
  return column.refers === undefined ? "value" : "ref";
}

/** Puts the column among those that are asked for; a constant needs none. */
function askFor(
  catalog: CatalogColumn,
  column: ColumnDeclaration,
  { table, asked, meeting }: ColumnMeeting,
): { readonly raw: RawTag; readonly index: number } | "refused" | undefined {
  if (column.take?.tag === "constant") return undefined;
  const decoded = sourceColumn(catalog);
  if (decoded.tag === "refused") {
    meeting.problems.add(
      "policy/type-unsupported",
      column.place,
      `${table.schema}.${table.table}.${column.name}: ${decoded.reason}.`,
      "Let the column stay.",
    );
    return "refused";
  }
  asked.set(column.name, decoded.column);
  return { raw: decoded.column.raw, index: asked.size - 1 };
}

/** How the file writes it. */
function word(treatment: Treatment): string {
  return treatment.tag === "version" ? "truncate major|minor|patch" : treatment.tag;
}

function checkRule(column: ColumnDeclaration, type: TypeClass, where: string, problems: Problems): boolean {
  if (column.take?.tag !== "keep") return true;
  const isText = type === "text" || type === "enum";
  if (isText && column.take.rule === undefined) {
    problems.add("policy/text-needs-rule", column.place, `${where} is text and is kept without a rule: anything could pass.`);
    return false;
  }
  if (!isText && column.take.rule !== undefined) {
    problems.add(
      "policy/treatment-detail",
      column.place,
      `${where} is no text: \`values\` and \`match\` do not apply.`,
      "Remove the rule.",
    );
    return false;
  }
  return true;
}

/** Published since PostgreSQL 18, and stored ones only. */
function checkGenerated(
  catalog: CatalogColumn,
  column: ColumnDeclaration,
  where: string,
  { catalog: { version }, problems }: Meeting,
): boolean {
  if (catalog.generated === "" || column.take?.tag === "constant") return true;
  if (catalog.generated === "s" && version >= 180_000) return true;
  problems.add(
    "policy/generated-column",
    column.place,
    `${where} is a ${catalog.generated === "s" ? "stored" : "virtual"} generated column, which PostgreSQL ${Math.floor(version / 10_000)} does not publish.`,
  );
  return false;
}

const distinctMin = 100;

/** Tokens hide a value, not how often it occurs. A key and what refers to it are many by nature (or the table is small). */
function checkDistinct(column: ColumnDeclaration, { table, meeting }: ColumnMeeting): void {
  if (column.take?.tag !== "token" || roleOf(column, table) !== "value") return;
  const distinct = meeting.options.distinct?.(table.schema, table.table, column.name);
  if (distinct === undefined || distinct >= distinctMin) return;
  meeting.problems.add(
    "policy/token-few-values",
    column.place,
    `${table.schema}.${table.table}.${column.name} has about ${Math.round(distinct)} different values: how often each occurs gives it away.`,
  );
}

/** numeric(p, s) with p ≤ 18 and 0 ≤ s ≤ p: its scale; else a problem and undefined. PostgreSQL packs both into typmod − 4. */
function numericScale(catalog: CatalogColumn, column: ColumnDeclaration, where: string, { problems }: Meeting): number | undefined {
  const precision = ((catalog.typmod - 4) >> 16) & 0xffff;
  const scale = (catalog.typmod - 4) & 0x7ff;
  if (catalog.typmod >= 4 && precision <= 18 && scale <= precision) return scale;
  problems.add(
    "policy/type-unsupported",
    column.place,
    `${where} is numeric without a precision of at most 18 digits: its values have no bound.`,
    "Use `bucket`, `present`, or declare numeric(18, 2) or less at the source.",
  );
  return undefined;
}
