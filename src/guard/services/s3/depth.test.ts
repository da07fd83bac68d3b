/** What is read of a bucket beyond the gate, from lists as stores write them, and as nobody should. An independent store is asked in test/guard. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Said } from "../../../../test/support/dialogue.ts";
import { ask } from "../../../../test/support/dialogue.ts";
import { plantedWord } from "../../readable/planted.ts";
import { depth } from "./depth.ts";

const word = plantedWord(Buffer.alloc(16, 3));
const older = plantedWord(Buffer.alloc(16, 4));
const http = (status: string, body: string, headers = ""): string =>
  `HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const list = (keys: readonly string[], rest = "<IsTruncated>false</IsTruncated>", times: readonly string[] = []): string => {
  const contents = keys.map(
    (key, i) => `<Contents><Key>${key}</Key><LastModified>${times[i] ?? "2026"}</LastModified><ETag>&quot;0&quot;</ETag></Contents>`,
  );
  return http(
    "200 OK",
    `<?xml version="1.0"?>\n<ListBucketResult xmlns="x"><Name>bucket</Name>${rest}${contents.join("")}</ListBucketResult>`,
  );
};
const denied = http("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>");
const head = (headers: string, status = "200 OK"): string => `HTTP/1.1 ${status}\r\n${headers}content-length: 7\r\n\r\n`;

const bucket = { channel: "tls", names: ["bucket", "a", "b c"], host: "store.example", user: undefined } as const;
const not = (why: string): object => ({ tag: "not", why });

test.each([
  ["the object's metadata", head(`X-Amz-Meta-Vitrine: ${word}\r\n`), denied, { tag: "found", value: word }],
  ["a name in the list, where the object is not given", head("", "403 Forbidden"), list([`a/b c.${word}`]), { tag: "found", value: word }],
  [
    "the last one that was planted",
    head("", "403 Forbidden"),
    list([`a/b c.${older}`, `a/b c.${word}`], "", ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"]),
    { tag: "found", value: word },
  ],
  ["other metadata, and no list", head("x-amz-meta-vitrine: ann@example.com\r\n"), denied, not("refused")],
  ["another name", head("", "404 Not Found"), list(["a/b c.txt"]), not("not-understood")],
  ["a page", head("", "200 OK"), http("200 OK", "<html></html>"), not("not-understood")],
  ["another region", head("", "301 Moved"), http("301 Moved Permanently", ""), not("not-understood")],
])("it proves itself by %s", (_what, first, second, expected) => {
  const { found, asked } = ask(depth.identities[0]!.ask(), { head: first, list: second }, bucket);
  expect(found).toEqual(expected);
  expect(asked[0]).toBe("HEAD /bucket/a/b%20c HTTP/1.1");
  if (asked.length > 1) expect(asked[1]).toBe("GET /bucket?list-type=2&max-keys=10&prefix=a%2Fb%20c.vitrine- HTTP/1.1");
});

function counted(said: Said): unknown {
  const { found, asked } = ask(depth.names("bucket"), { list: said }, bucket);
  if (found.tag === "not") return found.why;
  const { records, byCategory } = found.value;
  return {
    asked: asked.length,
    records: `${records.kind} ${records.value}`,
    ...Object.fromEntries([...byCategory].map(([key, { kind, value }]) => [key, `${kind} ${value}`])),
  };
}
const truncated = (token: string, count = 2): string =>
  `<NextContinuationToken>${token}</NextContinuationToken><KeyCount>${count}</KeyCount><IsTruncated>true</IsTruncated>`;

test("all pages, each key once, by what their names say", () => {
  const pages = [list(["users/1/email.txt", "users/2/email.txt"], truncated("t&amp;1=+/")), list(["exports/emails.csv"])];
  const { asked } = ask(depth.names("bucket"), { list: () => pages.shift() ?? "" }, bucket);
  expect(asked).toEqual([
    "GET /bucket?list-type=2&max-keys=100 HTTP/1.1",
    "GET /bucket?list-type=2&max-keys=100&continuation-token=t%261%3D%2B%2F HTTP/1.1",
  ]);
  const again = [list(["users/1/email.txt", "users/2/email.txt"], truncated("t")), list(["exports/emails.csv"])];
  expect(counted(() => again.shift() ?? "")).toEqual({
    asked: 2,
    records: "exact 3",
    "user.contact.email": "exact 3",
    "user.unique_id.pseudonymous": "exact 2",
  });
});

test("of more than five pages it is at least so many", () => {
  let i = 0;
  const page = (): string => list([`tokens/${(i += 1)}`, `other/${i}`], truncated(`t${i}`));
  expect(counted(page)).toEqual({ asked: 5, records: "at-least 10", "system.authentication.session_token": "at-least 5" });
});

test("a page that is longer than what is read: its own number counts, and the names that came whole", () => {
  const long = list(["tokens/1", "tokens/2", "x".repeat(70_000)], truncated("t", 100));
  expect(counted(long)).toMatchObject({ records: "at-least 200", "system.authentication.session_token": "at-least 2" });
});

test("names that were not heard stay so, whatever comes after them", () => {
  const pages = [list(["tokens/1", "x".repeat(70_000)], truncated("t", 100)), list(["tokens/2"])];
  expect(counted(() => pages.shift() ?? "")).toEqual({
    asked: 2,
    records: "at-least 101",
    "system.authentication.session_token": "at-least 2",
  });
});

const many = (length: number): readonly string[] => Array.from({ length }, (_, i) => `tokens/${i}`);
test.each([
  ["longer than what was asked for", list(many(150)), "exact 150"],
  ["cut off by the other side", { text: list(many(3)).slice(0, -100), ended: "closed" }, "at-least 2"],
  ["cut off by silence", { text: list(many(3)).slice(0, -100), ended: "quiet" }, "at-least 2"],
  ["cut off behind the last key", { text: list(many(3)).slice(0, -"</ListBucketResult>".length), ended: "reset" }, "at-least 3"],
  ["whole, though nothing but the end of the connection says so", { text: list(many(3)), ended: "closed" }, "exact 3"],
  ["of fewer names than it says it has", list(many(3), "<KeyCount>9</KeyCount><IsTruncated>false</IsTruncated>"), "at-least 9"],
] as const)("a list that is %s", (_what, said, expected) => {
  const number = expected.replace("at-least 9", "at-least 3");
  expect(counted(said)).toMatchObject({ records: expected, "system.authentication.session_token": number });
});

test.each([
  ["refused", denied, "refused"],
  ["a page", http("200 OK", "<html><Contents><Key>tokens/1</Key></Contents></html>"), "not-understood"],
  ["no answer", "", "not-understood"],
  ["empty", list([]), { asked: 1, records: "exact 0" }],
  ["a number that is none", list(["tokens/1"], "<KeyCount>-7</KeyCount><IsTruncated>false</IsTruncated>"), { records: "exact 1" }],
  ["a token that ends the line", list([], truncated("a\r\nX: y")), { asked: 1 }],
  ["a token without an end", list([], truncated("t".repeat(2_000))), { asked: 1 }],
  ["half a character as a token", list([], truncated("&#xD800;")), { asked: 2 }],
  ["the same token again", list([], truncated("t")), { asked: 2 }],
] as const)("%s", (_what, said, expected) => {
  const found = counted(said);
  if (typeof expected === "string") expect(found).toBe(expected);
  else expect(found).toMatchObject(expected);
});

test("where the host's name says which bucket it is", () => {
  const question = { ...bucket, names: ["-"] };
  expect(ask(depth.names(""), { list: list([]) }, question).asked).toEqual(["GET /?list-type=2&max-keys=100 HTTP/1.1"]);
  expect(depth.dataSets?.(["-", "a"], undefined)).toEqual([]);
});

test("whatever a list says, what follows is one request for a list of the same bucket", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("&amp;", "&#13;&#10;", "&#xD800;", "%0d%0a", "<Key>", "</Contents>"),
  );
  fc.assert(
    fc.property(text, text, (token, key) => {
      const { asked } = ask(depth.names("bucket"), { list: Buffer.from(list([key], truncated(token))).toString("latin1") }, bucket);
      for (const one of asked)
        expect(one).toMatch(/^GET \/bucket\?list-type=2&max-keys=100(?:&continuation-token=[\w.~!'()*%-]+)? HTTP\/1\.1$/);
    }),
    { numRuns: 1_000 },
  );
});
