/**
 * Show 9: what a server's own log says that it was asked, held against what we say that we ask. Written down here once more, from the READMEs, and
 * not read from the checkers: a request that a checker should not have is found by it, too. Whatever is not known is outside.
 */
import type { OwnLog } from "../support/servers/fixture.ts";

export interface Judged {
  readonly of: OwnLog["of"] | undefined;
  readonly asked: number;
  readonly outside: readonly string[];
}

/** Of names that a person may give: never a character that ends a word of these languages. */
const name = String.raw`[\w.%-]+`;
const names = String.raw`${name}(?:,${name})*`;

function aggregate(pipeline: string): RegExp {
  const rest = String.raw`"cursor" : \{"batchSize" : 1000\}, "allowDiskUse" : false, "readConcern" : \{"level" : "local"\}, "maxTimeMS" : \d+, "\$db" : "\w+", "\$readPreference" : \{"mode" : "primaryPreferred"\}`;
  const foreign = String.raw`(?!.*"\$(?:out|merge|lookup|graphLookup|unionWith|function|where|accumulator|expr)")`;
  return new RegExp(String.raw`^${foreign}\{"aggregate" : "\w+", "pipeline" : \[ ${pipeline} \], ${rest}\}$`);
}

/** A column with a value in it, as each of the two writes it. */
const inPostgresql = String.raw`(?:"\w+" IS DISTINCT FROM NULL|\("\w+" IS DISTINCT FROM NULL AND "\w+" OPERATOR\(pg_catalog\.<>\) ''\))`;
const inMysql = "(?:`\\w+` IS NOT NULL|\\(`\\w+` IS NOT NULL AND `\\w+` <> ''\\))";
const settings = [
  "statement_timeout = 8000",
  "lock_timeout = 1000",
  "idle_in_transaction_session_timeout = 15000",
  "client_min_messages = error",
  "row_security = on",
]
  .map((one) => `SET LOCAL ${one}; `)
  .join("");
const bounded = String.raw`/\*M!100101 SET STATEMENT max_statement_time=8, lock_wait_timeout=1 FOR \*/ SELECT /\*\+ MAX_EXECUTION_TIME\(8000\) \*/`;
const plantedWord = String.raw`'\^vitrine-\[0-9a-f\]\{32\}\$' LIMIT 1`;

