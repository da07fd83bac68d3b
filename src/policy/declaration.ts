/**
 * What `vitrine.yaml` says, as types: the inventory of a database (what each column is), the permission (what may leave and how)
 * and the metrics. `parseDeclaration` is the only maker. Imports model and lib only, because the server
 * reads the same file and must not reach the source.
 */
export { guardAlone, isGuardFile, parseAssetsOf, parseGuardOf } from "./declaration/assets-file.ts";
export { parseDeclaration } from "./declaration/parse.ts";
export { storedTextAllowed } from "./declaration/stored-text.ts";

/** What happens to a column on its way out. A column without one stays. */
export type Treatment =
  /** As it is. On text only with a rule: what the rule does not allow becomes `other`. */
  | { readonly tag: "keep"; readonly rule: TextRule | undefined }
  /** A key that names an event and not a person (a sequence, a UUIDv7): kept as it is. Only as the key of a fact. */
  | { readonly tag: "opaque" }
  /** A keyed pseudonym in a named space; equal values of one space give equal tokens. */
  | { readonly tag: "token"; readonly space: string }
  /** A time cut to a grain in the file's zone. */
  | { readonly tag: "truncate"; readonly to: TimeGrain }
  /** A version family: `parts` leading numbers of a dotted version; what `match` refuses becomes `other`. */
  | { readonly tag: "version"; readonly parts: 1 | 2 | 3; readonly rule: TextRule }
  /** Numbers into ranges: label of the range [bounds[i], bounds[i+1]); below the first and from the last on are ranges too. */
  | { readonly tag: "bucket"; readonly bounds: readonly number[] }
  /** The first characters of a text; `rule` is applied to the prefix. */
  | { readonly tag: "prefix"; readonly length: number; readonly rule: TextRule }
  /** A text or number by a table in the file; what is not in the table becomes `other`. */
  | { readonly tag: "lookup"; readonly table: Readonly<Record<string, string>> }
  /** There or not. The value itself is dropped in the reader. */
  | { readonly tag: "present" }
  /** Always the same text. */
  | { readonly tag: "constant"; readonly value: string };

export type TimeGrain = "minute" | "hour" | "day" | "month";

/** Which texts may pass: a closed list, the values of a declared source column, or an anchored pattern. */
export type TextRule =
  | { readonly tag: "values"; readonly values: readonly string[] }
  | { readonly tag: "values-from"; readonly table: string; readonly column: string }
  /** Anchored on both sides by the parser; at most `lengthMax` characters (default 64). */
  | { readonly tag: "match"; readonly pattern: string; readonly lengthMax: number };

export interface ColumnDeclaration {
  readonly name: string;
  /** The inventory's word for what it is ("e-mail", "free text"); never empty. */
  readonly is: string;
  /** undefined: the column stays in the source. */
  readonly take: Treatment | undefined;
  /** The entity whose key this column holds: its token becomes a `ref` in the mirror. `take` is then that entity's token. */
  readonly refers: string | undefined;
  readonly place: Place;
}

/** Where in the file: 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface TableDeclaration {
  /** Name in vitrine.yaml, `[a-z][a-z0-9_]*`, unique over entities and facts. */
  readonly name: string;
  readonly kind: "entity" | "fact";
  readonly schema: string;
  readonly table: string;
  /** The mirror's key: one column. For an entity its token column. undefined: append_only, without a key. */
  readonly key: string | undefined;
  /** The time column of a fact; undefined for entities. */
  readonly time: string | undefined;
  readonly columns: readonly ColumnDeclaration[];
  readonly dimensions: readonly DimensionDeclaration[];
  /** keep: closed periods stand when the source purges their rows; follow: they go. */
  readonly history: "follow" | "keep";
  readonly place: Place;
}

/**
 * A dimension of a table's metrics. `own`: a column of the row. `current`: a column of an entity as it is now, reached by
 * `path`: the columns that refer, one after the other (at most two), resolved and unambiguous after parsing.
 */
