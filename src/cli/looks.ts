/**
 * Starts the looks into stores whose login is declared, one after another: a process each, which finds by itself whether its hour has come. It is
 * asked each quarter of an hour, so that one that failed is tried again soon.
 */
import { lookMaxMs } from "./guard/looks/look-notes.ts";
import type { Child } from "./supervisor.ts";

export interface LooksOptions {
  /** Names of the assets that are to be looked into, as the file says now. */
  readonly assets: () => readonly string[];
  readonly start: (asset: string) => Child;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: (event: string, fields: Readonly<Record<string, string | number>>) => void;
  readonly signal: AbortSignal;
}

/** The watch first: what is open is more urgent than what is inside. */
const firstMs = 10_000;
const everyMs = 15 * 60_000;
/** It ends by itself when its own time is over, and says so; one that hangs is not waited for. */
const limitMs = lookMaxMs + 60_000;

/** Ends when the signal says so, and with it the one that looks. */
export async function keepLooking({ assets, start, sleep, log, signal }: LooksOptions): Promise<void> {
  await sleep(firstMs, signal);
  while (!signal.aborted) {
    for (const asset of assets()) {
      if (signal.aborted) break;
      await lookOnce(asset);
    }
    await sleep(everyMs, signal);
  }

  async function lookOnce(asset: string): Promise<void> {
    const child = start(asset);
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const ended = await Promise.race([
      child.ended.then((end) => {
        over.abort();
        return end;
      }),
      sleep(limitMs, either).then(() => undefined),
    ]);
    if (ended?.code === 0) return;
    if (ended === undefined) child.kill("SIGKILL");
    const { code, signal: killed } = await child.ended;
    if (!signal.aborted) log("look-ended", { asset, exitCode: code ?? -1, signal: killed ?? "" });
  }
}
