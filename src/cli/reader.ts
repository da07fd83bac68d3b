/**
 * The reader's root: source and policy, nothing else. It holds the source's credential and the token keys; it opens no port, writes
 * no file, starts no process, and what leaves it goes down the one pipe, treated. Anything that fails on the way ends the process:
 * the supervisor starts a new one, which begins at the last committed position.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { backoffMs } from "../lib/backoff.ts";
import { systemClock } from "../lib/clock.ts";
import type { CrashHook } from "../lib/crash-points.ts";
import { crashHook } from "../lib/crash-points.ts";
import { createLog } from "../lib/log.ts";
import type { Log } from "../lib/log.ts";
import { errorCodes } from "../model/error-codes.ts";
import type { ErrorCode } from "../model/error-codes.ts";
import { VitrineError } from "../model/error.ts";
import { parseDeclaration } from "../policy/declaration.ts";
import type { Declaration } from "../policy/declaration.ts";
import { createTreater } from "../policy/treat.ts";
import type { Epoch } from "../source/epoch.ts";
import { parseEpoch } from "../source/epoch.ts";
import type { Session } from "../source/session.ts";
import { dropSlot } from "../source/slot.ts";
import type { Config } from "./config.ts";
import { keysInEnvironment } from "./config.ts";
import { sourceConnection } from "./credentials.ts";
import { guardProcess, plainError } from "./failure.ts";
import { readerExit } from "./messages.ts";
import type { ReaderMode } from "./messages.ts";
import { copyAll, readerStatus } from "./reader/copy.ts";
import type { AcceptEpoch } from "./reader/follow.ts";
import { follow } from "./reader/follow.ts";
import { ServerLink } from "./reader/link.ts";
import type { Prepared } from "./reader/prepare.ts";
import { prepare, sourceAt } from "./reader/prepare.ts";
import { Prover } from "./reader/prover.ts";
import { SlotGuard, walLimitBytes } from "./reader/slot-guard.ts";
import { TroubleReport } from "./reader/trouble.ts";
import { verifySource, VerifyGate } from "./reader/verify.ts";

interface ReaderArguments {
  readonly config: Omit<Config, "choices">;
  readonly generation: number;
  readonly slot: string;
  readonly mode: ReaderMode;
}

const retryFirstMs = 200;
const retryMaxMs = 5_000;
/** For a last word to a server that may not be listening. */
const sayMs = 2_000;
let isEnding = false;

async function main(): Promise<void> {
  const given = JSON.parse(process.argv[2] ?? "{}") as ReaderArguments; // eslint-disable-line -- from our own supervisor
  const log = createLog({
    write: (line) => process.stderr.write(line),
    format: process.env["VITRINE_LOG"] === "text" ? "text" : "json",
    process: `reader-${given.generation}`,
    nowMs: Date.now,
  });
  guardProcess({ onFailure: (error) => log("error", "failed", { ...error }), exit: (code) => process.exit(code) });
  process.on("SIGTERM", () => process.exit(readerExit.finished));
  const crash = crashHook(process.env["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL"));
  const link = new ServerLink(new Socket({ fd: 3, readable: true, writable: true }));
  // Without the server there is nothing to read for.
  void link.ended.then(() => process.exit(readerExit.failed));
  if (given.mode === "drop-slot") {
    await link.ready;
    return giveBack({ given, link, log });
  }
  const guard = new SlotGuard({
    slot: given.slot,
    temporarySlots: [verifySlot(given), probeSlot(given)],
    open: async () => openGuarded(given),
    clock: systemClock,
  });
  void guard.run().then((over) => endWith(over, { link, log, guard }));
  await link.ready;
  await run({ given, link, log, crash, guard });
}

function verifySlot({ slot }: ReaderArguments): string {
  return `${slot}_verify`;
}

function probeSlot({ slot }: ReaderArguments): string {
  return `${slot}_probe`;
}

/** For the guard: a session, and our limit as it stands in the configuration now. */
async function openGuarded({ config }: ReaderArguments): Promise<{ readonly session: Session; readonly limitBytes: number | undefined }> {
  const url = sourceConnection({ sourceUrl: config.sourceUrl, passwordFile: config.passwordFile, environment: process.env });
  const limitGb = acceptedWalGb(config, parseDeclaration(readFileSync(config.configFile, "utf8"), config.configFile));
  const source = await sourceAt(url, "vitrine slot guard");
  return { session: await source.openSql(), limitBytes: walLimitBytes(limitGb) };
}

interface Talking {
  readonly link: ServerLink;
  readonly log: Log;
  readonly guard?: SlotGuard;
}

interface Running extends Talking {
  readonly given: ReaderArguments;
  readonly crash: CrashHook;
  readonly guard: SlotGuard;
}

async function run(running: Running): Promise<never> {
  const { given, link, log, crash, guard } = running;
  const prepared = await untilPrepared(running);
  const treater = createTreater(prepared.compiled, prepared.keys, prepared.values);
  const trouble = new TroubleReport(treater, link);
  const gate = new VerifyGate();
  const prover = new Prover({ prepared, link, log, clock: systemClock, probeSlot: probeSlot(given) });
  let accept: AcceptEpoch = () => undefined;
  serveRequests({ ...running, prepared, treater, gate, prover, accept: (...verified) => accept(...verified) });
  const { systemIdentifier, timeline } = prepared.catalog;
  await link.send({
    tag: "hello",
    schema: prepared.compiled.schema,
    systemIdentifier,
    timeline,
    slot: given.slot,
    rules: Object.fromEntries(prepared.values),
    sizes: prepared.sizes,
  });
  crash("reader-after-hello");
  const { from } = await link.start;
  const stored = from.tag === "stream" ? parseEpoch(from.epoch) : undefined;
  try {
    const begin =
      from.tag === "stream" && stored !== undefined
        ? { lsn: from.lsn, at: from.at, epoch: stored }
        : await copyAll({ prepared, treater, link, slot: given.slot, crash, trouble });
    prover.soon();
    setInterval(() => prover.soon(), given.config.proveEveryMs);
    return await follow({
      prepared,
      treater,
      link,
      slot: given.slot,
      from: begin.lsn,
      fromAt: begin.at,
      epoch: begin.epoch,
      clock: systemClock,
      nonce: randomUUID,
      crash,
      trouble,
      gate,
      onAccept: (handler) => {
        accept = handler;
      },
      onPrivileges: () => prover.soon(),
      isPolicyChanged: () => isPolicyChanged(given, prepared.compiled.schema.policyHash),
    });
  } catch (error) {
    return endWith(error, { link, log, guard });
  }
}

