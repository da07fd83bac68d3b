/**
 * The same for what is asked beyond the gate: answers that no server gives, and answers that one might, to every dialogue of depth. Each comes to its end within
 * its steps, and those that follow it do, too; numbers are numbers; whose store it is and what was counted repeat nothing of an answer.
 */
import type { Dialogue, Heard, Question } from "../../../src/guard/checks/checker.ts";
import { stepsMaxOf } from "../../../src/guard/checks/checker.ts";
import { checkers } from "../../../src/guard/checks/checkers.ts";
import { classify } from "../../../src/guard/readable/classify.ts";
import type { Counts, Depth, DepthOfNames, Found } from "../../../src/guard/readable/depth.ts";
import type { Count } from "../../../src/guard/readable/readable.ts";
import { writeDocument } from "../../../src/guard/services/mongodb/bson.ts";
import { asItWouldBeTold, marker, mutate, noise } from "./answers.ts";
import type { Random } from "./random.ts";
import { randomOf } from "./random.ts";

export interface DepthTally {
  conversations: number;
  answers: number;
  /** Of them those of which something was found. */
  found: number;
}

export interface DepthSubject {
  readonly service: string;
  readonly depth: Depth | DepthOfNames;
}

export const depthSubjects: readonly DepthSubject[] = checkers.flatMap(({ service, depth }) =>
  depth === undefined ? [] : [{ service, depth }],
);

const word = "vitrine-00112233445566778899aabbccddeeff";
const http = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const json = (body: object): string => http(JSON.stringify(body));

function mongo(body: Parameters<typeof writeDocument>[0]): string {
  const document = writeDocument(body);
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + document.length, 0);
  head.writeInt32LE(2_013, 12);
  return Buffer.concat([head, document]).toString("latin1");
}
const batch = (...documents: readonly Parameters<typeof writeDocument>[0][]): string =>
  mongo({ cursor: { firstBatch: documents, id: 0, ns: "a.b" }, ok: 1 });

