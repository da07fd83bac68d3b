/** The smaller commands: verify, compact, token, config, backup, restore, run. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { generationsIn } from "../../mirror/generation-folders.ts";
import { VitrineError } from "../../model/error.ts";
import type { Generation } from "../generations.ts";
import { slotName } from "../generations.ts";
import { lockState } from "../lock.ts";
import { bytes, integer, paint, table } from "../render.ts";
import { run as runSupervisor, signals } from "../run.ts";
import { AuditJournal } from "../server/audit-journal.ts";
import { settleAudit } from "../server/audit-log.ts";
import type { CompactReport, VerifyReport } from "../server/service.ts";
import type { SettingName } from "../settings.ts";
import { settings } from "../settings.ts";
import type { State } from "../state.ts";
import { lastGeneration, openState } from "../state.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { print, text, texts } from "./command.ts";

export const run: Command = {
  name: "run",
  summary: "follow the source and answer, until stopped",
  usage: "",
  help: `Starts the supervisor, which starts the server (holds the copy, answers) and a reader (holds the credential, follows the source) and
keeps both going. The first start copies the declared tables; the next ones go on where the last one ended. Ctrl-C stops in order,
a second Ctrl-C kills. Needs keys (\`vitrine keys\`) and a source that was set up (\`vitrine apply\`).

Where the file declares \`assets:\`, a third process watches them. A file with assets alone needs no database: then there are the guard, its
page and its interface, and no metric.`,
  options: {},
  async run(context) {
    const config = context.config({ needsFile: true });
    const { stop, kill } = signals();
    await runSupervisor({
      config,
      environment: { ...context.environment, VITRINE_LOG: context.terminal.isTerminal ? "text" : "json" },
      stderr: "inherit",
      log: context.log,
      stop,
      kill,
    });
    return 0;
  },
};

export const verify: Command = {
  name: "verify",
  summary: "compare the copy with the source at one exact position",
  usage: "[counts | sample | full]",
  takes: 1,
  help: `Reads the source again through the policy at one position and compares it with the copy at that same position: row counts, checksums of
a sample of block ranges, or of all. sample and full then compute cells of the metrics anew from the copy's rows, some or all of them, and
compare. Exit code 1: something differs (it is then untrusted, and built anew).

  vitrine verify full --table devices`,
  options: { table: { type: "string", value: "NAME", multiple: true, help: "only this table (its name in vitrine.yaml)" } },
  settings: ["state"],
  async run(context) {
    const [mode = "counts"] = context.positionals;
    if (!["counts", "sample", "full"].includes(mode))
      throw new VitrineError("cli/usage", { message: "verify knows counts, sample and full." });
    using server = await connectServer(context);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
    const report = (await server.ask(
      "verify",
      { mode, tables: texts(context, "table") },
      context.terminal.error,
    )) as unknown as VerifyReport;
    print(
      context,
      report,
      () =>
        `${table(
          ["table", "source", "copy", "differing"],
          report.tables.map((one) => [one.table, integer(one.sourceRows), integer(one.rows), integer(one.differing)]),
        )}${cellsText(report.cells)}${report.message}\n`,
    );
    return report.equal ? 0 : 1;
  },
};

function cellsText(cells: VerifyReport["cells"]): string {
  if (cells === undefined || cells.length === 0) return "";
  return table(
    ["metric", "cuboid", "cells", "differing"],
    cells.map((one) => [one.metric, one.cuboid, integer(one.cells), integer(one.differing)]),
  );
}

export const compact: Command = {
  name: "compact",
  summary: "rewrite the store so that bytes of deleted rows are gone",
  usage: "",
  help: `A deleted row is out of every answer with the commit that deleted it; its bytes stay in the store's file until that part is rewritten.
compact rewrites it now. It also happens every night (\`vitrine config\`, compactAt), and at any hour before bytes of deleted rows are 72
hours old; \`vitrine status\` shows both times. Answers go on meanwhile.`,
  options: {},
  settings: ["state"],
  async run(context) {
    using server = await connectServer(context);
    const done = (await server.ask("compact", {}, context.terminal.error)) as unknown as CompactReport; // eslint-disable-line -- our own server's answer
    print(context, done, () => compactText(done));
    return 0;
  },
};

function compactText({ bytesBefore, bytesAfter, logicalSince, physicalAt }: CompactReport): string {
  const erased =
    logicalSince === undefined || physicalAt === undefined
      ? ""
      : ` What was deleted or changed since ${logicalSince} is out of the file since ${physicalAt}.`;
  return `The store had ${bytes(bytesBefore)} and has ${bytes(bytesAfter)}.${erased}\n`;
}

export const token: Command = {
  name: "token",
  summary: "make, list and revoke bearer tokens for the HTTP interface",
  usage: "create | list | revoke ID",
  takes: 2,
  help: `Programs ask with a token (people: \`vitrine link\`, or OpenID Connect). It is shown once when it is made; only its hash is kept. A viewer gets
numbers without small groups; an analyst, who gives a reason with a question, gets them too, and stands in the audit log; a responder sees and
acknowledges what the guard saw; an admin also reads the audit log.

  vitrine token create --name grafana --role viewer
  vitrine token list
  vitrine token revoke 1a2b3c4d`,
  options: {
    name: { type: "string", value: "NAME", help: "create: who uses it" },
    role: { type: "string", value: "ROLE", help: "create: viewer, analyst, responder or admin (default viewer)" },
    days: { type: "string", value: "N", help: "create: until it ends (default 365)" },
  },
  settings: ["state"],
  async run(context) {
    const [action = "list", id] = context.positionals;
    using server = await connectServer(context);
    if (action === "create" || action === "new") {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
      const made = (await server.ask("token-new", {
        name: text(context, "name") ?? "unnamed",
        role: text(context, "role") ?? "viewer",
        days: text(context, "days") ?? null,
      })) as { readonly token: string; readonly id: string };
      print(context, made, () => `${made.token}\n`);
      if (!context.json) context.terminal.error(`Shown this once. Its id is ${made.id}.\n`);
      return 0;
    }
    if (action === "list") {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
      const list = (await server.ask("token-list")) as unknown as readonly {
        readonly id: string;
        readonly name: string;
        readonly role: string;
        readonly createdAt: number;
        readonly expiresAt?: number;
      }[];
      print(context, list, () =>
        table(
          ["id", "name", "role", "made", "ends"],
          list.map((one) => [
            one.id,
            one.name,
            one.role,
            dayOf(one.createdAt),
            one.expiresAt === undefined ? "never" : dayOf(one.expiresAt),
          ]),
        ),
      );
      return 0;
    }
    if (action !== "revoke" || id === undefined)
      throw new VitrineError("cli/usage", { message: "token knows create, list and revoke ID." });
    const done = await server.ask("token-revoke", { id });
    print(context, done, () => `The token ${id} is refused from now on.\n`);
    return 0;
  },
};

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export const config: Command = {
  name: "config",
  summary: "every setting, its value and where it comes from",
  usage: "",
  help: `Prints each setting with its origin: flag > environment > vitrine.yaml > demonstration > default. Secrets are never settings and are
never printed.`,
  options: {},
  async run(context) {
    const { choices } = context.config();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table's own names
    const rows = (Object.keys(settings) as SettingName[]).map((name) => ({
      name,
      value: name === "source" ? masked(choices[name].value) : choices[name].value,
      origin: choices[name].origin,
      flag: `--${settings[name].flag}`,
      variable: settings[name].variable,
    }));
    const colours = paint(context.terminal.hasColour);
    print(context, rows, () =>
      table(
        ["setting", "value", "origin", "flag", "environment"],
        rows.map((row) => [
          row.name,
          row.value ?? colours.dim("(none)"),
          row.value === undefined ? "" : row.origin,
          row.flag,
          row.variable,
        ]),
      ),
    );
    return Promise.resolve(0);
  },
};

/** A password in the environment's address is not shown. */
function masked(value: string | undefined): string | undefined {
  if (value === undefined || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.password !== "") url.password = "***";
  return url.toString();
}

