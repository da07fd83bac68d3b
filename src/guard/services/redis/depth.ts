/**
 * Redis, beyond the gate: which one it is, how many keys its databases hold, and what the names of some of them say. A Redis cannot say which one it is (its
 * run id changes with each start): what its owner planted in it can. Of keys the names alone are read, by SCAN; never a value, a type, a field of a hash. Each
 * name is reduced as soon as it is heard (key-names.ts).
 */
import type { Dialogue, Heard, Requests } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Counts, DepthOfNames, Found } from "../../readable/depth.ts";
import type { ReducedKey } from "../../readable/key-names.ts";
import { countKeys, distinctKeys, reduceKey } from "../../readable/key-names.ts";
import { isPlantedWord, plantedKey, plantedKind } from "../../readable/planted.ts";
import type { NotCounted } from "../../readable/readable.ts";
import type { Reply } from "./resp.ts";
import { isRedisError, readReply } from "./resp.ts";

/** Names of so many keys at once, and so often: ten thousand of however many, in the order of their hashes, which is nobody's. */
const keysAtOnce = 500;
const roundsMax = 20;
const namesLimit = 65_536;
/** A line a database. */
const keyspaceLimit = 16_384;

/** On one connection; the last is the goodbye. */
function talk(texts: Readonly<Record<string, string>>, limit = 2_048): Requests {
  const request = (text: string, most: number): Requests[string] => ({
    bytes: Buffer.from(text, "latin1"),
    limit: most,
    isWhole: (prefix) => readReply(prefix)?.isWhole === true,
  });
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, request(text, limit)])),
    quit: request("QUIT\r\n", 64),
  };
}

/** One after the other until an answer is none, then the goodbye, then what `read` makes of them. */
function asking<T>(
  texts: Readonly<Record<string, string>>,
  read: (replies: readonly (Reply | undefined)[]) => Found<T>,
  limit?: number,
): Dialogue<Found<T>> {
  const names = Object.keys(texts);
  return {
    tls: "at-once",
    requests: () => talk(texts, limit),
    next: (_question, heard) => {
      const answers = heard.filter((one) => one.tag !== "answer" || one.request !== "quit");
      const last = answers.at(-1);
      const isBroken = last !== undefined && (last.tag !== "answer" || last.ended !== "whole");
      const asked = isBroken ? undefined : names[answers.length];
      if (asked !== undefined) return { tag: "send", request: asked, on: heard.length === 0 ? "new" : "last" };
      if (!isBroken && answers.length === heard.length) return { tag: "send", request: "quit", on: "last" };
      return done(read(answers.map(replyOf)));
    },
  };
}

/** undefined: none. */
function replyOf(heard: Heard): Reply | undefined {
  return heard.tag === "answer" ? readReply(heard.bytes)?.reply : undefined;
}

function not(why: NotCounted): Found<never> {
  return { tag: "not", why };
}

function refused(reply: Reply | undefined): Found<never> {
  return not(isRedisError(reply) && ["NOPERM", "NOAUTH", "DENIED"].includes(reply.code) ? "refused" : "not-understood");
}

function identity(): Dialogue<Found<string>> {
  return asking<string>({ get: `GET ${plantedKey}\r\n` }, ([planted]) => {
    const isOurs = typeof planted === "string" && isPlantedWord(planted);
    return isOurs ? { tag: "found", value: planted } : refused(planted);
  });
}

interface Database {
  readonly number: number;
  readonly keys: number;
}

