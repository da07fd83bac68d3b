/** The owner's log-in at a closed PostgreSQL: by SCRAM alone, told to whom it may be told, and never said. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import type { Authorization } from "../src/guard/readable/inspect.ts";
import { identitiesOf, inspect } from "../src/guard/readable/inspect.ts";
import type { Readable } from "../src/guard/readable/readable.ts";
import { targetOf } from "../src/guard/target.ts";
import { Watch } from "./support/guard-watch.ts";
import { numbersOf, openPostgres, planted, usersTable } from "./support/open-postgres.ts";
import { endTheOne } from "./support/servers/one-at-a-time.ts";
import { postgresqlTls } from "./support/servers/postgresql.ts";
import { tapWire } from "./support/tapped-wire.ts";

afterAll(endTheOne);

const limit = { timeout: 120_000 };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

async function look(
  url: string,
  authorization: Authorization,
  {
    channel = "plain",
    recorded,
  }: { readonly channel?: "plain" | "tls"; readonly recorded?: readonly { kind: string; value: string }[] } = {},
): Promise<readonly Readable[]> {
  const target = targetOf(url);
  const question = { channel, names: target.names, host: target.host, user: target.user } as const;
  const asked = { target, question, place: { address: target.host, port: target.port } };
  return inspect({
    ...asked,
    recorded: recorded ?? (await identitiesOf(asked, authorization)),
    allows: [],
    person: "user_id",
    authorization,
  });
}

test("a closed store is looked into by its owner's log-in, whose password is never said; by a wrong one it is not", limit, async () => {
  for (const release of [18, 15] as const) {
    await using store = await openPostgres(release);
    await store.run(usersTable);
    await store.allow("scram-sha-256");
    using wire = await tapWire(store.server.port);
    const url = `postgres://somebody@127.0.0.1:${wire.port}/metrics`;
    const told = (login: string): Authorization => ({ header: basic(login), mayBeTold: () => true });
    const [found] = await look(url, told("anybody:made-up"));
    expect(numbersOf(found)).toMatchObject({ records: "exact 1000", persons: "exact 1000", body_metric: "exact 140", email: "exact 900" });
    for (const wrong of ["anybody:made-up ", "nobody:made-up", "anybody:", "made-up"])
      expect(await look(url, told(wrong), { recorded: [{ kind: "system-identifier", value: "1" }] })).toMatchObject([
        { notCounted: "identity-not-confirmed" },
      ]);
    const said = Buffer.concat([...wire.sent, ...wire.received]).toString("latin1");
    expect(said).toContain("SCRAM-SHA-256");
    expect(said).not.toMatch(/made-up/);
    expect(said).not.toContain(planted);
    // Each time other words.
    const nonces = [...said.matchAll(/n,,n=,r=([A-Za-z0-9+/]{24})/g)].map(([, nonce]) => nonce);
    expect(nonces.length).toBeGreaterThan(5);
    expect(new Set(nonces).size).toBe(nonces.length);
  }
});

test(
  "guard add and guard look with a log-in's file: whose it is, what is in it that is not allowed, and the password nowhere",
  limit,
  async () => {
    await using store = await openPostgres(18);
    await store.run(usersTable);
    await store.allow("scram-sha-256");
    const url = `postgres://127.0.0.1:${store.server.port}/metrics`;
    using watch = new Watch([{ name: "users-db", port: store.server.port, url }], "standard", { more: ", person: user_id" });
    const file = watch.secretFile("login", "anybody:made-up\n");
    expect(await watch.guard("add", "--credential-file", file)).toContain("system-identifier");
    const looked = await watch
      .guard("look", "--credential-file", file)
      .catch((error: unknown) => error as { code: number; stdout: string });
    expect(looked).toMatchObject({ code: 2 });
    expect(typeof looked === "string" ? looked : looked.stdout).toMatch(/metrics: 1,000 records of 1,000 persons[^]*140 with body metrics/);
    expect(await watch.guard("alarms")).toContain("users-db holds what its declaration does not allow");
    for (const text of [JSON.stringify(looked), watch.kept()]) expect(text).not.toMatch(/made-up|kitchen/);
  },
);

test("in TLS it is told once its key was seen, and to nobody whose key is not the one", limit, async () => {
  await using running = await postgresqlTls(18)();
  const header = basic("byscram:made-up");
  const shown: unknown[] = [];
  const isTold = await look(
    running.url,
    { header, mayBeTold: (certificate) => shown.push(certificate?.keySha256) > 0 },
    { channel: "tls" },
  );
  expect(isTold.map(({ notCounted }) => notCounted)).toEqual([undefined]);
  expect(shown.length).toBeGreaterThan(2);
  expect(shown.every((key) => typeof key === "string")).toBe(true);
  const recorded = [{ kind: "system-identifier", value: "1" }];
  for (const channel of ["tls", "plain"] as const) {
    using wire = await tapWire(Number(new URL(running.url).port));
    const tapped = running.url.replace(/:\d+\//, `:${wire.port}/`);
    const found = await look(tapped, { header, mayBeTold: () => false }, { channel, recorded });
    expect(found).toMatchObject([{ notCounted: "identity-not-confirmed" }]);
    // The question for TLS and its handshake; in clear text nothing at all.
    const sent = Buffer.concat(wire.sent).toString("latin1");
    expect(sent).not.toMatch(/byscram|SCRAM/);
    if (channel === "plain") expect(sent).toBe("");
  }
});

test.each([
  ["lets in whoever says a proof", "R\0\0\0\u0008\0\0\0\0Z\0\0\0\u0005I"],
  [
    "says that it knows the password, and does not",
    "R\0\0\0\u0036\0\0\0\u000cv=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=R\0\0\0\u0008\0\0\0\0Z\0\0\0\u0005I",
  ],
])("a server that %s is asked for nothing", limit, async (_what, final) => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const text = bytes.toString("latin1");
      heard.push(text);
      const nonce = /n,,n=,r=(\S{24})/.exec(text)?.[1];
      const first = `r=${nonce}x,s=AAAAAAAA,i=1`;
      if (text.includes("user\0")) socket.write("R\0\0\0\u0017\0\0\0\nSCRAM-SHA-256\0\0", "latin1");
      else if (nonce !== undefined) socket.write(`R\0\0\0${String.fromCharCode(8 + first.length)}\0\0\0\u000b${first}`, "latin1");
      else if (text.startsWith("p")) socket.write(final, "latin1");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const recorded = [{ kind: "system-identifier", value: "1" }];
  const found = await look(`postgres://a@127.0.0.1:${port}/metrics`, { header: basic("a:made-up"), mayBeTold: () => true }, { recorded });
  expect(found).toMatchObject([{ notCounted: "identity-not-confirmed" }]);
  expect(heard.some((text) => text.startsWith("p"))).toBe(true);
  expect(heard.join("")).not.toMatch(/pg_control_system|ROLLBACK|made-up/);
  server.close();
});