/** Tells the server why, then ends; the server decides whether a new generation is needed, the supervisor when to start again. */
async function endWith(failure: unknown, { link, log, guard }: Talking): Promise<never> {
  const plain = plainError(guard === undefined ? failure : await guard.reasonFor(failure));
  // Guard and stream end together; one of them says why.
  if (isEnding) await Promise.withResolvers().promise;
  isEnding = true;
  log("error", "reader-failed", { ...plain });
  // A pipe that nobody empties does not keep us; else the status is on its way, and the other end reads it before it sees the end.
  await Promise.race([
    link.send(readerStatus("failed", plain.message, { code: plain.code, remedy: plain.remedy })),
    systemClock.sleep(sayMs),
  ]);
  await systemClock.sleep(50);
  process.exit(exitOf(plain.code));
}

function exitOf(code: ErrorCode): number {
  if (code === "source/slot-over-limit") return readerExit.slotDropped;
  return errorCodes[code].retry ? readerExit.failed : readerExit.refused;
}

/** GB of the source's log that our slot may hold; undefined: the source's own limit is all there is. */
function acceptedWalGb(config: ReaderArguments["config"], { limits }: Declaration): number | undefined {
  return config.acceptUnlimitedWalGb ?? limits.acceptUnlimitedWalGb;
}

/** A file that does not parse is being written, or will be refused when it is applied. */
function isPolicyChanged({ config }: ReaderArguments, known: string): boolean {
  try {
    return parseDeclaration(readFileSync(config.configFile, "utf8"), config.configFile).policyHash !== known;
  } catch {
    return false;
  }
}

/** A source that is away, or that refuses us, is tried again for as long as it takes; `status` says why. */
async function untilPrepared({ given, link, log }: Running): Promise<Prepared> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await prepareOnce(given);
    } catch (error) {
      const plain = plainError(error);
      if (!(error instanceof VitrineError)) throw error;
      if (attempt === 0) log("warn", "reader-waits", { ...plain });
      const place = plain.place === undefined ? "" : ` (${plain.place})`;
      await link.send(
        readerStatus(errorCodes[plain.code].retry ? "connecting" : "refused", `${plain.message}${place}`, {
          code: plain.code,
          remedy: plain.remedy,
        }),
      );
      await systemClock.sleep(backoffMs({ attempt, firstMs: retryFirstMs, maxMs: retryMaxMs, random: Math.random }));
    }
  }
}

async function prepareOnce({ config, slot }: ReaderArguments): Promise<Prepared> {
  const url = sourceConnection({ sourceUrl: config.sourceUrl, passwordFile: config.passwordFile, environment: process.env });
  const declaration = parseDeclaration(readFileSync(config.configFile, "utf8"), config.configFile);
  return prepare({
    url,
    declaration,
    keysFile: config.keysFile,
    keysText: keysInEnvironment(process.env),
    slotPrefix: slot.replace(/\d+$/, ""),
    acceptUnlimitedWalGb: acceptedWalGb(config, declaration),
  });
}

interface Serving extends Running {
  readonly prepared: Prepared;
  readonly treater: ReturnType<typeof createTreater>;
  readonly gate: VerifyGate;
  readonly prover: Prover;
  readonly accept: AcceptEpoch;
}

function serveRequests(options: Serving): void {
  const { link, prepared, treater, gate, given, prover } = options;
  let busy = Promise.resolve();
  /** The catalog as it was at the position of the last whole verification. */
  let verified: Epoch | undefined;
  link.onRequest((request) => {
    if (request.tag === "stop") return process.exit(readerExit.finished);
    busy = busy.then(async () => {
      if (request.tag === "prove") return prover.answer(request.request);
      // After the verification that it speaks of, which is still closing its connections when the server knows the outcome.
      if (request.tag === "accept-epoch") return verified === undefined ? undefined : options.accept(verified, request.tables);
      verified = await verifySource({
        prepared,
        treater,
        link,
        gate,
        request: request.request,
        mode: request.mode,
        tables: request.tables,
        slot: verifySlot(given),
      });
    });
  });
}

/** A generation is over: what the source keeps for it is given back. */
async function giveBack({ given, link, log }: Talking & { readonly given: ReaderArguments }): Promise<void> {
  const { config, slot } = given;
  try {
    const source = await sourceAt(
      sourceConnection({ sourceUrl: config.sourceUrl, passwordFile: config.passwordFile, environment: process.env }),
      "vitrine reader",
    );
    await using session = await source.openSql();
    await dropSlot(session, slot);
  } catch (error) {
    // One of our name that is not ours keeps nothing for us, and is not ours to drop: there is nothing to try again.
    if (error instanceof VitrineError && error.code === "source/slot-foreign") log("warn", "slot-left", { ...plainError(error) });
    else return endWith(error, { link, log });
  }
  process.exit(readerExit.finished);
}

await main();