/** Answers as they should be; of PostgreSQL and MySQL, whose answers are many packets, their own tests have them. */
const samples: Readonly<Record<string, readonly string[]>> = {
  redis: [
    `$${word.length}\r\n${word}\r\n`,
    "$45\r\n# Keyspace\r\ndb0:keys=3,expires=0\r\ndb9:keys=4,\r\n\r\n",
    ":7\r\n",
    "+OK\r\n",
    `*2\r\n$2\r\n17\r\n*2\r\n$9\r\nsession:1\r\n$17\r\nuser:${marker}:cd\r\n`,
    "*2\r\n$1\r\n0\r\n*1\r\n$7\r\ntoken:1\r\n",
  ],
  mongodb: [
    mongo({ maxWireVersion: 21, ok: 1 }),
    batch({ proof: word }),
    batch({ p: "\0email", t: "value" }, { p: `\0${marker}\0token`, t: "array" }),
    batch({ all: 9, c0: 3, c1: 2, c2: 0 }),
    batch({ n: 4 }),
    mongo({ n: 9, ok: 1 }),
    mongo({ ok: 0, code: 50 }),
  ],
  s3: [
    `HTTP/1.1 200 OK\r\nx-amz-meta-vitrine: ${word}\r\n\r\n`,
    http(
      `<ListBucketResult><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken><Contents><Key>users/${marker}/email.txt</Key></Contents><Contents><Key>canary.${word}</Key></Contents></ListBucketResult>`,
    ),
    http("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
  ],
  elasticsearch: [
    json({ cluster_uuid: "kX3ZyTrGQ8yQ2aXn3mXb7A" }),
    json({ fields: { email: { keyword: { searchable: true } }, [`${marker}.phone`]: { text: { searchable: false } } } }),
    json({ users: { mappings: { properties: { email: { ignore_above: 64 }, [marker]: { properties: {} } } } } }),
    json({
      timed_out: false,
      _shards: { total: 2, successful: 2, failed: 0 },
      hits: { total: { value: 9 } },
      aggregations: { ignored: { doc_count: 0 }, persons: { value: 4 }, categories: { buckets: { c0: { doc_count: 3 } } } },
    }),
  ],
};

/** Runs at least so many answers; throws, with the seed of the one look, on the first that is wrong. */
export function runDepths(options: {
  readonly seed: number;
  readonly answers: number;
  readonly subjects?: readonly DepthSubject[];
}): DepthTally {
  const { seed, answers, subjects = depthSubjects } = options;
  const tally: DepthTally = { conversations: 0, answers: 0, found: 0 };
  for (let looks = 0; tally.answers < answers && looks < 10 * answers + 10; looks += 1) {
    const own = (seed + looks) >>> 0;
    try {
      lookOnce(subjects, randomOf(own), tally);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what} (depth, seed ${own})`, { cause: error });
    }
  }
  return tally;
}

function lookOnce(subjects: readonly DepthSubject[], random: Random, tally: DepthTally): void {
  const subject = random.oneOf(subjects);
  const { service, depth } = subject;
  const talk = <T>(dialogue: Dialogue<Found<T>>): Found<T> => follow(dialogue, { service, random, tally });
  for (const proof of depth.identities) {
    const found = talk(proof.ask());
    if (found.tag === "found" && found.value.includes(marker)) throw new Error(`${service}: takes what it was told for a proof`);
  }
  const dataSet = random.oneOf(["users", "shop.users", ""]);
  if ("names" in depth) {
    mustBeCounts(talk(depth.names(dataSet)), service);
    return;
  }
  const fields = talk(depth.fields(dataSet));
  const known = fields.tag === "found" ? fields.value : [{ name: "email", type: "text", path: ["email"] }];
  if (fields.tag === "not" && depth.needsFields === true) return;
  mustBeCounts(talk(depth.counts(dataSet, known, classify(known))), service);
  const persons = depth.persons === undefined || known[0] === undefined ? undefined : talk(depth.persons(dataSet, known[0].name, known));
  if (persons?.tag === "found") mustBeCount(persons.value, service);
}

function mustBeCounts(found: Found<Counts>, service: string): void {
  if (found.tag === "not") return;
  mustBeCount(found.value.records, service);
  for (const count of found.value.byCategory.values()) mustBeCount(count, service);
  if (JSON.stringify([...found.value.byCategory, found.value.records]).includes(marker))
    throw new Error(`${service}: repeats what it was told`);
}

function mustBeCount({ kind, value }: Count, service: string): void {
  if (!Number.isSafeInteger(value) || value < 0 || !["exact", "at-least", "about"].includes(kind))
    throw new Error(`${service}: a number that is none`);
}

/** As inspect.ts follows it; never for ever. */
function follow<T>(
  first: Dialogue<Found<T>>,
  options: { readonly service: string; readonly random: Random; readonly tally: DepthTally },
): Found<T> {
  let found = once(first, options);
  for (let talks = 0; found.tag === "found" && found.more !== undefined; talks += 1) {
    if (talks > 64) throw new Error(`${options.service}: it is never told all`);
    const next = once(found.more, options);
    if (next.tag === "not") return found;
    found = next;
  }
  return found;
}

function once<T>(
  dialogue: Dialogue<Found<T>>,
  { service, random, tally }: { readonly service: string; readonly random: Random; readonly tally: DepthTally },
): Found<T> {
  const question: Question = {
    channel: "plain",
    names: random.oneOf([[], ["users"], ["bucket", "a"]]),
    host: "h",
    user: random.oneOf([undefined, "app"]),
  };
  const requests = dialogue.requests(question);
  const heard: Heard[] = [];
  tally.conversations += 1;
  for (let step = 0; step < stepsMaxOf(requests); step += 1) {
    const next = dialogue.next(question, heard);
    if (next.tag === "done") {
      if (next.verdict.tag === "found") tally.found += 1;
      return next.verdict;
    }
    if (next.tag === "start-tls") heard.push({ tag: "tls" });
    else {
      const request = requests[next.request];
      if (request === undefined) throw new Error(`${service}: asks what is not listed`);
      heard.push(asItWouldBeTold(answerTo(next.request, Buffer.from(request.bytes), { service, random }), next.request, requests));
      tally.answers += 1;
    }
  }
  throw new Error(`${service}: no end within the steps`);
}

function answerTo(name: string, asked: Buffer, { service, random }: { readonly service: string; readonly random: Random }): Heard {
  const own = samples[service];
  if (own === undefined || random.chance(0.1)) return noise(name, random);
  const isGreeting = name === "hello" && random.chance(0.8);
  let bytes: Buffer = Buffer.from((isGreeting ? own[0] : undefined) ?? random.oneOf(own), "latin1");
  // An answer says to which request it is one.
  if (service === "mongodb") bytes.writeInt32LE(random.chance(0.9) ? asked.readInt32LE(4) : 1, 8);
  if (random.chance(0.3)) for (let times = random.below(4); times > 0; times -= 1) bytes = mutate(bytes, random);
  return { tag: "answer", request: name, bytes, ended: random.oneOf(["whole", "whole", "closed", "quiet", "limit"]) };
}
