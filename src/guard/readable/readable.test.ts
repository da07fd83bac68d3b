/** What is readable, asked of a stand-in for Elasticsearch over a real socket; a real node is asked by test/case. */
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import fc from "fast-check";
import { classify } from "./classify.ts";
import type { Inspection } from "./inspect.ts";
import { inspect } from "./inspect.ts";
import type { Dialogue } from "../checks/checker.ts";
import { done } from "../checks/checker.ts";
import type { Depth, Found } from "./depth.ts";
import type { Count } from "./readable.ts";
import { readableText } from "./readable.ts";
import { depth } from "../services/elasticsearch/depth.ts";
import { targetOf } from "../target.ts";

const uuid = "kX3ZyTrGQ8yQ2aXn3mXb7A";
const secret = "ann@example.com";
const fields = {
  fields: {
    email: { keyword: { searchable: true } },
    people: { nested: { searchable: false } },
    "people.phone": { keyword: { searchable: true } },
    user_id: { long: { searchable: true } },
    model: { keyword: { searchable: true } },
    _id: { _id: { searchable: true, metadata_field: true } },
    [secret]: { keyword: { searchable: true } },
  },
};
const counts = {
  timed_out: false,
  _shards: { total: 2, successful: 2, failed: 0 },
  hits: { total: { value: 2_400_000 } },
  aggregations: {
    categories: { buckets: { c0: { doc_count: 2_400_000 }, c1: { doc_count: 140 }, c2: { doc_count: 7 }, c3: { doc_count: 9 } } },
  },
};
const persons = {
  timed_out: false,
  _shards: { total: 2, successful: 2, failed: 0 },
  aggregations: { ignored: { doc_count: 0 }, persons: { value: 1_000 } },
};

interface Said {
  readonly identity?: unknown;
  readonly fields?: unknown;
  readonly mapping?: unknown;
  readonly counts?: unknown;
  readonly persons?: unknown;
}

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

async function open(said: Said = {}): Promise<{ readonly inspection: Inspection; readonly asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("utf8")));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      const kind =
        request.url?.includes("cluster_uuid") === true
          ? "identity"
          : request.url?.includes("_mapping?") === true
            ? "mapping"
            : request.url?.includes("_field_caps") === true
              ? "fields"
              : body.includes("cardinality")
                ? "persons"
                : "counts";
      const answer = { identity: { cluster_uuid: uuid }, fields, mapping: {}, counts, persons, ...said }[kind];
      if (typeof answer === "number") response.writeHead(answer).end("{}");
      else
        response.writeHead(200, { "content-type": "application/json" }).end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const target = targetOf(`elasticsearch://127.0.0.1:${port}/users`);
  const question = { channel: "plain", names: ["users"], host: "127.0.0.1", user: undefined } as const;
  const recorded = [{ kind: "cluster-uuid", value: uuid }];
  const inspection = {
    target,
    question,
    place: { address: "127.0.0.1", port },
    recorded,
    allows: ["user.device.model"],
    person: "user_id",
  };
  return { inspection, asked };
}