const allowed: Readonly<Record<OwnLog["of"], readonly RegExp[]>> = {
  MONITOR: [
    /^"PING"$/,
    /^"GET" "vitrine:canary"$/,
    /^"DBSIZE"$/,
    /^"QUIT"$/,
    /^"INFO" "keyspace"$/,
    /^"SELECT" "\d{1,5}"$/,
    /^"SCAN" "\d{1,20}" "COUNT" "500"$/,
    /^counted (?:ping|get|dbsize|quit|select|scan)$/,
  ],
  "memcached -vv": [/^get vitrine:canary\r?$/, /^quit\r?$/, /^a TLS handshake$/],
  log_statement: [
    /^LOG: +connection received: host=127\.0\.0\.1(?: port=\d+)?$/,
    /^LOG: +connection authenticated: (?:user|identity)="\w+" method=[\w-]+ \([^)]*\)$/,
    /^LOG: +connection authorized: user=\w+ database=\w+ application_name=vitrine-guard(?: SSL enabled \([^)]*\))?$/,
    /^LOG: +connection ready: /,
    new RegExp(
      String.raw`^LOG: +statement: ROLLBACK; BEGIN TRANSACTION (?:ISOLATION LEVEL REPEATABLE READ, )?READ ONLY; ${settings}(?:SET LOCAL search_path = pg_catalog; )?SELECT pg_catalog\.set_config\('client_encoding', CASE pg_catalog\.current_setting\('server_encoding'\) [\w' ]+ END, true\)$`,
    ),
    /^WARNING: +there is no transaction in progress$/,
    /^LOG: +statement: SELECT system_identifier FROM pg_control_system\(\)$/,
    new RegExp(String.raw`^LOG: +statement: SELECT value FROM vitrine\.canary WHERE value ~ ${plantedWord}$`),
    /^ERROR: +relation "vitrine\.canary" does not exist(?: at character \d+)?$/,
    /^LOG: +statement: SELECT (?:c\.oid, n\.nspname|x\.attrelid, x\.attname), [^;]* FROM pg_class AS c JOIN pg_namespace AS n ON [^;]* LIMIT \d+ OFFSET \d+$/,
    new RegExp(
      String.raw`^LOG: +statement: SELECT pg_catalog\.count\(\*\)(?:, pg_catalog\.count\(\*\) FILTER \(WHERE ${inPostgresql}(?: OR ${inPostgresql})*\))* FROM ONLY "\w+"\."\w+"$`,
    ),
    new RegExp(
      String.raw`^LOG: +statement: SELECT pg_catalog\.count\(\*\) FROM \(SELECT DISTINCT person FROM \(\(SELECT "\w+"::pg_catalog\.text AS person FROM ONLY "\w+"\."\w+" WHERE ${inPostgresql}\)\) AS each\) AS persons$`,
    ),
    // Of a session that was let in: its end, at once.
    /^LOG: +disconnection: session time: 0:00:0\d\.\d+ /,
    /^FATAL: +(?:pg_hba\.conf rejects connection|no pg_hba\.conf entry|password authentication failed|role "\w+" does not exist|database "\w+" does not exist|permission denied for database) ?/,
    /^DETAIL: +User does not have CONNECT privilege\.$/,
  ],
  general_log: [
    /^Connect\t\w+@\S+(?: as \w*)?(?: on \w*)?(?: using (?:TCP\/IP|SSL\/TLS))?$/,
    /^Connect\tAccess denied for user /,
    // The database that the log-in named: written as a command of its own.
    /^Init DB\tAccess denied for user /,
    /^Quit\t?$/,
    /^Query\tSET NAMES utf8mb4$/,
    /^Query\tSTART TRANSACTION \/\*!50605 READ ONLY \*\/$/,
    new RegExp(String.raw`^Query\t${bounded} @@server_uuid AS id$`),
    new RegExp(String.raw`^Query\t${bounded} value FROM vitrine\.canary WHERE value REGEXP ${plantedWord}$`),
    new RegExp(
      String.raw`^Query\t${bounded} [tc]\.table_schema, [^;]* FROM information_schema\.(?:tables AS t|columns AS c) WHERE [^;]* LIMIT \d+ OFFSET \d+$`,
    ),
    new RegExp(
      `^Query\\t${bounded} COUNT\\(\\*\\) AS n(?:, COUNT\\(CASE WHEN ${inMysql}(?: OR ${inMysql})* THEN 1 END\\) AS n\\d+)* FROM \`\\w+\`\\.\`\\w+\`$`,
    ),
    new RegExp(
      `^Query\\t${bounded} COUNT\\(\\*\\) AS n(?:, COUNT\\(CASE WHEN is\\d+ THEN 1 END\\) AS n\\d+)* FROM \\(SELECT 1 AS one(?:, \\(${inMysql}(?: OR ${inMysql})*\\) AS is\\d+)* FROM \`\\w+\`\\.\`\\w+\` LIMIT 100000\\) AS part$`,
    ),
    new RegExp(
      `^Query\\t${bounded} COUNT\\(DISTINCT person\\) AS n FROM \\(SELECT e0\\.person FROM \\(SELECT CAST\\(CONVERT\\(\`\\w+\` USING utf8mb4\\) AS BINARY\\) AS person FROM \`\\w+\`\\.\`\\w+\` WHERE ${inMysql}(?: LIMIT 100000)?\\) AS e0\\) AS each_one$`,
    ),
  ],
  HttpTracer: [
    new RegExp(`^GET (?:/${names})?/_count$`),
    new RegExp(String.raw`^GET (?:/${names})?/_search\?size=0&timeout=1s$`),
    /^GET \/_cat\/indices\?format=json&h=index&expand_wildcards=all$/,
    /^GET \/_cluster\/health$/,
    /^GET \/vitrine-canary\/_doc\/canary$/,
    // Beyond the gate: which cluster it is, names of fields, numbers.
    /^GET \/_cluster\/state\/version\?filter_path=cluster_uuid$/,
    new RegExp(
      String.raw`^GET (?:/${names})?/_field_caps\?fields=\*&filter_path=fields\.\*\.\*\.searchable,fields\._id\._id\.metadata_field$`,
    ),
    new RegExp(String.raw`^GET (?:/${names})?/_mapping\?filter_path=\*\.mappings\.\*\*\.ignore_above$`),
    new RegExp(
      String.raw`^POST (?:/${names})?/_search\?filter_path=timed_out,_shards\.total,_shards\.successful,_shards\.failed,_clusters\.total,_clusters\.successful,(?:hits\.total,aggregations\.categories\.buckets\.\*\.doc_count|aggregations\.ignored\.doc_count,aggregations\.persons\.value,aggregations\.inside\.persons\.value)$`,
    ),
    // What is no HTTP at all the node calls so: a TLS handshake at a plain port.
    /^GET \/bad-request$/,
  ],
  "access log": [
    new RegExp(String.raw`^s3_ListObjectsV2 /${name}\?list-type=2&max-keys=1$`),
    new RegExp(String.raw`^s3_ListObjectsV2 /${name}\?list-type=2&max-keys=10&prefix=${name}\.vitrine-$`),
    new RegExp(String.raw`^s3_ListObjectsV2 /${name}\?list-type=2&max-keys=100(?:&continuation-token=${name})?$`),
    new RegExp(`^s3_HeadObject /${name}/${name}$`),
  ],
  commands: [
    /^\{"hello" : 1, "client" : \{.*"vitrine-guard".*\}, "\$db" : "admin"\}$/,
    /^\{"listDatabases" : 1, "nameOnly" : true, "maxTimeMS" : \d+, "\$db" : "admin"\}$/,
    /^\{"listCollections" : 1, "nameOnly" : true, "maxTimeMS" : \d+, "\$db" : "\w+"\}$/,
    /^\{"count" : "\w+", "maxTimeMS" : \d+, "\$db" : "\w+"\}$/,
    /^\{"find" : "\w+", "filter" : \{"_id" : "vitrine:canary"\}, "projection" : \{"_id" : 1\}, "limit" : 1, "singleBatch" : true, "maxTimeMS" : \d+, "\$db" : "\w+"\}$/,
    // Beyond the gate: whose it is, and three aggregations of which names and numbers come out. No stage writes, joins or reads another collection.
    /^\{"find" : "canary", "filter" : \{"_id" : "vitrine:canary"\}, "projection" : \{"_id" : 0, "proof" : 1\}, "limit" : 1, "singleBatch" : true, "maxTimeMS" : \d+, "\$db" : "vitrine", "\$readPreference" : \{"mode" : "primaryPreferred"\}\}$/,
    /^\{"count" : "\w+", "maxTimeMS" : \d+, "\$db" : "\w+", "\$readPreference" : \{"mode" : "primaryPreferred"\}\}$/,
    aggregate(
      String.raw`(?:\{ "\$sort" : \{ "_id" : -1 \} \}, )?\{ "\$limit" : 200 \}, .*\{ "\$group" : \{ "_id" : \{ "p" : "\$p", "t" : "\$t" \} \} \}, \{ "\$limit" : 900 \}, \{ "\$project" : \{ "_id" : 0, "p" : "\$_id\.p", "t" : "\$_id\.t" \} \}`,
    ),
    aggregate(
      String.raw`(?:\{ "\$limit" : 100000 \}, )?\{ "\$facet" : .*\}, \{ "\$project" : \{ (?:"\w+" : \{ "\$sum" : "\$\w+\.n" \}(?:, )?)+ \} \}`,
    ),
    aggregate(
      String.raw`(?:\{ "\$limit" : 100000 \}, )?\{ "\$match" : .*\}, \{ "\$group" : \{ "_id" : "\$[\w.]+" \} \}, \{ "\$count" : "n" \}`,
    ),
  ],
};

export async function judgeOwnLog(log: OwnLog | undefined): Promise<Judged> {
  if (log === undefined) return { of: undefined, asked: 0, outside: [] };
  const asked = await log.asked();
  return { of: log.of, asked: asked.length, outside: asked.filter((one) => !isAllowed(log.of, one)) };
}

export function isAllowed(of: OwnLog["of"], asked: string): boolean {
  return allowed[of].some((one) => one.test(asked));
}