/** How many keys there are, and then their names, database by database. */
function keysByName(): Dialogue<Found<Counts>> {
  return asking<Counts>(
    { keyspace: "INFO keyspace\r\n", size: "DBSIZE\r\n" },
    ([keyspace, size]) => {
      const databases = databasesOf(keyspace);
      const first = typeof size === "number" && size >= 0 ? size : undefined;
      // Who may not ask for all of them knows of the first alone.
      if (databases === undefined && first === undefined) return refused(size);
      const total = databases?.reduce((sum, { keys }) => sum + keys, 0);
      const asked = databases ?? [{ number: 0, keys: first ?? 0 }];
      return soFar({
        total,
        least: first ?? 0,
        left: asked.toSorted((a, b) => b.keys - a.keys),
        cursor: "0",
        heard: [],
        rounds: 0,
        isCut: false,
      });
    },
    keyspaceLimit,
  );
}

/** undefined: it does not say. */
function databasesOf(keyspace: Reply | undefined): readonly Database[] | undefined {
  if (typeof keyspace !== "string" || !keyspace.startsWith("# Keyspace")) return undefined;
  const all = [...keyspace.matchAll(/^db(\d{1,5}):keys=(\d{1,13}),/gm)];
  return all.map(([, number, keys]) => ({ number: Number(number), keys: Number(keys) }));
}

interface Scan {
  /** As the server counts its keys; undefined: it does not say of all its databases. */
  readonly total: number | undefined;
  readonly least: number;
  /** Databases whose names were not all heard; the first of them is being asked. */
  readonly left: readonly Database[];
  readonly cursor: string;
  readonly heard: readonly ReducedKey[];
  readonly rounds: number;
  /** A part of an answer was not read. */
  readonly isCut: boolean;
}

function soFar(scan: Scan): Found<Counts> {
  const { total, least, left, heard, rounds, isCut } = scan;
  const isWhole = left.length === 0 && !isCut;
  const known = Math.max(least, distinctKeys(heard));
  const value: Counts = {
    records: total === undefined ? { kind: "at-least", value: known } : { kind: "exact", value: total },
    byCategory: countKeys(heard, isWhole && total !== undefined),
  };
  return { tag: "found", value, ...(left.length > 0 && rounds < roundsMax ? { more: round(scan) } : {}) };
}

/** SELECT is of this connection alone, and changes nothing. */
function round(scan: Scan): Dialogue<Found<Counts>> {
  const [{ number } = { number: 0 }, ...others] = scan.left;
  const select: Readonly<Record<string, string>> = number === 0 ? {} : { select: `SELECT ${number}\r\n` };
  const texts = { ...select, scan: `SCAN ${scan.cursor} COUNT ${keysAtOnce}\r\n` };
  const read = (replies: readonly (Reply | undefined)[], isCut: boolean): Found<Counts> => {
    const answer = replies[Object.keys(texts).length - 1];
    const [cursor, page] = Array.isArray(answer) ? (answer as readonly Reply[]) : [];
    if ((number !== 0 && replies[0] !== "OK") || typeof cursor !== "string" || !/^\d{1,20}$/.test(cursor) || !Array.isArray(page))
      return refused(replies.at(-1));
    // COUNT is a hint, and a server may say what it likes.
    const heard = (page as readonly Reply[])
      .slice(0, 2 * keysAtOnce)
      .flatMap((key) => (typeof key === "string" ? [reduceKey(key, String(number))] : []));
    return soFar({
      ...scan,
      cursor,
      left: cursor === "0" ? others : scan.left,
      heard: [...scan.heard, ...heard],
      rounds: scan.rounds + 1,
      isCut: scan.isCut || isCut || heard.length < page.length,
    });
  };
  const dialogue = asking(texts, (replies) => read(replies, false), namesLimit);
  return {
    ...dialogue,
    next: (question, heard) => {
      const last = heard.at(-1);
      // Of an answer that is longer than what is read the names count that came whole.
      if (last?.tag === "answer" && last.request === "scan" && last.ended === "limit") return done(read(heard.map(replyOf), true));
      return dialogue.next(question, heard);
    },
  };
}

export const depth: DepthOfNames = {
  identities: [{ kind: plantedKind, ask: identity }],
  // A number in a URL says which database a client takes; anybody may take another.
  dataSets: () => [],
  names: keysByName,
};
