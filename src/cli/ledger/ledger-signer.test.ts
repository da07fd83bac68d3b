import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ManualClock } from "../../lib/clock.ts";
import { consistencyProof, leafHash, rootHash } from "../../lib/merkle.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { parseVerifierKey, verifierKeyText } from "./note.ts";
import type { LedgerEntry } from "../state/ledger.ts";
import type { Doubt } from "../vantage/kept-checkpoint.ts";
import { KeptCheckpoint } from "../vantage/kept-checkpoint.ts";
import { LedgerSigner } from "./ledger-signer.ts";

const { privateKey: key } = generateKeyPairSync("ed25519");

/** A ledger in memory, a place for its checkpoints, and time. */
class Bench implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "vitrine-checkpoints-"));
  readonly clock = new ManualClock(Date.UTC(2026, 10, 23, 7, 30));
  readonly said: string[] = [];
  entries: LedgerEntry[] = [];
  #stop = new AbortController();

  grow(count: number, body = "x"): void {
    for (let i = 0; i < count; i += 1) this.entries.push({ id: this.entries.length + 1, at: 0, kind: "k", body, hash: "" });
  }

  /** One that has signed what there is; the one before ends. */
  async signer(signingKey = key): Promise<LedgerSigner> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const signer = new LedgerSigner({
      state: { installation: "0123abcd", entries: (after = 0) => this.entries.slice(after) },
      key: signingKey,
      folder: this.folder,
      clock: this.clock,
      log: (_, event) => this.said.push(event),
    });
    void signer.run(this.#stop.signal);
    await this.pass(1_000);
    return signer;
  }

  async pass(ms: number): Promise<void> {
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    await this.clock.advance(ms);
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  }

  last(signer: LedgerSigner): Checkpoint | undefined {
    const verifier = parseVerifierKey(signer.verifier);
    return verifier && openCheckpoint(readFileSync(join(this.folder, "vitrine-0123abcd.checkpoint"), "utf8"), verifier);
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    rmSync(this.folder, { recursive: true });
  }
}

/** Shows the vantage's side what there is now. */
function shown(signer: LedgerSigner, kept: KeptCheckpoint): string | undefined {
  const now = signer.show(kept.size);
  return now === undefined ? "nothing" : kept.take({ verifier: signer.verifier, note: now.note, proof: now.proof });
}

test("within a second of an entry, each hour, and of thousands at a start", async () => {
  using bench = new Bench();
  bench.grow(1_234);
  const signer = await bench.signer();
  expect(bench.last(signer)).toMatchObject({ origin: "vitrine-0123abcd", size: 1_234 });
  bench.grow(1);
  await bench.pass(1_000);
  const before = bench.last(signer);
  expect(before?.size).toBe(1_235);
  await bench.pass(30 * 60_000);
  expect(bench.last(signer)).toEqual(before);
  for (let i = 0; i < 40; i += 1) await bench.pass(60_000);
  expect(Date.parse(bench.last(signer)?.time ?? "") - Date.parse(before?.time ?? "")).toBeGreaterThanOrEqual(60 * 60_000);
  expect(readdirSync(bench.folder).toSorted()).toEqual(
    ["2026-11-23T07.", "2026-11-23T08.", ""].map((hour) => `vitrine-0123abcd.${hour}checkpoint`),
  );
});

test("a vantage keeps what follows, over restarts of both", async () => {
  using bench = new Bench();
  const file = join(bench.folder, "kept.json");
  bench.grow(5);
  expect(shown(await bench.signer(), new KeptCheckpoint(file))).toBeUndefined();
  bench.grow(8);
  const kept = new KeptCheckpoint(file);
  expect(kept.size).toBe(5);
  expect(shown(await bench.signer(), kept)).toBeUndefined();
  expect(new KeptCheckpoint(file).size).toBe(13);
});

const changes: readonly (readonly [string, (bench: Bench) => void, Doubt])[] = [
  ["cut off", ({ entries }) => void entries.splice(10), "shorter"],
  [
    "cut off, and grown again",
    (bench) => {
      bench.entries.splice(10);
      bench.grow(9, "y");
    },
    "other",
  ],
  ["rewritten", ({ entries }) => void entries.splice(2, 1, { id: 3, at: 0, kind: "k", body: "z", hash: "" }), "other"],
];

