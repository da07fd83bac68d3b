/** An export and whoever would change it: any byte, any cut, any order, another key, an older checkpoint. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafHash, rootHash } from "../../lib/merkle.ts";
import { readCheckpoint, signCheckpoint } from "./checkpoint.ts";
import type { ExportedEntry } from "./export.ts";
import { exportLines, lineOf } from "./export.ts";
import { isSignedBy, parseVerifierKey, signNote, verifierKeyText } from "./note.ts";
import { verifyExport } from "./verify.ts";

const origin = "vitrine-0badcafe";
const time = "2026-11-23T04:00:00.000Z";
const newKey = () => generateKeyPairSync("ed25519").privateKey;
const signer = newKey();
const key = parseVerifierKey(verifierKeyText(origin, signer));
const entries: readonly ExportedEntry[] = [
  { id: 1, at: 1_763_870_400_000, kind: "session", body: { event: "opened", role: "viewer" } },
  { id: 2, at: 1_763_870_401_000, kind: "guard-verdict", body: { asset: "metrics – cluster", seen: "closed", rows: [1, 2.5, null, true] } },
  { id: 3, at: 1_763_870_402_000, kind: "guard-alarm", body: { asset: "métrics", text: 'a "quoted"\nline' } },
  { id: 4, at: 1_763_870_403_000, kind: "token", body: {} },
  { id: 5, at: 1_763_870_404_000, kind: "token", body: [] },
];
const fileOf = (some: readonly ExportedEntry[], signedBy = signer): Buffer =>
  Buffer.from([...exportLines({ origin, entries: some, time, key: signedBy })].join(""), "utf8");
const file = fileOf(entries);
const lines = file.toString("utf8").split("\n");
const noteIn = (exported: Buffer): string => {
  const { note } = verifyExport(exported, { key });
  if (note === undefined) throw new Error("no note");
  return note;
};

test("what was exported is whole, without a key unproven, and says what it is", () => {
  expect(verifyExport(file, { key })).toMatchObject({ outcome: "whole", entries: 5, faults: [], checkpoint: { origin, size: 5, time } });
  expect(verifyExport(file, { key: undefined }).outcome).toBe("unproven");
  expect(verifyExport(fileOf([]), { key }).outcome).toBe("whole");
});

test("an entry's leaf is the hash of its line", () => {
  const { checkpoint } = verifyExport(file, { key });
  expect(checkpoint?.root).toEqual(rootHash(entries.map((entry) => leafHash(Buffer.from(lineOf(entry))))));
});

describe("tampering is found", () => {
  test("any byte, changed to any other", () => {
    for (let at = 0; at < file.length; at += 1) {
      for (const change of [1, 2, 4, 8, 16, 32, 64, 128, 0x20 ^ 0x0a]) {
        const copy = Buffer.from(file);
        copy[at] = (copy[at] ?? 0) ^ change;
        expect(verifyExport(copy, { key }).outcome, `byte ${at} by ${change}`).toBe("faulty");
      }
    }
  });

  test("any byte, without the key that one should have had: all but the checkpoint's time and signature", () => {
    const timeAt = file.lastIndexOf("time ");
    for (let at = 0; at < timeAt; at += 1) {
      const copy = Buffer.from(file);
      copy[at] = (copy[at] ?? 0) ^ 1;
      expect(verifyExport(copy, { key: undefined }).outcome, `byte ${at}`).toBe("faulty");
    }
  });

  test("any bytes put in or taken out", () => {
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(40), fc.uint8Array({ maxLength: 8 }), (at, taken, put) => {
        const changed = Buffer.concat([file.subarray(0, at), put, file.subarray(at + taken)]);
        fc.pre(!changed.equals(file));
        expect(verifyExport(changed, { key }).outcome).toBe("faulty");
      }),
      { numRuns: 2_000 },
    );
  });

  test("cut anywhere", () => {
    for (let length = 0; length < file.length; length += 1)
      expect(verifyExport(file.subarray(0, length), { key }).outcome, `at ${length}`).toBe("faulty");
  });

  test("lines in any other order, doubled, or left out", () => {
    const whole = lines.slice(0, -1);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length - 1), { maxLength: 9 }), (order) => {
        fc.pre(order.join() !== whole.map((_, i) => i).join());
        const text = order.map((i) => `${whole[i]}\n`).join("");
        expect(verifyExport(Buffer.from(text), { key }).outcome).toBe("faulty");
      }),
    );
  });

  test("entries renumbered and signed with another key", () => {
    const forged = fileOf(
      entries.filter(({ id }) => id !== 3).map((entry, i) => ({ ...entry, id: i + 1 })),
      newKey(),
    );
    expect(verifyExport(forged, { key })).toMatchObject({
      outcome: "faulty",
      faults: ["Line 6: the checkpoint is not signed by the key that was named."],
    });
  });

  test("another key under the same name and id", () => {
    const { note } = verifyExport(fileOf(entries, newKey()), { key: undefined });
    const [body = "", signature = ""] = (note ?? "").split("\n\n");
    const encoded = signature.split(" ")[2] ?? "";
    const bytes = Buffer.from(encoded, "base64");
    const ours = Buffer.from(key?.id ?? "", "hex");
    const renamed = `${body}\n\n— ${origin} ${Buffer.concat([ours, bytes.subarray(4)]).toString("base64")}\n`;
    expect(readCheckpoint(renamed)).toBeDefined();
    expect(key && isSignedBy(renamed, key)).toBe(false);
  });
});

describe("against the checkpoint that one kept", () => {
  const older = noteIn(fileOf(entries.slice(0, 3)));

  test("a log that has grown is whole", () => {
    expect(verifyExport(file, { key, known: older }).outcome).toBe("whole");
    expect(verifyExport(file, { key, known: noteIn(file) }).outcome).toBe("whole");
  });

  test("an older export with its own checkpoint is a replay", () => {
    const { faults } = verifyExport(fileOf(entries.slice(0, 3)), { key, known: noteIn(file) });
    expect(faults).toEqual(["The checkpoint that was kept is over 5 entries: this export is older, or was cut."]);
  });

  test("a log rewritten by whoever has the key", () => {
    const rewritten = entries.map((entry) => (entry.id === 2 ? { ...entry, body: { seen: "open" } } : entry));
    expect(verifyExport(fileOf(rewritten), { key })).toMatchObject({ outcome: "whole" });
    expect(verifyExport(fileOf(rewritten), { key, known: older }).faults).toEqual([
      "The first 3 entries are not those of the checkpoint that was kept: the log was rewritten.",
    ]);
  });

  test("one that is not signed, or of another log", () => {
    const stranger = newKey();
    const strange = signCheckpoint({ origin, size: 0, root: rootHash([]), time }, stranger);
    expect(verifyExport(file, { key, known: strange }).outcome).toBe("faulty");
    const elsewhere = [...exportLines({ origin: "vitrine-other", entries, time, key: signer })].join("");
    expect(verifyExport(Buffer.from(elsewhere), { key: undefined, known: older }).faults).toEqual([
      "The checkpoint that was kept is of another log.",
    ]);
  });
});

test("a note and a key of another program are read: the example of Go's package sumdb/note", () => {
  const example = parseVerifierKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const note = [
    "If you think cryptography is the answer to your problem,",
    "then you don't know what your problem is.",
    "",
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
    "",
  ].join("\n");
  expect(example && isSignedBy(note, example)).toBe(true);
  expect(example && isSignedBy(note.replace("don't", "do"), example)).toBe(false);
});

test("a key text whose id is not the key's, or that is written otherwise, is none", () => {
  const text = verifierKeyText(origin, signer);
  expect(parseVerifierKey(text)).toBeDefined();
  expect(parseVerifierKey(text.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))).toBeUndefined();
  expect(parseVerifierKey(`${text}=`)).toBeUndefined();
  expect(parseVerifierKey("")).toBeUndefined();
});

test("the signature is plain Ed25519 over the text (RFC 8032, 7.1, test 1)", () => {
  const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seed, "hex")]);
  const signing = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  expect(verifierKeyText("x", signing).split("+").slice(2).join("+")).toBe(
    Buffer.from(`01d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a`, "hex").toString("base64"),
  );
  const note = signNote("text\n", "x", signing);
  const parsed = parseVerifierKey(verifierKeyText("x", signing));
  expect(parsed && isSignedBy(note, parsed)).toBe(true);
  expect(parsed && isSignedBy(note.replace("text", "texT"), parsed)).toBe(false);
});

test("the name of a log says nothing to a terminal", () => {
  for (const name of ["x\u001b[2K\rwhole", "x\u0007", "x\u009b1A", "x\u202ewhole", "x\u2066"]) {
    const forged = Buffer.from([...exportLines({ origin: name, entries: [], time, key: signer })].join(""), "utf8");
    const { outcome, checkpoint, faults } = verifyExport(forged, { key: undefined });
    expect({ outcome, checkpoint, faults }).toEqual({
      outcome: "faulty",
      checkpoint: undefined,
      faults: [expect.stringContaining("no signed"), expect.anything()],
    });
    expect(parseVerifierKey(verifierKeyText(name, signer))).toBeUndefined();
  }
});
