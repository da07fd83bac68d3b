/** The owner's credential of a store goes to that store alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificate } from "../../../../test/support/certificate.ts";
import { host } from "../../../../test/support/hosts.ts";
import type { Asset } from "../../../guard/asset.ts";
import type { MayBeTold } from "../../../guard/checks/converse.ts";
import { plantedWord, proofOf } from "../../../guard/readable/planted.ts";
import { targetOf } from "../../../guard/target.ts";
import type { State } from "../../state.ts";
import { openState } from "../../state.ts";
import { recordIdentities } from "./adding.ts";
import { mayBeTold } from "../looks/store-login.ts";

let folder: string;
let state: State;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-adding-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const key = "ab".repeat(32);
const shown = (more: Partial<Parameters<MayBeTold>[0]>): Parameters<MayBeTold>[0] => ({
  isTrusted: false,
  validTo: "2120-01-01T00:00:00.000Z",
  sha256: "cd".repeat(32),
  keySha256: key,
  ...more,
});

test.each([
  ["this machine itself", "127.0.0.1", undefined, [], true],
  ["nobody in clear text", "192.0.2.1", undefined, [key], false],
  ["no stranger's key", "192.0.2.1", shown({}), ["ef".repeat(32)], false],
  ["a key that was recorded before", "192.0.2.1", shown({}), [key], true],
  ["who is trusted for the name", "192.0.2.1", shown({ isTrusted: true }), [], true],
  ["nobody without a key of its own", "2001:db8::1", shown({ keySha256: undefined }), [], false],
] as const)("a credential is told to %s", (_whom, address, certificate, keys, isTold) => {
  expect(mayBeTold({ address }, certificate, keys)).toBe(isTold);
});

const elsewhere = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

/** As a node with its security on: nobody is let in. Whoever is asked for its id with a password would have it then. */
const refusal = 'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="security"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

test.skipIf(elsewhere === undefined)(
  "somebody else's TLS key gets no password, until its owner has recorded it as the store's",
  async () => {
    await using stranger = await host({
      address: elsewhere ?? "",
      tls: makeCertificate(1),
      onConnection: (socket) => void socket.on("data", () => socket.end(refusal)),
    });
    const target = targetOf(`elasticsearch://${elsewhere}:${stranger.port}`);
    const asset: Asset = { name: "search", owner: "platform", targets: [target], profile: "fast", expectedAt: () => "auth-required" };
    const heard = (): boolean => Buffer.concat(stranger.received).includes("authorization: Basic c2VjcmV0");

    for (const _time of ["once", "twice"]) {
      const [found] = await recordIdentities([asset], state, "Basic c2VjcmV0");
      expect([heard(), found?.notTold, found?.identities]).toEqual([false, [elsewhere], []]);
    }
    const [compared] = await recordIdentities([asset], state, undefined);
    expect(compared?.identities.map(({ kind }) => kind)).toEqual(["tls-key"]);

    const [told] = await recordIdentities([asset], state, "Basic c2VjcmV0");
    expect([heard(), told?.notTold]).toEqual([true, []]);
  },
);

const word = plantedWord(Buffer.alloc(16, 9));
const hash = proofOf(word);
const redisWords: Readonly<Record<string, string>> = { PING: "+PONG\r\n", GET: `$${word.length}\r\n${word}\r\n`, QUIT: "+OK\r\n" };
const login = 'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="x"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
const denied =
  "HTTP/1.1 403 Forbidden\r\nx-amz-request-id: 1\r\ncontent-length: 39\r\nconnection: close\r\n\r\n<Error><Code>AccessDenied</Code></Error>";

test.each([
  [
    "a Redis by what was planted, and by its key",
    "rediss",
    (asked: string) => redisWords[asked.split(/[ \r]/)[0] ?? ""] ?? "-ERR\r\n",
    "planted tls-key",
  ],
  ["a service of which nothing is counted by its key", "kibana+https", () => login, "tls-key"],
  ["a bucket by nothing of its host's", "s3+https", () => denied, ""],
] as const)("%s", async (_what, scheme, answer, kinds) => {
  await using store = await host({
    address: "127.0.0.1",
    tls: makeCertificate(1),
    onConnection: (socket) => void socket.on("data", (bytes: Buffer) => void socket.write(answer(bytes.toString("latin1")))),
  });
  const target = targetOf(`${scheme}://127.0.0.1:${store.port}/x/y`);
  const asset: Asset = { name: "store", owner: "platform", targets: [target], profile: "fast", expectedAt: () => "auth-required" };
  const [found] = await recordIdentities([asset], state, undefined);
  expect(found?.identities.map(({ kind }) => kind).join(" ")).toBe(kinds);
  for (const { kind, value } of state.guard.identities("store")) if (kind === "planted") expect(value).toBe(hash);
  expect(JSON.stringify(state.guard.identities("store"))).not.toContain(word);
});
