/** vitrine ledger: what Vitrine did and saw, as a file that anyone can verify without us. */
import { randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { consistencyProof, inclusionProof, rootHash } from "../../lib/merkle.ts";
import type { Hash } from "../../lib/merkle.ts";
import { systemCode } from "../../lib/system-code.ts";
import { VitrineError } from "../../model/error.ts";
import { signCheckpoint } from "../ledger/checkpoint.ts";
import { exportLines, leafOf } from "../ledger/export.ts";
import type { VerifierKey } from "../ledger/note.ts";
import { parseVerifierKey, verifierKeyText } from "../ledger/note.ts";
import { signingKey } from "../ledger/signing-key.ts";
import type { Outcome, Verification } from "../ledger/verify.ts";
import { verifyExport } from "../ledger/verify.ts";
import { integer, paint } from "../render.ts";
import type { State } from "../state.ts";
import { openState } from "../state.ts";
import type { Command, CommandContext } from "./command.ts";
import { print, text } from "./command.ts";

const exits: Readonly<Record<Outcome, number>> = { whole: 0, faulty: 2, unproven: 3 };

export const ledger: Command = {
  name: "ledger",
  summary: "export the ledger, verify an export without us, print the key for it",
  usage: "export | verify FILE | key | prove [ENTRY]",
  takes: 2,
  help: `The ledger only grows. An export is a line an entry and a checkpoint under them: the root of a Merkle tree over all entries (RFC 6962),
signed with Ed25519 in the form that transparency logs use (C2SP checkpoints). Whoever has the file, the key's public part and the checkpoint
that they kept from the last time sees any change, cut or rewriting, without asking anybody.

  vitrine ledger key                                  prints the verifying key: note it down elsewhere
  vitrine ledger export --to ledger.jsonl
  vitrine ledger verify ledger.jsonl --verifier KEY --known last-checkpoint
                            keeps the checkpoint in that file when all is well, and holds the next export against it
  vitrine ledger prove 17                             that entry 17 is in the tree
  vitrine ledger prove --since 12                     that the tree of 12 entries is the beginning of this one

verify ends with 0 when the export is whole, 2 when something was changed, 3 when no key was named: then nobody has said whose it is.`,
  options: {
    to: { type: "string", value: "FILE", help: "export: where to (default: standard output)" },
    verifier: { type: "string", value: "KEY", help: "verify: the verifying key, NAME+ID+KEY" },
    known: { type: "string", value: "FILE", help: "verify: the checkpoint of the last time; written when all is well" },
    since: { type: "string", value: "SIZE", help: "prove: the number of entries of an earlier tree" },
  },
  settings: ["state", "ledgerKey"],
  async run(context) {
    const [action = "", what] = context.positionals;
    if (action === "verify" && what !== undefined) return verify(context, what);
    if (action === "export" && what === undefined) return withLedger(context, exportLedger);
    if (action === "key" && what === undefined) return withLedger(context, printKey);
    if (action === "prove") return withLedger(context, prove);
    throw new VitrineError("cli/usage", { message: "ledger knows export, verify FILE, key and prove." });
  },
};

interface Signed {
  readonly state: State;
  readonly origin: string;
  readonly key: KeyObject;
}

function withLedger(context: CommandContext, work: (context: CommandContext, signed: Signed) => number): number {
  const { stateFolder, ledgerKeyFile } = context.config();
  if (!existsSync(join(stateFolder, "state.sqlite")))
    throw new VitrineError("cli/refused", {
      message: "There is no ledger in this folder.",
      place: stateFolder,
      remedy: "Name the state folder with `--state`.",
    });
  using state = openState({ folder: stateFolder, now: Date.now, random: () => randomBytes(8).toString("hex") });
  return work(context, { state, origin: `vitrine-${state.installation}`, key: signingKey(ledgerKeyFile) });
}

function exportLedger(context: CommandContext, { state, origin, key }: Signed): number {
  const to = text(context, "to");
  const lines = exportLines({ origin, entries: state.entries(), time: new Date().toISOString(), key });
  if (to === undefined) {
    for (const line of lines) context.terminal.out(line);
    return 0;
  }
  let count = -2;
  const file = newFile(to);
  try {
    for (const line of lines) {
      writeSync(file, line);
      count += 1;
    }
  } finally {
    closeSync(file);
  }
  print(context, { file: to, entries: count, verifier: verifierKeyText(origin, key) }, () => `${integer(count)} entries: ${to}\n`);
  return 0;
}

/** Nothing is written over: an export is evidence. */
function newFile(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const code = systemCode(error);
    const message = code === "EEXIST" ? "The file is there already." : "The file cannot be written.";
    throw new VitrineError("cli/refused", { message, place: path, remedy: "Name another file.", origin: { code } });
  }
}

