/**
 * The total type table: how each PostgreSQL type is decoded, or that it is refused, by name. Decoders go by the tag and the
 * length on the wire, so a domain reads as its base type and an enum as text.
 */
import type { CatalogColumn } from "./catalog.ts";
import type { BytesForm, RawTag, SourceColumn } from "./raw.ts";

interface KnownType {
  readonly raw: RawTag;
  readonly form: BytesForm | undefined;
}

const scalar = (raw: RawTag): KnownType => ({ raw, form: undefined });
const bytes = (form: BytesForm): KnownType => ({ raw: "bytes", form });

/** pg_type.oid of the built-in types, from PostgreSQL's pg_type.dat; they never change. */
const byOid: Readonly<Record<number, KnownType>> = {
  16: scalar("bool"),
  21: scalar("i32"), // int2
  23: scalar("i32"), // int4
  20: scalar("i64"), // int8
  26: scalar("i64"), // oid: unsigned, so it does not fit 32 bits with a sign
  790: scalar("i64"), // money: 1/100 of the locale's unit
  700: scalar("f64"), // float4
  701: scalar("f64"), // float8
  1082: scalar("micros"), // date
  1114: scalar("micros"), // timestamp
  1184: scalar("micros"), // timestamptz
  2950: scalar("uuid"),
  18: bytes("text"), // "char"
  19: bytes("text"), // name
  25: bytes("text"),
  1042: bytes("text"), // char(n), padded as PostgreSQL sends it
  1043: bytes("text"), // varchar
  114: bytes("text"), // json
  142: bytes("text"), // xml
  3802: bytes("jsonb"),
  1700: bytes("numeric"),
  17: bytes("binary"), // bytea
  869: bytes("binary"), // inet
  650: bytes("binary"), // cidr
  829: bytes("binary"), // macaddr
  774: bytes("binary"), // macaddr8
  1083: bytes("binary"), // time
  1266: bytes("binary"), // timetz
  1186: bytes("binary"), // interval
};

/** Extension types (no fixed oid) whose binary form is UTF-8 text. */
const textExtensions: ReadonlySet<string> = new Set(["citext"]);

const kindNames: Readonly<Record<string, string>> = {
  c: "a composite type",
  r: "a range",
  m: "a multirange",
  p: "a pseudo-type",
};

/** What is known of a column's type; undefined: refused. */
function knownType(column: Pick<CatalogColumn, "typeOid" | "typeName" | "typeKind" | "base">): KnownType | undefined {
  const type = column.base ?? column;
  if (type.typeKind === "e") return bytes("text");
  if (type.typeKind !== "b") return undefined;
  if (Object.hasOwn(byOid, type.typeOid)) return byOid[type.typeOid];
  const name = type.typeName.slice(type.typeName.lastIndexOf(".") + 1);
  return type.typeOid >= 16_384 && textExtensions.has(name) ? bytes("text") : undefined;
}

/** The column as the decoders want it, or the reason why its type is refused. */
export function sourceColumn(
  column: CatalogColumn,
): { readonly tag: "column"; readonly column: SourceColumn } | { readonly tag: "refused"; readonly reason: string } {
  const known = knownType(column);
  if (known === undefined) return { tag: "refused", reason: refusal(column) };
  const type = column.base ?? column;
  return {
    tag: "column",
    column: {
      name: column.name,
      typeOid: type.typeOid,
      typeName: type.typeName,
      raw: known.raw,
      ...(known.form === undefined ? {} : { form: known.form }),
      wireOid: column.typeOid,
    },
  };
}

function refusal(column: CatalogColumn): string {
  const type = column.base ?? column;
  const kind = type.typeName.endsWith("[]") ? "an array" : kindNames[type.typeKind];
  return kind === undefined ? `type ${type.typeName} is not read` : `type ${type.typeName} is ${kind}, which is not read`;
}
