/** The command as a person calls it, over a state of its own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyConsistency, verifyInclusion } from "../../lib/merkle.ts";
import { openState } from "../state.ts";
import type { CommandContext } from "./command.ts";
import { ledger } from "./ledger.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-ledger-"));
  grow(5);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function grow(entries: number): void {
  using state = openState({ folder: join(folder, "state"), now: () => 1, random: () => "0123456789abcdef" });
  for (let i = 0; i < entries; i += 1) state.append("verify", { mode: "sample", number: i });
}

/** Exit code, and what was printed as JSON. */
async function call(positionals: readonly string[], values: CommandContext["values"] = {}, printed: string[] = []) {
  const context = {
    config: () => ({ stateFolder: join(folder, "state"), ledgerKeyFile: join(folder, "secrets", "ledger.key") }),
    positionals,
    values,
    json: true,
    terminal: { out: (line: string) => void printed.push(line), hasColour: false },
  };
  const code = await ledger.run(context as unknown as CommandContext);
  const text = printed.join("");
  return { code, text, said: text.includes("\n{") ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>) };
}

const at = (name: string): string => join(folder, name);
const verifierOf = async (): Promise<string> => String((await call(["key"])).said?.["verifier"]);

test("an export is verified with the printed key, and the checkpoint is kept for the next one", async () => {
  const verifier = await verifierOf();
  expect((await call(["export"], { to: at("one") })).said).toMatchObject({ entries: 5, verifier });
  const first = await call(["verify", at("one")], { verifier, known: at("kept") });
  expect(first).toMatchObject({ code: 0, said: { outcome: "whole", entries: 5 } });
  expect(readFileSync(at("kept"), "utf8")).toBe(first.said?.["note"]);
  grow(2);
  await call(["export"], { to: at("two") });
  expect(await call(["verify", at("two")], { verifier, known: at("kept") })).toMatchObject({ code: 0, said: { entries: 7 } });
  const kept = readFileSync(at("kept"), "utf8");
  expect(await call(["verify", at("one")], { verifier, known: at("kept") })).toMatchObject({ code: 2, said: { outcome: "faulty" } });
  expect(readFileSync(at("kept"), "utf8")).toBe(kept);
  expect(await call(["verify", at("one")])).toMatchObject({ code: 3, said: { outcome: "unproven" } });
});

test("a checkpoint that cannot be kept is said by its place, after what was found", async () => {
  const verifier = await verifierOf();
  await call(["export"], { to: at("one") });
  const printed: string[] = [];
  await expect(call(["verify", at("one")], { verifier, known: at("none/kept") }, printed)).rejects.toMatchObject({
    code: "cli/refused",
    place: at("none/kept"),
  });
  expect(JSON.parse(printed.join(""))).toMatchObject({ outcome: "whole", entries: 5 });
  expect(await call(["verify", at("one")], { verifier, known: at("kept") })).toMatchObject({ code: 0 });
});

test("to standard output come the same lines", async () => {
  const { text } = await call(["export"]);
  writeFileSync(at("one"), text);
  expect((await call(["verify", at("one")], { verifier: await verifierOf() })).code).toBe(0);
});

test("proofs hold with the package's functions alone", async () => {
  const bytes = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), "base64"));
  const { said: entry = {} } = await call(["prove", "3"]);
  const proofOf = (said: Readonly<Record<string, unknown>>): readonly Uint8Array[] => (said["proof"] as readonly string[]).map(bytes);
  const claim = { leaf: bytes(entry["leaf"]), index: 2, size: 5, root: bytes(entry["root"]), proof: proofOf(entry) };
  expect(verifyInclusion(claim)).toBe(true);
  expect(verifyInclusion({ ...claim, index: 3 })).toBe(false);
  grow(4);
  const { said: since = {} } = await call(["prove"], { since: "5" });
  const growth = { firstSize: 5, firstRoot: claim.root, size: 9, root: bytes(since["root"]), proof: proofOf(since) };
  expect(verifyConsistency(growth)).toBe(true);
  expect(verifyConsistency({ ...growth, firstRoot: growth.root })).toBe(false);
});

test("the key is its owner's alone, and one that cannot be read is not replaced", async () => {
  const verifier = await verifierOf();
  const file = at("secrets/ledger.key");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await verifierOf()).toBe(verifier);
  writeFileSync(file, "this is no key");
  await expect(call(["export"])).rejects.toMatchObject({ code: "cli/ledger-key", place: file });
  expect(readFileSync(file, "utf8")).toBe("this is no key");
});

test("what is no ledger, no key, no file, no command", async () => {
  await expect(call(["verify", at("none")])).rejects.toMatchObject({ code: "cli/refused" });
  await call(["export"], { to: at("one") });
  await expect(call(["export"], { to: at("one") })).rejects.toMatchObject({ code: "cli/refused", place: at("one") });
  await expect(call(["verify", at("one")], { verifier: "x+y+z" })).rejects.toMatchObject({ code: "cli/ledger-key" });
  for (const wrong of [["prove"], ["prove", "0"], ["prove", "6"], ["prove", "x"], ["erase"], []])
    await expect(call(wrong)).rejects.toMatchObject({ code: "cli/usage" });
  rmSync(at("state"), { recursive: true });
  await expect(call(["export"])).rejects.toMatchObject({ code: "cli/refused", place: at("state") });
  expect(existsSync(at("state"))).toBe(false);
});
