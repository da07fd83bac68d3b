/**
 * The shape of vitrine.yaml. `schema/vitrine.schema.json` is generated from it (json-schema.ts). Only shapes are decided here;
 * what names mean and which treatment needs what is checked by the files beside this one, with better messages.
 */
import { z } from "zod";

export const namePattern = /^[a-z][a-z0-9_]{0,62}$/;
const name = z.string().regex(namePattern);
const tableName = z.string().meta({ pattern: "^[^.]+\\.[^.]+$", examples: ["public.devices"] });
const column = z.string().min(1).max(63);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const treatmentWords = ["keep", "token", "truncate", "bucket", "prefix", "lookup", "present", "constant", "opaque"] as const;
export const truncateWords = ["minute", "hour", "day", "month", "major", "minor", "patch"] as const;

const take = z.string().meta({
  description:
    "What happens to the column on its way out: keep | token SPACE | truncate minute|hour|day|month | truncate major|minor|patch | bucket | prefix N | lookup | present | constant. Absent: it stays.",
  pattern: `^(keep|bucket|lookup|present|constant|opaque|token [a-z][a-z0-9_]*|truncate (${truncateWords.join("|")})|prefix [0-9]+)$`,
  examples: ["keep", "token device", "truncate day", "truncate minor", "bucket", "prefix 2", "lookup", "present", "constant"],
});

const columnShape = z
  .strictObject({
    is: z.string().min(1).max(200).optional().describe("What the column is, in the inventory's words."),
    take: take.optional(),
    values: z
      .union([z.array(z.string()).min(1).max(10_000), z.string()])
      .optional()
      .describe("The texts that may pass: a list, or `from table.column`. Anything else becomes `other`."),
    match: z
      .string()
      .min(1)
      .optional()
      .describe("A pattern for the whole text (anchored by itself): literals, \\d, \\w, classes, groups, alternatives, repetitions."),
    max_length: z.number().int().min(1).max(256).optional().describe("Longest text that `match` lets pass; 64 by default."),
    refers: name.optional().describe("The entity whose key this column holds. It takes that entity's token."),
    bounds: z.array(z.number()).min(1).max(100).optional().describe("bucket: where a new range begins, ascending."),
    table: z.record(z.string(), z.string()).optional().describe("lookup: text by text. What is not in it becomes `other`."),
    value: z.string().optional().describe("constant: the text."),
  })
  .describe("A column: what it is and what may leave. Without `take` or `refers` it stays in the source.");

const columns = z.record(column, columnShape.nullable());

const dimensionShape = z
  .strictObject({
    origin: z.string().meta({ enum: ["own", "current"], description: "own: a column of the row. current: of an entity, as it is now." }),
    of: z.string().optional().describe("`entity.column` (current), or a column of this table (own; the dimension's name by default)."),
    via: z.string().optional().describe("The referring column to go through, where there are several ways."),
  })
  .describe("What a metric can be broken down by.");

const history = z
  .enum(["follow", "keep"])
  .describe("When the source purges old rows: `keep` lets closed periods stand, `follow` lets them go.");

const entityShape = z.strictObject({
  table: tableName,
  key: column.optional().describe("The column that identifies the entity, `id` by default. It takes `token SPACE`."),
  columns,
  dimensions: z.record(name, dimensionShape).optional(),
  history: history.optional(),
});

const factShape = z.strictObject({
  table: tableName,
  key: z
    .record(column, take)
    .optional()
    .describe("`{ column: opaque }` for a key that names an event and no person, or `{ column: token SPACE }`."),
  append_only: z.boolean().optional().describe("The table has no key and is only ever inserted into."),
  time: column.optional().describe("The column that says when it happened; truncated to the minute unless `columns` says otherwise."),
  columns,
  dimensions: z.record(name, dimensionShape).optional(),
  history: history.optional(),
});

