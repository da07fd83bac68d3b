/**
 * Our own limit on what the source keeps of its log for us: beyond it our slot is dropped, whatever reader, pipe and store are doing.
 * So it has a connection of its own, begins before anything else does, and needs nobody's answer. It holds only while we live;
 * max_slot_wal_keep_size is what holds without us.
 */
import type { Clock } from "../../lib/clock.ts";
import { VitrineError } from "../../model/error.ts";
import type { SlotStatus } from "../../policy/safe.ts";
import type { Session } from "../../source/session.ts";
import type { SlotState } from "../../source/slot.ts";
import { cutOffSlot, readSlot } from "../../source/slot.ts";

const lookEveryMs = 1_000;
/** A source that is away is asked less often; what it keeps for us does not grow meanwhile. */
const retryMs = 3_000;

export interface SlotGuardOptions {
  /** The stream's slot; the temporary ones of a verification and of a proof begin with its name. */
  readonly slot: string;
  readonly temporarySlots: readonly string[];
  /** Throws a VitrineError while source or configuration are not there. `limitBytes` undefined: the source's own limit is all there is. */
  readonly open: () => Promise<{ readonly session: Session; readonly limitBytes: number | undefined }>;
  readonly clock: Clock;
}

export class SlotGuard {
  readonly #options: SlotGuardOptions;
  #dropping: Promise<VitrineError | undefined> | undefined;

  constructor(options: SlotGuardOptions) {
    this.#options = options;
  }

  /** Runs until the stream's slot had to be dropped: returns source/slot-over-limit. */
  async run(): Promise<VitrineError> {
    const { clock, open } = this.#options;
    for (;;) {
      try {
        const { session, limitBytes } = await open();
        await using kept = session;
        const over = limitBytes === undefined ? undefined : await this.#watch(kept, limitBytes);
        if (over !== undefined) return over;
      } catch (error) {
        // A source that is away or refuses us is the reader's to report.
        if (!(error instanceof VitrineError)) throw error;
      }
      await clock.sleep(retryMs);
    }
  }

  /** What a failure of the stream is to be called: dropping its slot ends it with some code of a connection. */
  async reasonFor(error: unknown): Promise<unknown> {
    return (await this.#dropping) ?? error;
  }

  async #watch(session: Session, limitBytes: number): Promise<VitrineError> {
    const { slot, temporarySlots, clock } = this.#options;
    for (;;) {
      const seen = await readSlot(session, slot);
      if (seen !== undefined && isOver(seen, limitBytes)) return await this.#drop(session, seen, limitBytes);
      for (const name of temporarySlots) {
        const temporary = await readSlot(session, name);
        if (temporary !== undefined && isOver(temporary, limitBytes)) await cutOffSlot(session, name);
      }
      await clock.sleep(lookEveryMs);
    }
  }

  async #drop(session: Session, { name, retainedBytes }: SlotState, limitBytes: number): Promise<VitrineError> {
    const over = new VitrineError("source/slot-over-limit", {
      message: `The source kept ${megabytes(retainedBytes)} of its log for the slot ${name}, more than our limit of ${megabytes(limitBytes)}: the slot was dropped.`,
      place: name,
    });
    const work = cutOffSlot(session, name).then(() => over);
    this.#dropping = work.catch(() => undefined);
    return work;
  }
}

/** GB as PostgreSQL counts them: 2^30 bytes. */
export function walLimitBytes(limitGb: number | undefined): number | undefined {
  return limitGb === undefined ? undefined : limitGb * 2 ** 30;
}

/** With our own limit beside the source's: `safeBytes` is what may still be written before either of them. */
export function slotStatus({ name, retainedBytes, safeBytes, walStatus }: SlotState, limitBytes: number | undefined): SlotStatus {
  const left = limitBytes === undefined ? [] : [Math.max(0, limitBytes - retainedBytes)];
  const safe = [...left, ...(safeBytes === undefined ? [] : [safeBytes])];
  return { name, retainedBytes, safeBytes: safe.length === 0 ? undefined : Math.min(...safe), walStatus };
}

function isOver(slot: SlotState, limitBytes: number): boolean {
  return slot.ours && slot.retainedBytes > limitBytes;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}
