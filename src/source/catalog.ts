/**
 * What the source's catalog says about the declared tables and the server: the input of `plan`, preflight and the epoch.
 * Names, types and counts only. `readCatalog` (below, by the source stage) is the only maker.
 */
export interface CatalogColumn {
  readonly name: string;
  readonly attnum: number;
  readonly typeOid: number;
  /** format_type without modifiers, e.g. `integer`, `timestamp with time zone`, or `schema.name` of an enum or domain. */
  readonly typeName: string;
  /** pg_type.typtype: b base, e enum, d domain, c composite, r range … */
  readonly typeKind: string;
  /** A domain's base type, through domains over domains; undefined: no domain. */
  readonly base?: { readonly typeOid: number; readonly typeName: string; readonly typeKind: string } | undefined;
  /** atttypmod, -1 for none. */
  readonly typmod: number;
  readonly notNull: boolean;
  /** "" no, "s" stored, "v" virtual. */
  readonly generated: string;
  /** May be stored out of line: UPDATE may then send `u`. */
  readonly toastable: boolean;
}

export interface CatalogTable {
  readonly schema: string;
  readonly table: string;
  readonly oid: number;
  /** pg_class.relkind: r table, p partitioned, f foreign, v view, m materialised view. */
  readonly kind: string;
  /** pg_class.relpersistence: p permanent, u unlogged, t temporary. */
  readonly persistence: string;
  /** pg_class.relreplident: d default (primary key), n nothing, f full, i index. */
  readonly replicaIdentity: string;
  /** Columns of the replica identity; empty when there is none. */
  readonly identityColumns: readonly string[];
  readonly owner: string;
  readonly rowSecurity: boolean;
  readonly policies: readonly {
    readonly name: string;
    readonly permissive: boolean;
    readonly command: string;
    readonly roles: readonly string[];
    readonly using: string | undefined;
  }[];
  readonly columns: readonly CatalogColumn[];
  /** Tables that inherit from it (`INHERITS`), as `"schema"."table"`; partitions are leaves. */
  readonly heirs?: readonly string[];
  readonly leaves: readonly {
    readonly schema: string;
    readonly table: string;
    readonly oid: number;
    readonly kind: string;
    readonly persistence: string;
    readonly relfilenode: number;
  }[];
  /** Estimate (pg_class.reltuples over the leaves); -1 unknown. */
  readonly rows: number;
  readonly bytes: number;
}

export interface CatalogPublication {
  readonly name: string;
  readonly allTables: boolean;
  readonly viaRoot: boolean;
  /** e.g. "insert,update,delete,truncate". */
  readonly publishes: string;
  readonly tables: readonly {
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly string[];
    readonly filter: string | undefined;
  }[];
  readonly schemas: readonly string[];
}

export interface CatalogRole {
  readonly name: string;
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  /** May give itself most of what other roles can do. */
  readonly createRole?: boolean;
  /** Roles it is a member of, directly or not. */
  readonly memberOf: readonly string[];
  /** Schemas that it may use; undefined: not looked at. */
  readonly usage?: readonly string[];
  /** Effective SELECT privilege on columns of all tables in the database (user schemas): the declared and any other. `via`: role, PUBLIC or a role's name. */
  readonly selects: readonly {
    readonly schema: string;
    readonly table: string;
    readonly column: string;
    readonly via: readonly string[];
    /** Those of `via` that have it by a right on the whole table. */
    readonly byTable?: readonly string[];
    /** false: only after SET ROLE, which whoever has the credential can do, but the reader does not. */
    readonly usable?: boolean;
  }[];
  /** Effective INSERT, UPDATE, DELETE or TRUNCATE anywhere (names): must be empty. */
  readonly writes: readonly { readonly schema: string; readonly table: string; readonly privilege: string }[];
}

export interface Catalog {
  /** server_version_num, e.g. 180004. */
  readonly version: number;
  readonly systemIdentifier: string;
  readonly timeline: number;
  readonly database: string;
  readonly inRecovery: boolean;
  readonly walLevel: string;
  readonly maxSlots: number;
  readonly slots: readonly {
    readonly name: string;
    readonly plugin: string | undefined;
    readonly database: string | undefined;
    readonly active: boolean;
    readonly walStatus: string | undefined;
    readonly retainedBytes: number | undefined;
    readonly confirmed: string | undefined;
  }[];
  readonly maxSenders: number;
  readonly senders: number;
  /** MB; -1 unlimited. */
  readonly maxSlotWalKeepMb: number;
  /** Every user table of the database that was asked for; a table that is missing is not in the list. */
  readonly tables: readonly CatalogTable[];
  /** Names (`schema.table`) of all ordinary and partitioned user tables, for hints when one is missing. */
  readonly allTables: readonly string[];
  readonly publications: readonly CatalogPublication[];
  /** The reader's role; undefined when it does not exist yet. */
  readonly role: CatalogRole | undefined;
}