test("categories, worst first, with what is allowed; persons as an estimate; no field's name", async () => {
  const { inspection, asked } = await open();
  const [found] = await inspect(inspection);
  expect(found).toMatchObject({
    dataSet: "users",
    records: { kind: "exact", value: 2_400_000 },
    persons: { kind: "about", value: 1_000, low: 987, high: 1_013 },
    categories: [
      { category: "user.contact.email", records: { kind: "exact", value: 2_400_000 }, allowed: false },
      { category: "user.contact.phone_number", records: { kind: "exact", value: 140 } },
      { category: "user.unique_id.pseudonymous", records: { kind: "exact", value: 7 } },
      { category: "user.device.model", records: { kind: "exact", value: 9 }, allowed: true },
    ],
  });
  expect(readableText([found ?? { target: "", dataSet: "", categories: [] }]).join("\n")).not.toMatch(/ann@|people|"/);
  // What was too long for the index is in the record all the same.
  expect(asked.at(-2)).toContain('{"terms":{"_ignored":["email"');
  // What is nested lies in records of its own.
  expect(asked.at(-2)).toContain('{"nested":{"path":"people","query":{"exists":{"field":"people.phone"}}}}');
  expect(asked.map((one) => one.split("?")[0])).toEqual([
    "GET /_cluster/state/version",
    "GET /users/_field_caps",
    "POST /users/_search",
    "POST /users/_search",
  ]);
});

test.each([
  ["another cluster", { cluster_uuid: "AAAAAAAAAAAAAAAAAAAAAA" }],
  ["one that says nothing", {}],
  ["one that refuses", 403],
  ["what is no id", { cluster_uuid: "_na_" }],
  ["garbage", "<html>"],
])("%s is asked for nothing more", async (_what, identity) => {
  const { inspection, asked } = await open({ identity });
  expect(await inspect(inspection)).toEqual([
    { target: inspection.target.label, dataSet: "users", notCounted: "identity-not-confirmed", categories: [] },
  ]);
  expect(asked).toHaveLength(1);
});

test("what is stored and not indexed, or is of two types, is there: its number is not known, which is no proof that there is none", async () => {
  const { inspection } = await open({
    fields: {
      fields: {
        access_token: { keyword: { searchable: false } },
        email: { boolean: { searchable: true }, keyword: { searchable: true } },
        _id: { _id: { metadata_field: true } },
      },
    },
    counts: { ...counts, aggregations: { categories: { buckets: { c0: { doc_count: 0 }, c1: { doc_count: 3 } } } } },
  });
  const [found] = await inspect(inspection);
  expect(found?.categories).toMatchObject([
    { category: "system.authentication.integration_token", records: { kind: "at-least", value: 0 } },
    { category: "user.contact.email", records: { kind: "exact", value: 3 } },
  ]);
  expect(readableText(await inspect(inspection)).join("\n")).toContain("an unknown number with integration tokens");
  // The declared key of persons is not there.
  expect(readableText(await inspect(inspection)).join("\n")).toContain("of an unknown number of persons");
});

const lengths = {
  mappings: {
    properties: {
      email: { ignore_above: 64 },
      // Not those of fields that hold the same.
      note: { fields: { keyword: { ignore_above: 256 } } },
      people: { properties: { phone: { ignore_above: 8 } } },
      // A field that is called so has none.
      ignore_above: { type: "keyword" },
    },
  },
};

test.each([
  ["of fields that are cut at no length the number is whole", {}, ["exact", "exact", "exact", "about"]],
  ["of those that are it is at least so much", { users: lengths }, ["at-least", "at-least", "exact", "about"]],
  ["in one of several indices, too", { a: {}, users: lengths, b: "" }, ["at-least", "at-least", "exact", "about"]],
  ["who does not say it may have cut any", 403, ["at-least", "at-least", "at-least", "at-least"]],
  ["nor does garbage say it", "<html>", ["at-least", "at-least", "at-least", "at-least"]],
])("a server that does not note what is too long for its index: %s", async (_what, mapping, kinds) => {
  const { inspection, asked } = await open({
    mapping,
    fields: {
      fields: {
        ...fields.fields,
        _id: { _id: { searchable: true } },
        user_id: { keyword: { searchable: true } },
        note: { text: { searchable: true } },
        "note.keyword": { keyword: { searchable: true } },
        model: { text: { searchable: true } },
        "model.keyword": { keyword: { searchable: true } },
      },
    },
  });
  const [found] = await inspect(inspection);
  expect([...(found?.categories ?? []).slice(0, 3).map(({ records }) => records?.kind), found?.persons?.kind]).toEqual(kinds);
  expect(found?.categories[3]).toMatchObject({ category: "user.device.model", records: { kind: "exact" } });
  expect(asked[2]).toContain("GET /users/_mapping?filter_path=*.mappings.**.ignore_above");
});

test("persons who lie in nested records are counted there", async () => {
  const { inspection, asked } = await open({
    persons: { ...persons, aggregations: { ignored: { doc_count: 0 }, inside: { persons: { value: 5 } } } },
  });
  const [found] = await inspect({ ...inspection, person: "people.phone" });
  expect(found?.persons).toMatchObject({ kind: "about", value: 5 });
  expect(asked.at(-1)).toContain('"inside":{"nested":{"path":"people"}');
});

test("nothing recorded: nothing is counted", async () => {
  const { inspection } = await open();
  expect((await inspect({ ...inspection, recorded: [] })).map(({ notCounted }) => notCounted)).toEqual(["identity-not-confirmed"]);
});

test.each([
  ["stopped in the middle", { counts: { ...counts, timed_out: true } }, "at least 2,400,000 records"],
  [
    "a shard that nobody holds now",
    { counts: { ...counts, _shards: { total: 2, successful: 1, failed: 0 } } },
    "at least 2,400,000 records",
  ],
  [
    "persons whose names were too long for the index",
    { persons: { ...persons, aggregations: { ...persons.aggregations, ignored: { doc_count: 1 } } } },
    "of at least 987 persons",
  ],
  ["a shard that failed", { counts: { ...counts, _shards: { total: 2, successful: 1, failed: 1 } } }, "at least 2,400,000 records"],
  [
    "persons of a shard that is nowhere",
    { persons: { ...persons, _shards: { total: 2, successful: 1, failed: 0 } } },
    "of at least 987 persons",
  ],
  ["a cluster that was left out", { counts: { ...counts, _clusters: { total: 2, successful: 1 } } }, "at least 2,400,000 records"],
  ["all clusters", { counts: { ...counts, _clusters: { total: 2, successful: 2 } } }, "users: 2,400,000 records"],
  ["refused", { counts: 401 }, "it does not let itself be counted"],
  ["a number that is none", { counts: { ...counts, hits: { total: { value: -1 } } } }, "its answer is none that is known"],
  ["a description of 10 MB", { fields: JSON.stringify({ fields: { ["x".repeat(10_000_000)]: {} } }) }, "longer than what is read"],
])("%s", async (_what, said, words) => {
  const { inspection } = await open(said);
  expect(readableText(await inspect(inspection)).join("\n")).toContain(words);
});

test("whatever a mapping names, what is sent is one request, with that text as text", () => {
  const question = { channel: "plain", names: [], host: "h", user: undefined } as const;
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 40 }), { maxLength: 20 }), (names) => {
      const all = names.map((name) => ({ name: `${name}.email`, type: "keyword" }));
      const request = depth.counts("users", all, classify(all)).requests(question)["ask"];
      const text = Buffer.from(request?.bytes ?? []);
      const end = text.indexOf("\r\n\r\n");
      const head = text.toString("latin1", 0, end);
      const body = text.subarray(end + 4);
      expect(head.split("\r\n")[0]).toMatch(/^POST \/users\/_search\?filter_path=[\w.,*]+ HTTP\/1\.1$/);
      expect(head).toContain(`content-length: ${body.length}`);
      const { size } = JSON.parse(body.toString("utf8")) as { readonly size: number };
      expect(size).toBe(0);
    }),
  );
});

