/** plan, apply and detach: what an administrator's connection is needed for. The address is kept nowhere. */
import { existsSync, readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { VitrineError } from "../../model/error.ts";
import { estimateMetrics, sizesFrom } from "../../metrics/estimate.ts";
import type { MetricEstimate } from "../../metrics/estimate.ts";
import { applyPlan, readDistinct, readPlanFacts, runDetach } from "../../policy/apply.ts";
import type { CompiledPolicy } from "../../policy/compile.ts";
import { compilePolicy, tablesNeeded, tablesOfInventory } from "../../policy/compile.ts";
import type { Declaration } from "../../policy/declaration.ts";
import { parseDeclaration } from "../../policy/declaration.ts";
import type { DetachPlan } from "../../policy/detach.ts";
import { planDetach } from "../../policy/detach.ts";
import type { SourcePlan } from "../../policy/plan.ts";
import { planSource } from "../../policy/plan.ts";
import { readSizes } from "../../policy/sizes.ts";
import type { Catalog } from "../../source/catalog.ts";
import { readCatalog } from "../../source/catalog-read.ts";
import type { Finding } from "../../source/preflight.ts";
import { preflight } from "../../source/preflight.ts";
import type { Session, Source } from "../../source/session.ts";
import type { Config } from "../config.ts";
import { readDemoInfo } from "../config.ts";
import { adminConnection } from "../credentials.ts";
import { readerRole, sourceAt, splitName, wishFor } from "../reader/prepare.ts";
import { requireWritableSecret, writeSecret } from "../secret-file.ts";
import { openState } from "../state.ts";
import { integer } from "../render.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { isSet, print } from "./command.ts";
import { planText } from "./plan-text.ts";

interface Planned {
  readonly plan: SourcePlan;
  readonly compiled: CompiledPolicy;
  readonly catalog: Catalog;
  readonly findings: readonly Finding[];
  readonly cuboids: readonly MetricEstimate[];
}

export const plan: Command = {
  name: "plan",
  summary: "what would be set up at the source, what becomes readable, what stays; changes nothing",
  usage: "",
  help: `Reads vitrine.yaml and the source's catalog (as the administrator in VITRINE_ADMIN_URL) and prints the exact SQL that apply would
run, every column that becomes readable and how, every column that stays and what it is, what the snapshot costs the source, how
large each rollup becomes, which questions have none, and whatever would break writes, fill a disk or weaken privacy. It changes
nothing. Numbers come from the source's own statistics; of rows it only counts the lists that rules \`values: from\` name.

  VITRINE_ADMIN_URL=postgres://postgres@localhost/shop vitrine plan

Exit code 1: something blocks.`,
  options: {},
  settings: ["config", "acceptUnlimitedWalGb"],
  async run(context) {
    const config = context.config({ needsFile: true });
    declarationOf(config);
    await using session = await adminSession(context);
    const planned = await makePlan(session.session, session.source, config);
    const { compiled: _compiled, catalog: _catalog, ...shown } = planned;
    print(context, { ...shown, warnings: planned.compiled.warnings }, () => planText(planned, context.terminal));
    return planned.findings.some((finding) => finding.blocking) ? 1 : 0;
  },
};

export const apply: Command = {
  name: "apply",
  summary: "set the source up: role, column grants, publication; twice changes nothing",
  usage: "",
  help: `Runs what \`vitrine plan\` prints, in one transaction, as the administrator in VITRINE_ADMIN_URL (used once, kept nowhere). A new
reader's role gets a random password, written to a file of mode 0600 outside the state folder (see \`vitrine config\`, passwordFile).
A second apply finds nothing to do. A Vitrine that runs on the same state folder takes the file up at once: another policy is followed by
another generation of the copy.

  --new-password   give the role a new password, also when it has one`,
  options: { "new-password": { type: "boolean", help: "give the reader's role a new password" } },
  settings: ["config", "state", "passwordFile", "acceptUnlimitedWalGb"],
  async run(context) {
    const config = context.config({ needsFile: true });
    declarationOf(config);
    await using admin = await adminSession(context);
    const done = await applyOnce({ ...admin, config, newPassword: isSet(context, "new-password") });
    const takenUp = await tellServer(context);
    print(context, { ran: done.ran, passwordFile: done.password === undefined ? undefined : config.passwordFile, takenUp }, () =>
      applyText(done, config, takenUp),
    );
    return 0;
  },
};

export const detach: Command = {
  name: "detach",
  summary: "take everything of ours out of the source again",
  usage: "",
  help: `Removes our replication slots (or the source keeps its log for ever), publications, row-security policies and the reader's role, as
the administrator in VITRINE_ADMIN_URL. Stop \`vitrine run\` first. The copy stays in the state folder until you delete that.

  --dry-run   print what would be run`,
  options: { "dry-run": { type: "boolean", help: "print what would be run" } },
  settings: ["config", "state"],
  async run(context) {
    const config = context.config({ needsFile: true });
    const declaration = declarationOf(config);
    await using admin = await adminSession(context);
    const catalog = await readCatalog(admin.session, { tables: tablesNeeded(declaration).map(splitName), role: readerRole });
    using state = openState({ folder: config.stateFolder, now: Date.now, random: () => randomBytes(8).toString("hex") });
    const detachPlan = planDetach(catalog, { readerRole, slotPrefix: `vitrine_${state.installation}_` });
    const statements = [...detachPlan.slots, ...detachPlan.statements];
    if (isSet(context, "dry-run")) {
      print(context, detachPlan, () => statements.map((one) => `-- ${one.why}\n${one.sql};\n`).join("") + remarks(detachPlan.findings));
      return 0;
    }
    const done = await runDetach(admin.session, detachPlan);
    state.append("detach", { statements: done.ran });
    const left = detachPlan.findings.filter((one) => one.class === "disk");
    const end = left.length === 0 ? "nothing of ours is left at the source" : "but this is left at the source";
    print(context, { ...done, left }, () => `${integer(done.ran)} statements were run; ${end}.\n${remarks(left)}`);
    return 0;
  },
};

function remarks(findings: DetachPlan["findings"]): string {
  return findings.map((one) => `${one.what}\n  do: ${one.remedy}\n`).join("");
}

/** Plans and applies; writes a new password to its file and the act to the ledger. Throws the first finding that blocks. */
export async function applyOnce(options: {
  readonly session: Session;
  readonly source: Source;
  readonly config: Config;
  readonly newPassword: boolean;
}): Promise<{ readonly ran: number; readonly password: string | undefined }> {
  const { session, source, config } = options;
  const planned = await makePlan(session, source, config);
  const blocking = planned.findings.find((finding) => finding.blocking);
  if (blocking !== undefined)
    throw new VitrineError(blocking.code, { message: blocking.message, place: blocking.place, remedy: blocking.remedy });
  const newPassword = options.newPassword || planned.catalog.role === undefined || !existsSync(config.passwordFile);
  if (newPassword) requireWritableSecret(config.passwordFile);
  const done = await applyPlan(session, planned.plan, { readerRole, newPassword, random: (count) => randomBytes(count) });
  if (done.password !== undefined) writeSecret(config.passwordFile, `${done.password}\n`);
  using state = openState({ folder: config.stateFolder, now: Date.now, random: () => randomBytes(8).toString("hex") });
  if (done.ran > 0 || done.password !== undefined)
    state.append("apply", {
      statements: done.ran,
      policyHash: planned.compiled.schema.policyHash,
      newPassword: done.password !== undefined,
    });
  return done;
}

type Admin = AsyncDisposable & { readonly session: Session; readonly source: Source };

/** Asked before the database is: what is wrong with the file needs no address. */
function declarationOf(config: Config): Declaration {
  return parseDeclaration(readFileSync(config.configFile, "utf8"), config.configFile);
}

async function adminSession(context: CommandContext): Promise<Admin> {
  const demo = context.config().choices.source.origin === "demonstration" ? readDemoInfo(context.workingFolder)?.adminUrl : undefined;
  return openAdmin(adminConnection(context.environment, demo), context.environment);
}

export async function openAdmin(address: string, environment: CommandContext["environment"]): Promise<Admin> {
  const url = new URL(address);
  if (url.password === "" && environment["PGPASSWORD"] !== undefined) url.password = encodeURIComponent(environment["PGPASSWORD"]);
  if (url.username === "") url.username = encodeURIComponent(userInfo().username);
  const source = await sourceAt(url.toString(), "vitrine admin");
  const session = await source.openSql();
  return { source, session, [Symbol.asyncDispose]: async () => session.close() };
}

async function makePlan(session: Session, source: Source, config: Config): Promise<Planned> {
  const declaration = declarationOf(config);
  const needed = tablesNeeded(declaration);
  const looked = [...new Set([...needed, ...tablesOfInventory(declaration)])];
  const catalog = await readCatalog(session, { tables: looked.map(splitName), role: readerRole });
  const known = await readDistinct(session, needed);
  const compiled = compilePolicy(declaration, catalog, { distinct: (schema, name, column) => known.get(`${schema}.${name}.${column}`) });
  const facts = await readPlanFacts(session, { readerRole, tables: needed });
  const wish = await wishFor({
    compiled,
    catalog,
    source,
    session,
    stage: "plan",
    role: readerRole,
    slotPrefix: "vitrine_",
    acceptUnlimitedWalGb: config.acceptUnlimitedWalGb ?? declaration.limits.acceptUnlimitedWalGb,
  });
  const sizes = sizesFrom(await readSizes(session, compiled, catalog));
  return {
    plan: planSource(compiled, catalog, { readerRole, facts }),
    compiled,
    catalog,
    findings: preflight(catalog, wish),
    cuboids: estimateMetrics(declaration, sizes),
  };
}

/** Does a running Vitrine take up the file? False also when none runs here. */
async function tellServer(context: CommandContext): Promise<boolean> {
  try {
    using server = await connectServer(context);
    const { changed } = (await server.ask("reload")) as unknown as { readonly changed: boolean }; // eslint-disable-line -- our own server's answer
    return changed;
  } catch (error) {
    // What was to be done at the source is done; one that runs elsewhere notices it by itself.
    if (error instanceof VitrineError) return false;
    throw error;
  }
}

function applyText(done: { readonly ran: number; readonly password: string | undefined }, config: Config, takenUp: boolean): string {
  const password = done.password === undefined ? "" : `The reader's password is in ${config.passwordFile} (mode 0600).\n`;
  return `${done.ran === 0 ? "The source was as it should be: nothing was run." : `${integer(done.ran)} statements were run.`}\n${password}${takenUp ? "The Vitrine that runs takes up the changed file.\n" : ""}`;
}
