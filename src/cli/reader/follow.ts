/**
 * The stream: raw changes in, safe changes down the pipe; a batch is sent when the last one has committed, so that a slow store makes
 * larger batches and not a queue. Once a second the epoch is read, a message goes through the source's log, and when it comes
 * back the epoch is read again: only two readings equal to each other and to the stored one prove freshness.
 */
import type { Clock } from "../../lib/clock.ts";
import type { CrashHook } from "../../lib/crash-points.ts";
import { VitrineError } from "../../model/error.ts";
import type { Lsn } from "../../model/lsn.ts";
import type { EpochBreak, Micros, SafeChanges } from "../../policy/safe.ts";
import type { Treater } from "../../policy/treat.ts";
import type { Epoch, EpochDifference, EpochReader } from "../../source/epoch.ts";
import { acceptVerified, compareEpochs, formatEpoch, openEpochReader } from "../../source/epoch.ts";
import type { Session } from "../../source/session.ts";
import { readSlot } from "../../source/slot.ts";
import type { Stream } from "../../source/stream.ts";
import { openStream } from "../../source/stream.ts";
import { readerStatus } from "./copy.ts";
import type { ServerLink } from "./link.ts";
import type { Prepared } from "./prepare.ts";
import { slotStatus, walLimitBytes } from "./slot-guard.ts";
import type { TroubleReport } from "./trouble.ts";
import type { VerifyGate } from "./verify.ts";

const heartbeatMs = 1_000;
const beatsBetweenReminders = 10;
/** Slices of about 1 MiB; a larger transaction ends a verification, not the stream. */
const keptSlicesMax = 16;

export interface FollowOptions {
  readonly prepared: Prepared;
  readonly treater: Treater;
  readonly link: ServerLink;
  readonly slot: string;
  readonly from: Lsn;
  /** When the source committed `from`; undefined: it is the position of a snapshot. */
  readonly fromAt: Micros | undefined;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly nonce: () => string;
  readonly crash: CrashHook;
  readonly gate: VerifyGate;
  readonly trouble: TroubleReport;
  readonly onAccept: (handler: AcceptEpoch) => void;
  /** What the role may read has changed. */
  readonly onPrivileges: () => void;
  /** Is the policy in the file another one than ours? Asked while the catalog is not as it was: that may be its `vitrine apply`. */
  readonly isPolicyChanged: () => boolean;
}

/** The rows of these tables (none: all) were found equal at the position at which the catalog was `verified`. */
export type AcceptEpoch = (verified: Epoch, tables: readonly string[]) => void;

/** Runs until the source fails: then throws. */
export async function follow(options: FollowOptions): Promise<never> {
  const { prepared, link } = options;
  await using session = await prepared.source.openSql();
  const reader = await openEpochReader(session, {
    tables: prepared.compiled.sourceTables,
    publications: prepared.publications,
    systemIdentifier: prepared.catalog.systemIdentifier,
  });
  await using stream = await openStream({
    source: prepared.source,
    slot: options.slot,
    publications: prepared.publications,
    tables: prepared.compiled.sourceTables,
    from: options.from,
    fromAt: options.fromAt,
    nowMs: () => options.clock.nowMs(),
  });
  options.gate.bind((on) => stream.oneByOne(on));
  link.onAck((lsn) => stream.acknowledge(lsn));
  await link.send(readerStatus("streaming", "Following the source."));
  const heartbeat = new Heartbeat({ ...options, reader, session });
  options.onAccept((verified, tables) => heartbeat.accept(verified, tables));
  const over = new AbortController();
  try {
    await Promise.race([pump({ ...options, stream, heartbeat }), heartbeat.run(over.signal)]);
  } finally {
    over.abort();
  }
  throw new Error("bug: the stream ended without a failure");
}

/** A commit of the store that holds no changes: the position moves, so that an idle source's log can be thrown away. */
interface Position {
  readonly lsn: Lsn;
  readonly at: Micros;
}

async function pump(options: FollowOptions & { readonly stream: Stream; readonly heartbeat: Heartbeat }): Promise<void> {
  const { link, treater, stream, heartbeat, crash } = options;
  let sent = options.from;
  // While a verification waits for its position, a transaction is kept back until its commit says on which side of it it lies.
  let kept: SafeChanges[] = [];
  let isOpen = false;
  const sendKept = async (): Promise<void> => {
    for (const changes of kept) await link.sendData(changes);
    isOpen ||= kept.length > 0;
    kept = [];
  };
  const commit = async (position: Position, transactions: number, changes: number): Promise<void> => {
    if (position.lsn <= sent) return;
    sent = position.lsn;
    await options.gate.before({ lsn: position.lsn, isOpen });
    await sendKept();
    crash("reader-before-commit-sent");
    await link.send({ tag: "commit", lsn: position.lsn, at: position.at, transactions, changes });
    isOpen = false;
    await link.committed(position.lsn);
    crash("reader-after-ack");
  };
  for await (const event of stream) {
    switch (event.tag) {
      case "changes":
        kept.push(treater.changes(event.changes));
        if (options.gate.isActive && kept.length > keptSlicesMax) options.gate.giveUp();
        if (!options.gate.isActive) await sendKept();
        break;
      case "commit":
        await commit(event, event.transactions, event.changes);
        await options.trouble.send();
        break;
      case "heartbeat": {
        const at = heartbeat.returned(event.nonce);
        if (at === undefined) break;
        await commit({ lsn: event.lsn, at }, 0, 0);
        heartbeat.applied(event.nonce, event.lsn);
        break;
      }
      case "idle":
        // The heartbeat's own messages move the position once a second; more would be a commit of the store for nothing.
        break;
      case "relation-changed":
        await link.send({
          tag: "epoch-broken",
          breaks: [{ table: event.table, reason: "relation-changed", message: event.message, mend: { tag: "rebuild" } }],
        });
    }
  }
}

