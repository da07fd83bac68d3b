/** A vantage against a watch that says what it likes, over a real connection. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FromVantage, FromWatch } from "../../guard/vantages/vantage-messages.ts";
import { systemClock } from "../../lib/clock.ts";
import { rootHash } from "../../lib/merkle.ts";
import { fingerprintOf } from "../../lib/self-signed.ts";
import { signCheckpoint } from "../ledger/checkpoint.ts";
import { verifierKeyText } from "../ledger/note.ts";
import { KeptCheckpoint } from "./kept-checkpoint.ts";
import { ownKey } from "./key.ts";
import { listenForVantages } from "./listener.ts";
import { runVantage } from "./vantage.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-vantage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey: key } = generateKeyPairSync("ed25519");
const checkpoint: FromWatch = {
  tag: "checkpoint",
  verifier: verifierKeyText("log", key),
  note: signCheckpoint({ origin: "log", size: 3, root: rootHash([]), time: "2026-11-23T07:30:00.000Z" }, key),
  proof: [],
};

/** What the vantage answers to what the watch says when it comes, and what it writes to its log. */
async function hear(file: string, say: FromWatch): Promise<{ readonly heard: readonly FromVantage[]; readonly logged: readonly string[] }> {
  const heard: FromVantage[] = [];
  const logged: string[] = [];
  const over = new AbortController();
  const watchKey = ownKey(join(folder, "watch.key"));
  using listener = await listenForVantages({
    listen: { host: "127.0.0.1", port: 0 },
    key: watchKey,
    admit: ({ name }) => ({ name }),
    onGuest: (guest) => guest.send(say),
    onMessage: (_, message) => heard.push(message),
    onGone: () => undefined,
    onRefused: () => undefined,
  });
  const standing = runVantage({
    watch: { ...listener.address, fingerprint: fingerprintOf(watchKey) },
    name: "outside",
    key: generateKeyPairSync("ed25519").privateKey,
    code: undefined,
    isAllowed: () => true,
    allowed: [],
    clock: systemClock,
    random: Math.random,
    log: (_, event) => void logged.push(event),
    signal: over.signal,
    onWatch: () => undefined,
    checkpoint: new KeptCheckpoint(file),
    onDoubt: () => undefined,
  });
  await expect.poll(() => heard.length).toBeGreaterThan(1);
  over.abort();
  await standing;
  return { heard, logged };
}

test("a checkpoint that cannot be kept on a full disk is said, and the vantage goes on", async () => {
  writeFileSync(join(folder, "no-folder"), "");
  const { heard, logged } = await hear(join(folder, "no-folder", "checkpoint.json"), checkpoint);
  expect(heard).toEqual([
    { tag: "kept", size: 0 },
    { tag: "kept", size: 3 },
  ]);
  expect(logged).toContain("a checkpoint of the watch's ledger cannot be kept");
});

test.for([
  ["half of a file", (file: string) => writeFileSync(file, '{"verifier":"log+')],
  ["a folder", (file: string) => mkdirSync(file)],
] as const)("a checkpoint of which %s is there is none, which is known", ([, write]) => {
  const file = join(folder, "checkpoint.json");
  expect(new KeptCheckpoint(file).isUnreadable).toBe(false);
  write(file);
  const kept = new KeptCheckpoint(file);
  expect([kept.isUnreadable, kept.size]).toEqual([true, 0]);
});
