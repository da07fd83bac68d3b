/** What happens by the clock: the nightly compaction, the verification by sample, the first weighing of small groups in a copy. */
import type { Log } from "../../lib/log.ts";
import type { MirrorStatus } from "../../mirror/mirror.ts";
import { erasureLimitMs } from "../../metrics/status-report.ts";
import { plainError } from "../failure.ts";
import type { Service } from "./service.ts";

const lookMs = 60_000;
const weighLookMs = 500;
const hourMs = 3_600_000;
/** A day before the limit it is done at any hour: a machine that sleeps at night must not miss it. */
const anyHourAfterMs = erasureLimitMs - 24 * hourMs;

export interface CompactionLook {
  readonly nowMs: number;
  /** Local hour, 0 to 23, in which it is done every night. */
  readonly hour: number;
  /** Microseconds, as the store keeps them. */
  readonly erasure: MirrorStatus["erasure"];
  /** The last attempt of this process, whatever became of it. */
  readonly triedAtMs: number | undefined;
}

/** In the hour, once, when there is something to erase; at any hour when that is old; after a failure not before an hour has passed. */
export function isCompactionDue({ nowMs, hour, erasure, triedAtMs }: CompactionLook): boolean {
  if (erasure.logicalSince === undefined) return false;
  if (triedAtMs !== undefined && nowMs - triedAtMs < hourMs) return false;
  if (nowMs - erasure.logicalSince / 1000 >= anyHourAfterMs) return true;
  const now = new Date(nowMs);
  const doneBefore = erasure.physicalAt === undefined || nowMs - erasure.physicalAt / 1000 >= hourMs;
  return now.getHours() === hour && doneBefore;
}

/** `hour`: local; a server that did not run then does it when it next sees that hour, or when it has become urgent. */
export function scheduleCompaction(options: {
  readonly service: Pick<Service, "compact" | "erasure">;
  readonly hour: number;
  readonly nowMs: () => number;
  readonly log: Log;
}): NodeJS.Timeout {
  const { service, hour, log } = options;
  let triedAtMs: number | undefined;
  const look = (): void => {
    const nowMs = options.nowMs();
    const { erasure } = service;
    if (erasure === undefined || !isCompactionDue({ nowMs, hour, erasure, triedAtMs })) return;
    triedAtMs = nowMs;
    service.compact().then(
      (done) => log("info", "compacted", { ...done }),
      (error: unknown) => log("error", "compaction-failed", { ...plainError(error) }),
    );
  };
  return setInterval(look, lookMs).unref();
}

/** `everyMs` 0: never. */
export function scheduleVerification(options: { readonly service: Service; readonly everyMs: number; readonly log: Log }): void {
  if (options.everyMs === 0) return;
  setInterval(() => {
    options.service.verify("sample", []).catch((error: unknown) => options.log("error", "verify-failed", { ...plainError(error) }));
  }, options.everyMs).unref();
}

/** So that the first page does not wait for it. */
export function scheduleWeighing(options: { readonly service: Pick<Service, "weigh">; readonly log: Log }): void {
  setInterval(() => {
    options.service.weigh().catch((error: unknown) => options.log("error", "weighing-failed", { ...plainError(error) }));
  }, weighLookMs).unref();
}