const staying = z
  .union([z.string().min(1).max(200), z.record(column, z.string().min(1).max(200))])
  .describe("A table of which nothing leaves: what each column is, or a word for the whole table.");

const condition = z.record(column, z.union([scalar, z.array(scalar).min(1).max(100)]));

const tableColumn = z.string().meta({ pattern: "^[a-z][a-z0-9_]*\\.[^.]+$", examples: ["connection_attempts.device_id"] });

const havingShape = z
  .strictObject({
    table: name.describe("Entity or fact whose rows are looked for."),
    where: condition.optional().describe("The rows that count."),
    via: column.optional().describe("The column of that table that refers to the entity, where there are several."),
  })
  .describe("share: at least one such row.");

const metricShape = z.strictObject({
  count: name.optional().describe("Entity or fact whose rows are counted."),
  ratio: name.optional().describe("Entity or fact: the share of its rows that `where` holds for."),
  sum: tableColumn.optional().describe("`table.column`: the column's whole numbers, added up."),
  distinct: tableColumn
    .optional()
    .describe("`fact.column`: how many different entities the column refers to, in whole days, weeks or months."),
  share: name.optional().describe("Entity: the part of it, now, that each value of `of` has, or that has rows as `having` says."),
  retention: name.optional().describe("Entity: of those whose `at` is in a period, the part with a row of `active` so many `days` later."),
  of: name.optional().describe("share: the dimension whose values share."),
  having: havingShape.optional(),
  active: tableColumn.optional().describe("retention: `fact.column`, rows that refer to an entity and make it active on their day."),
  days: z
    .array(z.number().int().min(1).max(400))
    .min(1)
    .max(12)
    .optional()
    .describe("retention: after how many days; 1, 7 and 30 by default."),
  title: z.string().max(200).optional(),
  description: z.string().max(2_000).optional(),
  unit: z.string().min(1).max(40).optional().describe("The word behind its numbers, e.g. `ms` or `devices`."),
  owner: z.string().min(1).max(200).optional().describe("Who answers for what it means: a team or a role."),
  format: z
    .enum(["number", "percent", "duration"])
    .optional()
    .describe("How its value is written; percent for ratio, share and retention, else number. duration: of `unit` ms, s or min."),
  at: column.optional().describe("The time column that places a row; a fact's `time` by default."),
  where: condition.optional().describe("ratio: the rows in the numerator. retention: the rows of `active` that count."),
  filter: condition.optional().describe("The rows that count at all."),
  by: z.array(name).max(8).optional().describe("Dimensions."),
  grain: z
    .array(z.enum(["hour", "day", "week", "month"]))
    .min(1)
    .max(4)
    .optional(),
  cuboids: z.array(z.array(name)).max(64).optional().describe("Sets of dimensions that are kept ready; chosen by size when absent."),
  unit_via: z.string().optional().describe("The referring column that leads to the protected unit, where there are several ways."),
  history: history.optional(),
});

const claimValues = z.array(z.string().min(1).max(200)).min(1).max(100);

const rolesShape = z
  .strictObject({
    viewer: claimValues.optional(),
    analyst: claimValues.optional(),
    responder: claimValues.optional(),
    admin: claimValues.optional(),
  })
  .describe("Values of the claim, by role; the strongest that fits is given, and who fits none is refused.");

const oidcShape = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe("https, or http on loopback."),
    client_id: z.string().min(1).max(200).describe("The client's secret, if it has one, comes from VITRINE_OIDC_CLIENT_SECRET."),
    scope: z.string().min(1).max(500).optional().describe("`openid profile email` by default."),
    role_claim: z.string().min(1).max(200).optional().describe("The claim that says what somebody may; `groups` by default."),
    name_claim: z.string().min(1).max(200).optional().describe("The claim that names the person in the audit log; `email` by default."),
    roles: rolesShape,
  })
  .describe("Log-in of people by OpenID Connect (authorisation code with PKCE).");

const loginShape = z.strictObject({ oidc: oidcShape.optional() });

