/**
 * What an owner may plant in a store, as a script that they run themselves: a record without a person in it, which a checker asks for by its name. That it
 * is given to anybody proves that content can be read, without touching anybody's record; and a word that stands in it alone proves whose store it is, where
 * the service itself cannot say (planted.ts). Without it the rung is one lower, and there nothing is counted.
 */
import { plantedDocument, plantedIndex, plantedKey, plantedKind, plantedObject } from "./planted.ts";
import type { Target } from "../target.ts";

/** By checkers that ask for it: redis.ts, memcached.ts, mongodb.ts, s3.ts. In tables it stands in one of its own. */
const name = plantedKey;

/** Whether the word that is planted there says whose store it is. */
export function isProvenByPlant({ checker }: Pick<Target, "checker">): boolean {
  return checker.depth?.identities.some(({ kind }) => kind === plantedKind) === true;
}

/** Lines for a shell; undefined: of this service nothing planted is asked for. `word`: of planted.ts. */
export function plantScript(target: Target, word: string): readonly string[] | undefined {
  const { service } = target.checker;
  return Object.hasOwn(scripts, service) ? scripts[service]?.(target, word) : undefined;
}

const scripts: Readonly<Record<string, (target: Target, word: string) => readonly string[]>> = {
  elasticsearch(target, word) {
    const url = quoted(`${webOf(target)}/${plantedIndex}/_doc/${plantedDocument}`);
    const put = `curl --fail -u YOU -X PUT -H ${quoted("content-type: application/json")}`;
    return [`${put} -d ${quoted(JSON.stringify({ proof: word }))} ${url}   # under the rules that the other indices have`];
  },
  redis: ({ host, port, channels }, word) => [
    `redis-cli -h ${quoted(host)} -p ${port}${channels.includes("plain") ? "" : " --tls"} --askpass SET ${quoted(name)} ${quoted(word)}`,
  ],
  memcached: ({ host, port }) => [
    `printf 'set ${name} 0 0 7\\r\\nplanted\\r\\nquit\\r\\n' | nc ${quoted(host)} ${port}   # memcached forgets it: again after a restart`,
  ],
  postgresql({ host, port, names, user }, word) {
    const role = user ?? "postgres";
    return (names.length === 0 ? [role] : names).map(
      (database) => `psql -h ${quoted(host)} -p ${port} -d ${quoted(database)} -U YOU -c ${quoted(tableOfPostgresql(role, word))}`,
    );
  },
  // A grant to an account that is called otherwise there would make that account, without a password, on some servers.
  mysql: ({ host, port }, word) => [
    `mysql -h ${quoted(host)} -P ${port} -u YOU -p -e ${quoted(tableIn("CREATE DATABASE IF NOT EXISTS", word))}   # then GRANT SELECT ON vitrine.canary TO that user, as SHOW GRANTS names it`,
  ],
  mongodb({ host, port, names }, word) {
    const run = (database: string, script: string): string =>
      `mongosh ${quoted(`mongodb://${bare(host)}:${port}/${encodeURIComponent(database)}`)} --username YOU --authenticationDatabase admin --eval ${quoted(script)}`;
    const own = { _id: name, proof: word };
    // Whose it is; and in each collection what proves that its content can be read.
    return [
      run("vitrine", `db.canary.replaceOne({ _id: ${JSON.stringify(name)} }, ${JSON.stringify(own)}, { upsert: true })`),
      ...names.flatMap((one) => {
        const dot = one.indexOf(".");
        const script = `db.getCollection(${JSON.stringify(one.slice(dot + 1))}).replaceOne({ _id: ${JSON.stringify(name)} }, {}, { upsert: true })`;
        return dot === -1 ? [] : [run(one.slice(0, dot), script)];
      }),
    ];
  },
  s3(target, word) {
    const [bucket = "-", ...key] = target.names;
    const where = bucket === "-" ? "BUCKET" : quoted(bucket);
    const own = key.length === 0 ? plantedObject : key.join("/");
    const put = `aws s3api put-object --bucket ${where} --endpoint-url ${quoted(webOf(target))}`;
    // Objects may be readable where the list is not, and the other way round.
    return [
      `${put} --key ${quoted(own)} --metadata vitrine=${word}   # under the rules that the other objects have`,
      `${put} --key ${quoted(`${own}.${word}`)}`,
    ];
  },
};

function bare(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function webOf({ host, port, channels }: Target): string {
  return `${channels.includes("tls") ? "https" : "http"}://${bare(host)}:${port}`;
}

/** A table of its own, so that nobody's records have it among them (services/postgresql/depth.ts, services/mysql/depth.ts). */
function tableIn(making: string, word: string): string {
  return `${making} vitrine; CREATE TABLE IF NOT EXISTS vitrine.canary (value VARCHAR(64)); DELETE FROM vitrine.canary; INSERT INTO vitrine.canary VALUES ('${word}')`;
}

function tableOfPostgresql(role: string, word: string): string {
  const own = `"${role.replaceAll('"', '""')}"`;
  return `${tableIn("CREATE SCHEMA IF NOT EXISTS", word)}; GRANT USAGE ON SCHEMA vitrine TO ${own}; GRANT SELECT ON vitrine.canary TO ${own}`;
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
