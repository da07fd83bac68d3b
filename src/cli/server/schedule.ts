/** What happens by the clock: the nightly compaction and the verification by sample. */
import type { Log } from "../../lib/log.ts";
import { plainError } from "../failure.ts";
import type { Service } from "./service.ts";

const lookMs = 60_000;

/** Once a day, in the named local hour; a server that did not run then does it when it next sees that hour. */
export function scheduleCompaction(options: { readonly service: Service; readonly hour: number; readonly nowMs: () => number; readonly log: Log }): void {
  let lastDay = "";
  setInterval(() => {
    const now = new Date(options.nowMs());
    const day = now.toDateString();
    if (now.getHours() !== options.hour || day === lastDay) return;
    lastDay = day;
    options.service.compact().catch((error: unknown) => options.log("error", "compaction-failed", { ...plainError(error) }));
  }, lookMs).unref();
}

/** `everyMs` 0: never. */
export function scheduleVerification(options: { readonly service: Service; readonly everyMs: number; readonly log: Log }): void {
  if (options.everyMs === 0) return;
  setInterval(() => {
    options.service.verify("sample", []).catch((error: unknown) => options.log("error", "verify-failed", { ...plainError(error) }));
  }, options.everyMs).unref();
}
