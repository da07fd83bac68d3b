/** The shape of an epoch: names, numbers and catalogue words, in a fixed order. */
import { z } from "zod";

const leaf = z.strictObject({
  schema: z.string(),
  table: z.string(),
  oid: z.number(),
  /** 0 for a partitioned table between the root and its leaves. */
  relfilenode: z.number(),
  kind: z.string(),
  persistence: z.string(),
  /** xmin of its pg_inherits row: another one means that it was detached and attached in between. */
  inheritsXmin: z.string(),
  detaching: z.boolean(),
});

const policy = z.strictObject({
  name: z.string(),
  oid: z.number(),
  xmin: z.string(),
  permissive: z.boolean(),
  /** Applies to SELECT by the reader's role, its memberships or PUBLIC. */
  applies: z.boolean(),
  /** USING (true). */
  showsAll: z.boolean(),
});

const member = z.strictObject({
  publication: z.string(),
  /** pg_publication_rel.oid: another one means taken out and put back. */
  oid: z.number(),
  columns: z.array(z.number()),
  filtered: z.boolean(),
});

const table = z.strictObject({
  name: z.string(),
  schema: z.string(),
  table: z.string(),
  /** null: does not exist. */
  oid: z.number().nullable(),
  kind: z.string(),
  persistence: z.string(),
  relfilenode: z.number(),
  replicaIdentity: z.string(),
  identityColumns: z.array(z.string()),
  rowSecurity: z.boolean(),
  policies: z.array(policy),
  /** The declared columns that exist. typmod: of numeric only, whose scale matters. */
  columns: z.array(
    z.strictObject({
      name: z.string(),
      attnum: z.number(),
      typeOid: z.number(),
      typmod: z.number(),
      /** Of an enum: oid and hash of each label. A label that is renamed is another value in every row, of which the stream says nothing. */
      labels: z.array(z.tuple([z.number(), z.string()])).optional(),
    }),
  ),
  members: z.array(member),
  leaves: z.array(leaf),
});

const publication = z.strictObject({
  name: z.string(),
  oid: z.number(),
  xmin: z.string(),
  allTables: z.boolean(),
  viaRoot: z.boolean(),
  publishes: z.string(),
  /** `schema.table` of what it publishes beside the tables that were asked for. */
  others: z.array(z.string()).optional(),
});

const grant = z.strictObject({
  schema: z.string(),
  table: z.string(),
  /** null: on the whole table. */
  column: z.string().nullable(),
  /** SELECT, INSERT, … or OWNER. */
  privilege: z.string(),
  /** The role that has it: the reader's, one that it is a member of, or PUBLIC. */
  via: z.string(),
});

export const epochSchema = z.strictObject({
  version: z.literal(1),
  systemIdentifier: z.string(),
  timeline: z.number(),
  database: z.strictObject({ name: z.string(), oid: z.number() }),
  role: z.strictObject({
    name: z.string(),
    superuser: z.boolean(),
    bypassRls: z.boolean(),
    replication: z.boolean(),
    createRole: z.boolean().optional(),
    memberOf: z.array(z.string()),
    grants: z.array(grant),
  }),
  publications: z.array(publication),
  tables: z.array(table),
});

export type Epoch = z.infer<typeof epochSchema>;
export type EpochTable = Epoch["tables"][number];
export type EpochLeaf = z.infer<typeof leaf>;
export type EpochPublication = z.infer<typeof publication>;
export type EpochGrant = z.infer<typeof grant>;