interface Beat {
  readonly nonce: string;
  readonly at: Micros;
  readonly epoch: Epoch;
  applied: Lsn | undefined;
}

type HeartbeatOptions = FollowOptions & { readonly reader: EpochReader; readonly session: Session };

class Heartbeat {
  readonly #options: HeartbeatOptions;
  #stored: Epoch;
  #beat: Beat | undefined;
  #nonce: string | undefined;
  #wake: (() => void) | undefined;
  /** undefined: nothing yet. What an earlier reader said of the store may be over. */
  #said: string | undefined;
  #saidAt = 0;
  #privileges = "[]";
  #beats = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#stored = options.epoch;
  }

  /** Taken over as it was when the rows were compared, not as it is now: what came after is judged by the next beat. */
  accept(verified: Epoch, tables: readonly string[]): void {
    this.#stored = acceptVerified(this.#stored, verified, tables);
  }

  /** The source's clock when this message was sent; undefined for a message that is not the one on its way. */
  returned(nonce: string): Micros | undefined {
    return this.#nonce === nonce ? (this.#beat?.at ?? this.#options.clock.nowMs() * 1000) : undefined;
  }

  /** The message came back and the store has committed up to `lsn`. */
  applied(nonce: string, lsn: Lsn): void {
    if (this.#nonce !== nonce) return;
    this.#early = lsn;
    if (this.#beat !== undefined) this.#beat.applied = lsn;
    this.#wake?.();
  }
  #early: Lsn | undefined;

  /** One beat after the other; throws when the source fails. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const started = clock.monotonicMs();
      await this.#once();
      await clock.sleep(Math.max(0, heartbeatMs - (clock.monotonicMs() - started)), signal);
    }
  }

  async #once(): Promise<void> {
    const { reader, nonce: makeNonce } = this.#options;
    const nonce = makeNonce();
    this.#nonce = nonce;
    this.#beat = undefined;
    this.#early = undefined;
    const { epoch, at } = await reader.beat(nonce);
    const beat: Beat = { nonce, at, epoch, applied: this.#early };
    this.#beat = beat;
    while (beat.applied === undefined) await this.#woken();
    await this.#judge(beat, await reader.read(), beat.applied);
    this.#beats += 1;
    if (this.#beats % 5 === 1) await this.#reportSlot();
  }

  async #woken(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }

  async #judge(beat: Beat, after: Epoch, lsn: Lsn): Promise<void> {
    const { link } = this.#options;
    const same = formatEpoch(beat.epoch) === formatEpoch(after);
    const differences = [...compareEpochs(this.#stored, beat.epoch), ...(same ? [] : compareEpochs(this.#stored, after))];
    const breaks = [...new Map(differences.map((one) => [JSON.stringify(one), one])).values()];
    await this.#say(breaks);
    if (breaks.length > 0 && this.#options.isPolicyChanged())
      throw new VitrineError("cli/config-changed", {
        message: "vitrine.yaml has another policy than at our start, and the source was changed.",
      });
    this.#noticePrivileges(breaks);
    // What is said of one table does not hold up the others; they are as fresh as this beat.
    const isOfAll = breaks.some((one) => one.table === "*" && one.concerns === "data");
    if (same && !isOfAll) await link.send({ tag: "proven", lsn, at: beat.at, epoch: formatEpoch(this.#stored) });
  }

  /** At once when it is news, and again from time to time: what was to be done about it may have failed. */
  async #say(breaks: readonly EpochBreak[]): Promise<void> {
    const said = JSON.stringify(breaks);
    const isReminder = breaks.length > 0 && this.#beats - this.#saidAt >= beatsBetweenReminders;
    if (said === this.#said && !isReminder) return;
    this.#said = said;
    this.#saidAt = this.#beats;
    await this.#options.link.send({ tag: "epoch-broken", breaks });
  }

  #noticePrivileges(differences: readonly EpochDifference[]): void {
    const privileges = JSON.stringify(differences.filter((one) => one.concerns === "privacy"));
    if (privileges !== this.#privileges) this.#options.onPrivileges();
    this.#privileges = privileges;
  }

  /** How much of its log the source keeps for us. */
  async #reportSlot(): Promise<void> {
    const slot = await readSlot(this.#options.session, this.#options.slot);
    if (slot === undefined) return;
    const limitBytes = walLimitBytes(this.#options.prepared.wish.acceptUnlimitedWalGb);
    await this.#options.link.send({ ...readerStatus("streaming", "Following the source."), slot: slotStatus(slot, limitBytes) });
  }
}