const annotationShape = z
  .strictObject({
    at: z.string().describe("Local day, YYYY-MM-DD."),
    title: z.string().min(1).max(120),
    metrics: z.array(name).min(1).max(64).optional().describe("Of all metrics when absent."),
  })
  .describe("What happened on a day; it is marked in the charts of its metrics.");

export const expectations = ["unreachable", "auth-required", "mtls"] as const;
const expectation = z.enum(expectations);

const assetShape = z
  .strictObject({
    owner: z.string().min(1).max(200).describe("Who is told, and closes it: a team or a role."),
    url: z
      .union([z.string().min(1).max(500), z.array(z.string().min(1).max(500)).min(1).max(64)])
      .describe("`service://host:port` as `vitrine guard check` takes it; of a cluster every node."),
    data: z.array(z.string().min(1).max(200)).max(64).optional().describe("Its data sets: indices, databases, buckets. Each is asked for."),
    allows: z
      .array(z.string().max(100))
      .max(64)
      .optional()
      .describe("Categories of personal data that may be in it (docs/guard.md lists them); by default none."),
    person: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("The field that says which person a record is of, so that persons can be counted."),
    look: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .describe(
        "File with the store's own login (user:password or ApiKey …; mode 0600), relative to this one: `vitrine run` looks each hour what is in it, and tells what `allows` does not name.",
      ),
    authorised: z
      .strictObject({ by: z.string().min(1).max(200), on: z.string().describe("Day, YYYY-MM-DD.") })
      .describe("Who of the owner's side said, when, that it may be checked."),
    expect: z
      .union([expectation, z.record(name, expectation)])
      .optional()
      .describe("What is right, everywhere or by vantage. By default `auth-required` from here, `unreachable` from any other vantage."),
    profile: z.enum(["standard", "fast"]).optional().describe("How often: every 60 s, or every 4 s for at most 20 assets."),
    watches: z
      .array(z.string().min(1).max(1_000))
      .max(64)
      .optional()
      .describe("Files on this machine, relative to this one: when one changes the asset is checked at once. Their contents are not read."),
    addresses: z
      .array(z.string().min(1).max(45))
      .min(1)
      .max(64)
      .optional()
      .describe("The addresses that its names may have. Another one is not contacted, and not known. By default any."),
  })
  .describe("A data store of yours that the guard watches for being left open.");

const assets = z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/), assetShape);
const listeners = z
  .enum(["on", "off"])
  .optional()
  .describe(
    "Whether `vitrine guard watch` looks for data stores on this machine that listen beyond loopback and are not declared. Default on.",
  );
const version = z.number().meta({ const: 1 });

const vantageShape = z
  .strictObject({
    control: z
      .array(
        z
          .string()
          .max(300)
          .meta({ pattern: "^tcp://[^/]+:[0-9]+$", examples: ["tcp://edge.example.com:443"] }),
      )
      .min(1)
      .max(8)
      .describe(
        "Known-open endpoints on the same way as the assets. Where none of a family can be reached, that vantage has seen nothing of it.",
      ),
  })
  .describe("A place elsewhere from which assets are checked, too: `vitrine guard vantage add NAME` enrols it.");

const vantages = z.record(name, vantageShape);

const stepShape = z
  .strictObject({
    name: name.describe("A person, a rota, a team."),
    after: z
      .number()
      .int()
      .min(0)
      .max(1_440)
      .optional()
      .describe("Minutes that an alarm stands unacknowledged before they are told. Default 0."),
    mail: z
      .union([z.email().max(254), z.array(z.email().max(254)).min(1).max(16)])
      .optional()
      .describe("Sent by `smtp:`."),
    webhook: z.url().max(1_000).optional().describe("https; signed with `webhook_secret`."),
    webhook_secret: z.string().min(1).max(1_000).optional().describe("File with `whsec_` and base64, mode 0600."),
    pagerduty_key: z.string().min(1).max(1_000).optional().describe("File with the routing key, mode 0600."),
  })
  .describe("Who is told; each by one way out at least.");