export interface DimensionDeclaration {
  readonly name: string;
  readonly origin: "own" | "current";
  readonly path: readonly string[];
  /** Table (its name in vitrine.yaml) and column that hold the value at the end of the path. */
  readonly of: { readonly table: string; readonly column: string };
}

export type MetricGrain = "hour" | "day" | "week" | "month";

/** A condition on columns of the metric's own table: every column must have one of its values. */
export type Condition = readonly { readonly column: string; readonly values: readonly (string | number | boolean)[] }[];

export type MetricKind = "count" | "ratio" | "sum" | "distinct" | "share" | "retention";

/** How a metric's value is written: `percent` of 1, `duration` of the metric's unit. */
export type MetricFormat = "number" | "percent" | "duration";

/** A set that the mirror keeps for a metric: its name and its definition version. Metrics that mean the same share it. */
export interface SetName {
  readonly name: string;
  readonly version: string;
}

/** What a kind beyond count and ratio needs besides. */
export type MetricDetail =
  /** A column of whole numbers of the metric's table. */
  | { readonly tag: "sum"; readonly column: string }
  /** Different entities that `table` (a fact) refers to by `of`. The metric's own table is the entity. */
  | ({ readonly tag: "distinct" } & ActiveRows)
  /** The part of the metric's rows that each value of a dimension has. */
  | { readonly tag: "share-of"; readonly dimension: string }
  /** Entities of the metric's table with at least one row of `table` that refers to them by `of`. */
  | {
      readonly tag: "share-having";
      readonly table: string;
      readonly of: string;
      readonly filter: Condition;
      readonly set: SetName;
    }
  /** Entities of the metric's table, by the day of `at`, that have a row on the day so many `days` later. */
  | ({ readonly tag: "retention"; readonly days: readonly number[] } & ActiveRows);

/** Rows that make an entity active on the local day of their time. */
export interface ActiveRows {
  /** A fact. */
  readonly table: string;
  readonly time: string;
  /** The column that refers to the entity. */
  readonly of: string;
  readonly filter: Condition;
  readonly set: SetName;
}

export interface MetricDeclaration {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The word behind its numbers (`ms`, `devices`); empty: none. */
  readonly unit?: string;
  /** Who answers for its meaning; empty: nobody is named. */
  readonly owner?: string;
  readonly format?: MetricFormat;
  readonly kind: MetricKind;
  /** Of kinds beyond count and ratio. */
  readonly detail?: MetricDetail;
  /** Table name in vitrine.yaml whose rows are counted; of kinds that count entities, the entity. */
  readonly table: string;
  /** The time column of the table that places a row in a period; undefined: the state now (share), or days of other rows (distinct). */
  readonly at: string | undefined;
  /** Rows that count at all. */
  readonly filter: Condition;
  /** kind ratio: rows that are in the numerator. */
  readonly where: Condition;
  /** Names of dimensions of the table. */
  readonly by: readonly string[];
  readonly grain: readonly MetricGrain[];
  /** Sets of dimensions that get a cuboid, each a subset of `by`; undefined: chosen by size. */
  readonly cuboids: readonly (readonly string[])[] | undefined;
  /** keep: closed periods stand when the source purges their rows; default: the table's. */
  readonly history: "follow" | "keep";
  /** Path of `refers` columns from the table to the protected unit; empty when the table is the unit itself. */
  readonly unitPath: readonly string[];
  /** SHA-256 over the meaning (not title or description), 16 hex digits: the definition version. */
  readonly version: string;
  readonly place: Place;
}

/** A table of which nothing leaves: part of the inventory alone, so it has neither key nor name of its own. */
export interface StayingTable {
  readonly schema: string;
  readonly table: string;
  /** What the whole table is, where the file does not go into columns. */
  readonly is: string | undefined;
  readonly columns: readonly { readonly name: string; readonly is: string }[];
}