export const backup: Command = {
  name: "backup",
  summary: "copy control state and ledger to a file",
  usage: "FILE",
  takes: 1,
  help: `Writes generations, ledger, audit log and token hashes into one file (mode 0600), also while Vitrine runs. The copy is not in it: it can be built
again from the source, but for closed periods that a metric keeps (\`history: keep\`) and the source has purged. To keep those, stop
Vitrine and copy the whole state folder. Keys and passwords are not in it either: they lie elsewhere, copy them yourself.`,
  options: {},
  settings: ["state"],
  async run(context) {
    const file = fileOf(context);
    const { stateFolder } = context.config();
    try {
      using server = await connectServer(context);
      await server.ask("backup", { file });
    } catch (error) {
      if (!(error instanceof VitrineError) || error.code !== "cli/not-running") throw error;
      // Opening would make an empty one, and a backup of that looks like a backup.
      if (!existsSync(join(stateFolder, "state.sqlite")))
        throw new VitrineError("cli/refused", {
          message: "There is no control state in this folder: nothing to back up.",
          place: stateFolder,
          remedy: "Name the state folder with `--state`.",
        });
      using state = openState({ folder: stateFolder, now: Date.now, random: () => randomBytes(8).toString("hex") });
      if (existsSync(file)) throw new VitrineError("cli/refused", { message: "The file is there already.", place: file });
      await settleLeft(stateFolder, state);
      state.backup(file);
    }
    print(context, { file }, () => `${file}\n`);
    return 0;
  },
};