test.for(changes)("a ledger that was %s is doubted, and does not take the place of the one that was signed", async ([, change, what]) => {
  using bench = new Bench();
  const kept = new KeptCheckpoint(join(bench.folder, "kept.json"));
  bench.grow(13);
  const before = await bench.signer();
  expect(shown(before, kept)).toBeUndefined();
  const last: unknown = bench.last(before);
  change(bench);
  const signer: LedgerSigner = await bench.signer();
  expect(shown(signer, kept)).toBe(what);
  expect(kept.size).toBe(13);
  expect(bench.last(signer)).toEqual(last);
  expect(bench.said).toEqual(["the ledger is not the one that was signed there"]);
});

test("another key, a changed note and a proof that is none are doubted", async () => {
  using bench = new Bench();
  const kept = new KeptCheckpoint(join(bench.folder, "kept.json"));
  bench.grow(3);
  const signer = await bench.signer();
  expect(shown(signer, kept)).toBeUndefined();
  bench.grow(3);
  await bench.pass(1_000);
  const now = signer.show(3) ?? { note: "", proof: [] };
  const { verifier } = signer;
  expect(kept.take({ verifier, note: now.note.replace("\n6\n", "\n7\n"), proof: now.proof })).toBe("unsigned");
  expect(kept.take({ verifier, note: now.note, proof: [] })).toBe("other");
  expect(kept.take({ verifier, note: now.note, proof: ["not base64"] })).toBe("other");
  const other = await bench.signer(generateKeyPairSync("ed25519").privateKey);
  expect(shown(other, kept)).toBe("unsigned");
  expect(kept.take({ verifier, note: now.note, proof: now.proof })).toBeUndefined();
});

test("a place that cannot be written is said, and no reason to stop", async () => {
  using bench = new Bench();
  bench.grow(1);
  rmSync(bench.folder, { recursive: true });
  writeFileSync(bench.folder, "");
  const signer = await bench.signer();
  expect(bench.said).toEqual(["a checkpoint of the ledger was not left"]);
  expect(signer.show(0)?.size).toBe(1);
});

test("a checkpoint is shown with the proof to its own entries, not to those that came since", async () => {
  using bench = new Bench();
  const kept = new KeptCheckpoint(join(bench.folder, "kept.json"));
  bench.grow(5);
  const signer = await bench.signer();
  expect(shown(signer, kept)).toBeUndefined();
  // Of more than are hashed together some are taken in before all are signed.
  bench.grow(1_500);
  const advanced = bench.clock.advance(1_000);
  for (let i = 0; i < 20; i += 1) {
    expect([signer.show(5)?.size, shown(signer, kept)]).toEqual([expect.any(Number), undefined]);
    await new Promise(setImmediate);
  }
  await advanced;
  expect(kept.size).toBe(1_505);
});

test("a clock that was ahead for a moment does not end what is kept", () => {
  using bench = new Bench();
  const kept = new KeptCheckpoint(join(bench.folder, "kept.json"));
  const leaves = Array.from({ length: 9 }, (_, i) => leafHash(Uint8Array.of(i)));
  const verifier = verifierKeyText("log", key);
  const take = (size: number, time: string): Doubt | undefined => {
    const note = signCheckpoint({ origin: "log", size, root: rootHash(leaves.slice(0, size)), time }, key);
    const proof = kept.size > size ? [] : consistencyProof(leaves.slice(0, size), kept.size);
    return kept.take({ verifier, note, proof: proof.map((hash) => Buffer.from(hash).toString("base64")) });
  };
  expect(take(3, "2046-11-23T07:30:00.000Z")).toBeUndefined();
  expect(take(7, "2026-11-23T07:30:00.000Z")).toBeUndefined();
  expect(kept.size).toBe(7);
  expect(take(5, "2026-11-23T07:31:00.000Z")).toBe("shorter");
});

test("a checkpoint is left as soon as there is room for it, and not with the next entry or hour; the trouble is said once", async () => {
  using bench = new Bench();
  bench.grow(1);
  rmSync(bench.folder, { recursive: true });
  writeFileSync(bench.folder, "");
  const signer = await bench.signer();
  for (let i = 0; i < 60; i += 1) await bench.pass(1_000);
  expect(bench.said).toEqual(["a checkpoint of the ledger was not left"]);
  rmSync(bench.folder);
  for (let i = 0; i < 15; i += 1) await bench.pass(1_000);
  expect(bench.last(signer)?.size).toBe(1);
  expect(bench.said).toEqual(["a checkpoint of the ledger was not left", "checkpoints of the ledger are left again"]);
});