/** Log-in of people by OpenID Connect. The client's secret is never in the file. */
export interface LoginDeclaration {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly roleClaim: string;
  readonly nameClaim: string;
  /** Values of the role claim, by role. */
  readonly roles: Readonly<Partial<Record<"viewer" | "analyst" | "responder" | "admin", readonly string[]>>>;
}

/** What happened on a day, said by whoever wrote the file: no value of the database. */
export type Expectation = "unreachable" | "auth-required" | "mtls";

/** A data store that the guard watches. Its addresses are texts here: what services there are the guard knows. */
export interface AssetDeclaration {
  readonly name: string;
  readonly owner: string;
  /** Of every node; `service://host:port`. */
  readonly urls: readonly { readonly text: string; readonly place: string }[];
  readonly data: readonly string[];
  /** Categories of personal data that may be in it. */
  readonly allows: readonly { readonly category: string; readonly place: string }[];
  /** The field that says which person a record is of. */
  readonly person: string | undefined;
  /** The file with the store's own login, as it was written. */
  readonly look: { readonly file: string; readonly place: string } | undefined;
  readonly authorised: { readonly by: string; readonly on: string };
  /** For a vantage that is not named there: `everywhere`, else what the guard takes as right. */
  readonly expect: { readonly everywhere: Expectation | undefined; readonly at: Readonly<Record<string, Expectation>> };
  readonly profile: "standard" | "fast";
  /** Paths as they were written. */
  readonly watches: readonly string[];
  /** undefined: any. */
  readonly addresses: readonly string[] | undefined;
}

/** What the guard is to do. */
/** Who is told, and by which ways out. */
export interface OncallStep {
  readonly name: string;
  /** How long an alarm stands unacknowledged before they are told. */
  readonly afterMs: number;
  readonly mail: readonly string[];
  readonly webhook: { readonly url: string; readonly secretFile: string } | undefined;
  readonly pagerDutyKeyFile: string | undefined;
}

export interface SmtpDeclaration {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  readonly from: string;
  readonly login: { readonly user: string; readonly passwordFile: string } | undefined;
}

export interface GuardDeclaration {
  readonly assets: readonly AssetDeclaration[];
  /** Whether stores that listen here and that nobody declared are looked for. */
  readonly listeners: "on" | "off";
  /** From where else it is watched. */
  readonly vantages: readonly VantageDeclaration[];
  /** In their order; empty: whom the command line names. */
  readonly oncall: readonly OncallStep[];
  readonly smtp: SmtpDeclaration | undefined;
}

/** A place elsewhere from which assets are checked, too. */
export interface VantageDeclaration {
  readonly name: string;
  /** Known-open endpoints, at least one. */
  readonly controls: readonly ControlEndpoint[];
}

export interface ControlEndpoint {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface AnnotationDeclaration {
  /** Local day, YYYY-MM-DD. */
  readonly at: string;
  readonly title: string;
  /** undefined: of all. */
  readonly metrics: readonly string[] | undefined;
}

export interface Declaration extends GuardDeclaration {
  readonly file: string;
  /** IANA zone; days, weeks (from Monday), months and truncation are of this zone. */
  readonly zone: string;
  /** Entity whose number of distinct members protects a cell. */
  readonly unit: string;
  readonly k: number;
  readonly tables: readonly TableDeclaration[];
  readonly stays: readonly StayingTable[];
  readonly metrics: readonly MetricDeclaration[];
  /** In the order of time. */
  readonly annotations: readonly AnnotationDeclaration[];
  /** SHA-256 over all that decides what is in the store (not metrics, not titles), 16 hex digits. */
  readonly policyHash: string;
  readonly source: { readonly url: string | undefined };
  readonly limits: { readonly acceptUnlimitedWalGb: number | undefined };
  /** Absent: people log in by printed links alone. Decides nothing about the copy. */
  readonly login?: LoginDeclaration;
}