/** Notes that a killed server has left beside the state belong to it. */
async function settleLeft(stateFolder: string, state: State): Promise<void> {
  using _lock = lockState(stateFolder, "server", 0);
  const journal = await AuditJournal.open(stateFolder);
  await settleAudit(journal, state);
  await journal.close();
}

export const restore: Command = {
  name: "restore",
  summary: "put a backup of the control state back",
  usage: "FILE",
  takes: 1,
  help: `Replaces control state and ledger by a backup. Vitrine must not run. What was there is kept beside it as state.sqlite.before-restore.
Copies that lie in the state folder stay, as far as its present state can be read; one that is not there is built anew from the source.`,
  options: {},
  settings: ["state"],
  async run(context) {
    const file = fileOf(context);
    const { stateFolder } = context.config();
    if (!existsSync(file)) throw new VitrineError("cli/usage", { message: "There is no such file.", place: file });
    using _lock = lockState(stateFolder, "run", 0);
    putBack(file, stateFolder);
    print(context, { restored: file }, () => "The control state is the backup's. Start with `vitrine run`.\n");
    return 0;
  },
};

/** The backup is looked at in a folder of its own before it takes the place of what is there: a bad one changes nothing. */
export function putBack(file: string, stateFolder: string): void {
  const target = join(stateFolder, "state.sqlite");
  const beside = join(stateFolder, "restoring");
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { mode: 0o700 });
  try {
    copyFileSync(file, join(beside, "state.sqlite"));
    chmodSync(join(beside, "state.sqlite"), 0o600);
    checkAndMark({ beside, file, stateFolder });
    if (existsSync(target)) renameSync(target, `${target}.before-restore`);
    renameSync(join(beside, "state.sqlite"), target);
    rmSync(`${target}-journal`, { force: true });
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Throws cli/state-unreadable and cli/state-newer with the backup's own name. */
function checkAndMark({
  beside,
  file,
  stateFolder,
}: {
  readonly beside: string;
  readonly file: string;
  readonly stateFolder: string;
}): void {
  try {
    using state = openState({ folder: beside, now: Date.now, random: () => randomBytes(8).toString("hex") });
    const wrong = state.checkLedger();
    if (wrong.length > 0)
      throw new VitrineError("cli/state-unreadable", { message: `The backup's ledger does not hold together at row ${wrong[0]}.` });
    const { list, last } = generationsHere(stateFolder, state);
    state.setGenerations(list);
    state.set(lastGeneration, String(last));
    state.append("restore", { generations: list.length });
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    throw new VitrineError(error.code, {
      message: error.message,
      place: file,
      remedy: "Name a file that `vitrine backup` wrote; what was there is as it was.",
    });
  }
}

/**
 * Generations are what lies on this disk and which slots the source holds for it: the state that is there knows that better than an
 * older one, after which copies (with history that nothing else has) would be deleted and slots be kept by the source for ever. Where it
 * cannot be read, folders of copies that the backup does not know are given up with their slots.
 */
function generationsHere(stateFolder: string, restored: State): { readonly list: readonly Generation[]; readonly last: number } {
  const known = Number(restored.get(lastGeneration) ?? 0);
  const current = readableState(stateFolder);
  if (current !== undefined) return { list: current.list, last: Math.max(known, current.last) };
  const list = restored.generations();
  const numbers = generationsIn(join(stateFolder, "mirror")).filter((number) => list.every((one) => one.number !== number));
  const unknown = numbers.map((number): Generation => {
    return { number, role: "retiring", slot: slotName(restored.installation, number), reason: "restore", createdAt: Date.now() };
  });
  return { list: [...list, ...unknown], last: Math.max(known, ...numbers) };
}

/** undefined: there is none, it cannot be read, or it knows of no generation. */
function readableState(folder: string): { readonly list: readonly Generation[]; readonly last: number } | undefined {
  if (!existsSync(join(folder, "state.sqlite"))) return undefined;
  try {
    using state = openState({ folder, now: Date.now, random: () => randomBytes(8).toString("hex") });
    const list = state.generations();
    return list.length === 0 ? undefined : { list, last: Number(state.get(lastGeneration) ?? 0) };
  } catch {
    return undefined;
  }
}

function fileOf(context: CommandContext): string {
  const [file] = context.positionals;
  if (file === undefined) throw new VitrineError("cli/usage", { message: "Name the file." });
  return isAbsolute(file) ? file : resolve(context.workingFolder, file);
}