function printKey(context: CommandContext, { origin, key }: Signed): number {
  const named = verifierKeyText(origin, key);
  print(context, { verifier: named }, () => `${named}\n`);
  return 0;
}

/** As JSON alone: it is for programs, with `verifyInclusion` and `verifyConsistency` of vitrine/merkle or any other implementation. */
function prove(context: CommandContext, { state, origin, key }: Signed): number {
  const leaves = Array.from(state.entries(), leafOf);
  const [size, root] = [leaves.length, rootHash(leaves)];
  const since = text(context, "since");
  const number = Number(since ?? context.positionals[1]);
  if (!Number.isSafeInteger(number) || number < (since === undefined ? 1 : 0) || number > size)
    throw new VitrineError("cli/usage", { message: `prove takes an entry's number, or --since with a size, up to ${size}.` });
  const proof = since === undefined ? inclusionProof(leaves, number - 1) : consistencyProof(leaves, number);
  const base64 = (hash: Hash): string => Buffer.from(hash).toString("base64");
  const checkpoint = signCheckpoint({ origin, size, root, time: new Date().toISOString() }, key);
  context.terminal.out(
    `${JSON.stringify({
      ...(since === undefined ? { index: number - 1, leaf: base64(leaves[number - 1] ?? root) } : { firstSize: number }),
      size,
      root: base64(root),
      proof: proof.map(base64),
      checkpoint,
    })}\n`,
  );
  return 0;
}

function verify(context: CommandContext, file: string): number {
  const known = text(context, "known");
  const kept = known === undefined || !existsSync(known) ? undefined : readText(known).toString("utf8");
  const found = verifyExport(readText(file), { key: verifier(context), known: kept });
  print(
    context,
    { ...found, checkpoint: found.checkpoint && { ...found.checkpoint, root: Buffer.from(found.checkpoint.root).toString("base64") } },
    () => verificationText(found, context),
  );
  if (known !== undefined && found.outcome === "whole" && found.note !== undefined) keep(known, found.note);
  return exits[found.outcome];
}

function verifier(context: CommandContext): VerifierKey | undefined {
  const given = text(context, "verifier");
  if (given === undefined) return undefined;
  const key = parseVerifierKey(given);
  if (key === undefined) throw new VitrineError("cli/ledger-key", { message: "This is no verifying key.", place: "--verifier" });
  return key;
}

function readText(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = systemCode(error);
    throw new VitrineError("cli/refused", {
      message: "The file cannot be read.",
      place: file,
      remedy: "Name another file.",
      origin: { code },
    });
  }
}

function keep(file: string, note: string): void {
  try {
    writeFileSync(`${file}.new`, note);
    renameSync(`${file}.new`, file);
  } catch (error) {
    const code = systemCode(error);
    const message = "The checkpoint cannot be kept there: the next export will not be held against this one.";
    throw new VitrineError("cli/refused", { message, place: file, remedy: "Name another file with --known.", origin: { code } });
  }
}

function verificationText({ outcome, entries, checkpoint, faults }: Verification, { terminal }: Pick<CommandContext, "terminal">): string {
  const colours = paint(terminal.hasColour);
  const of = checkpoint === undefined ? "" : `, ${checkpoint.origin}, signed ${checkpoint.time}`;
  const head = `${integer(entries)} entries${of}`;
  if (outcome === "whole") return `${colours.green("whole")}  ${head}\n`;
  if (outcome === "unproven")
    return `${colours.amber("unproven")}  ${head}\n  It holds together. Whose it is, only a key can say that you noted down before: --verifier\n`;
  return [`${colours.red("faulty")}  ${head}`, ...faults.map((fault) => `  ${fault}`), ""].join("\n");
}