test("of more fields than one query may hold the number is at least so much, and whole is only what was asked for", async () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`list${i}.email`, { keyword: { searchable: true } }]));
  const answer = {
    timed_out: false,
    _shards: { total: 2, successful: 2, failed: 0 },
    hits: { total: { value: 100 } },
    aggregations: { categories: { buckets: { c0: { doc_count: 60 } } } },
  };
  const { inspection } = await open({ fields: { fields: many }, counts: answer });
  const [found] = await inspect(inspection);
  expect(found?.records).toEqual({ kind: "exact", value: 100 });
  expect(found?.categories[0]?.records).toEqual({ kind: "at-least", value: 60 });
});

test("of a part of the fields an estimate is no number that it is at least: what is behind it is", async () => {
  const { inspection } = await open();
  const said = <T>(found: Found<T>): Dialogue<Found<T>> => ({ tls: "at-once", requests: () => ({}), next: () => done(found) });
  const counted = async (records: Count): Promise<string> => {
    const own: Depth = {
      ...depth,
      fields: () => said({ tag: "found", value: [], isPart: true }),
      counts: () => said({ tag: "found", value: { records, byCategory: new Map() } }),
    };
    const { target } = inspection;
    return readableText(await inspect({ ...inspection, target: { ...target, checker: { ...target.checker, depth: own } } })).join("\n");
  };
  expect(await counted({ kind: "about", value: 5_005 })).toContain("users: an unknown number records");
  expect(await counted({ kind: "about", value: 5_005, low: 5 })).toContain("users: at least 5 records");
  expect(await counted({ kind: "exact", value: 7 })).toContain("users: at least 7 records");
});

test("what there was no time for is not asked, and says so", async () => {
  const { inspection, asked } = await open();
  const question = { ...inspection.question, names: ["users", "events", "logs"] };
  const found = await inspect({ ...inspection, question, isLate: () => asked.length > 3 });
  expect(found.map(({ notCounted }) => notCounted)).toEqual([undefined, "no-time", "no-time"]);
  expect(asked.some((one) => one.includes("/events/"))).toBe(false);
  expect(readableText(found).join("\n")).toContain("it was not asked");
});

test("a data set that is counted when the time is over is not asked on", async () => {
  const { inspection, asked } = await open();
  const found = await inspect({ ...inspection, isLate: () => asked.length > 1 });
  expect(asked).toHaveLength(2);
  expect(found).toMatchObject([{ notCounted: "no-time", isPersonsUnknown: true }]);
  expect(found[0]?.categories.every(({ records }) => records === undefined)).toBe(true);
});