const oncall = z
  .array(stepShape)
  .min(1)
  .max(8)
  .optional()
  .describe("Who is told of alarms, one after the other, until somebody acknowledges.");

const smtp = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535).optional().describe("Default 587, with `tls: implicit` 465."),
    tls: z
      .enum(["starttls", "implicit", "none"])
      .optional()
      .describe("Default `starttls`, which must be offered then. `none` on loopback alone."),
    user: z.string().min(1).max(254).optional(),
    password_file: z.string().min(1).max(1_000).optional().describe("Mode 0600."),
    from: z.email().max(254),
  })
  .optional()
  .describe("Where mails go out.");

/** A file of assets alone, where there is no database to copy from. */
export const assetsFileShape = z.strictObject({ version, assets, listeners, vantages: vantages.optional(), oncall, smtp });

export const fileShape = z
  .strictObject({
    version,
    zone: z.string().describe("IANA time zone: days, weeks and months, and all truncation, are of this zone."),
    unit: name.describe("The protected unit: the entity whose number of distinct members guards every cell."),
    k: z.number().int().optional().meta({ minimum: 10, default: 10, description: "Fewest distinct units behind a number that is shown." }),
    source: z.strictObject({ url: z.string().min(1).optional() }).optional(),
    limits: z
      .strictObject({
        accept_unlimited_wal_gb: z
          .number()
          .positive()
          .optional()
          .describe("Accepts that the source keeps this much WAL for us when its own limit is off."),
      })
      .optional(),
    login: loginShape.optional().describe("How people log in, beside the links that `vitrine link` prints."),
    entities: z.record(name, entityShape),
    facts: z.record(name, factShape).optional(),
    stays: z
      .record(tableName, staying)
      .optional()
      .describe("The rest of the inventory, by `schema.table`: of these tables nothing leaves. `vitrine plan` shows what each column is."),
    metrics: z.record(name, metricShape).optional(),
    annotations: z.array(annotationShape).max(500).optional(),
    assets: assets.optional().describe("What the guard watches."),
    listeners,
    vantages: vantages.optional().describe("From where else it is watched."),
    oncall,
    smtp,
  })
  .meta({
    title: "vitrine.yaml",
    description: "What each column of a database is, what may leave of it and how, and the metrics made of that.",
  });

export type AssetsShape = z.infer<typeof assets>;
export type VantagesShape = z.infer<typeof vantages>;
export type OncallShape = z.infer<typeof oncall>;
export type SmtpShape = z.infer<typeof smtp>;
export type FileShape = z.infer<typeof fileShape>;
export type TableShape = (z.infer<typeof entityShape> & { readonly [only in "append_only" | "time"]?: never }) | z.infer<typeof factShape>;
export type ColumnShape = z.infer<typeof columnShape>;
export type MetricShape = z.infer<typeof metricShape>;
export type ConditionShape = z.infer<typeof condition>;

/** Words known at each kind of place, for "did you mean". */
export const wordsAt = {
  file: Object.keys(fileShape.shape),
  entities: Object.keys(entityShape.shape),
  facts: Object.keys(factShape.shape),
  metrics: Object.keys(metricShape.shape),
  columns: Object.keys(columnShape.shape),
  dimensions: Object.keys(dimensionShape.shape),
  having: Object.keys(havingShape.shape),
  source: ["url"],
  limits: ["accept_unlimited_wal_gb"],
  login: Object.keys(loginShape.shape),
  annotations: Object.keys(annotationShape.shape),
  assets: Object.keys(assetShape.shape),
  authorised: ["by", "on"],
  vantages: Object.keys(vantageShape.shape),
  oncall: Object.keys(stepShape.shape),
  oidc: Object.keys(oidcShape.shape),
  roles: Object.keys(rolesShape.shape),
} as const;
