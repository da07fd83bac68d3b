/**
 * vitrine vantage: goes to its watch, for ever, and says what it sees. Nothing listens here, nothing is kept here but the key and the watch's
 * fingerprint, and without a watch nothing is checked.
 */
import type { KeyObject } from "node:crypto";
import { backoffMs } from "../../lib/backoff.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { IsAllowed } from "../../guard/vantages/remote-asset.ts";
import type { FromVantage, FromWatch } from "../../guard/vantages/vantage-messages.ts";
import { fromWatch, lineMax, protocol } from "../../guard/vantages/vantage-messages.ts";
import { VitrineError } from "../../model/error.ts";
import { Channel } from "./channel.ts";
import { dial } from "./dial.ts";
import type { Doubt, KeptCheckpoint } from "./kept-checkpoint.ts";
import { Outlook } from "./outlook.ts";

export interface VantageOptions {
  readonly watch: { readonly host: string; readonly port: number; readonly fingerprint: string };
  readonly name: string;
  readonly key: KeyObject;
  /** Of an invitation; it is needed until the watch knows the key. */
  readonly code: string | undefined;
  readonly isAllowed: IsAllowed;
  readonly allowed: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether it is with its watch, each time that it comes or goes. */
  readonly onWatch: (isThere: boolean) => void;
  readonly checkpoint: KeptCheckpoint;
  readonly onDoubt: (what: Doubt) => void;
}

/** Without a word of the watch for so long the connection is none. */
const silenceMs = 20_000;
const backoff = { firstMs: 500, maxMs: 30_000 };

/** Ends when the signal says so. Throws guard/vantage-code where the watch refuses to enrol it. */
export async function runVantage(options: VantageOptions): Promise<void> {
  const { watch, key, clock, random, log, signal } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const dialled = await dial(watch, key, signal);
    if (dialled.tag === "connected") {
      const ended = await converse(dialled.socket, options);
      if (ended === "welcome") attempt = 0;
      if (ended === "code") throw new VitrineError("guard/vantage-code", { message: "The watch does not take this invitation." });
    } else if (dialled.tag === "stranger") log("error", "what answers there is not the watch: its key is another", { to: placeOf(watch) });
    else if (!signal.aborted) log("warn", "the watch is not reached", { to: placeOf(watch), reason: dialled.because });
    await clock.sleep(backoffMs({ ...backoff, attempt, random }), signal);
    attempt += 1;
  }
}

/** Until the connection ends: whether it was welcome, and if not, why. */
async function converse(
  socket: Parameters<typeof talk>[0],
  options: VantageOptions,
): Promise<"welcome" | "protocol" | "code" | "name" | "none"> {
  const { signal, onWatch, log } = options;
  const talking = talk(socket, options);
  const stop = (): void => talking.channel.close();
  signal.addEventListener("abort", stop, { once: true });
  await talking.channel.closed;
  signal.removeEventListener("abort", stop);
  talking.end();
  const ended = talking.ended();
  if (ended === "welcome") {
    onWatch(false);
    if (!signal.aborted) log("warn", "the watch has gone");
  } else log("warn", "the watch refuses this vantage", { reason: ended });
  return ended;
}

function talk(socket: ConstructorParameters<typeof Channel>[0], options: VantageOptions) {
  const { name, code, clock, random, log, isAllowed, allowed, onWatch, checkpoint, onDoubt } = options;
  let ended: "welcome" | "protocol" | "code" | "name" | "none" = "none";
  const outlook = new Outlook({ clock, random, log, isAllowed, allowed, send: (message) => channel.send(message) });
  const take = (message: FromWatch): boolean => {
    silence.refresh();
    switch (message.tag) {
      case "welcome":
        ended = "welcome";
        onWatch(true);
        log("info", "with the watch", { vantage: name });
        channel.send({ tag: "kept", size: checkpoint.size } satisfies FromVantage);
        return true;
      case "refused":
        ended = message.why;
        return false;
      case "list":
        return outlook.list(message);
      case "beat":
        void outlook.beat(message.beat);
        return true;
      case "look":
        outlook.look(message.asset);
        return true;
      case "checkpoint": {
        const what = takenBy(checkpoint, message, log);
        if (what !== undefined) onDoubt(what);
        channel.send((what === undefined ? { tag: "kept", size: checkpoint.size } : { tag: "doubt", what }) satisfies FromVantage);
        return true;
      }
    }
  };
  const channel = new Channel(socket, lineMax, (message) => {
    const read = fromWatch.safeParse(message);
    return read.success && take(read.data);
  });
  const silence = setTimeout(() => channel.close(), silenceMs);
  channel.send({ tag: "hello", protocol, name, ...(code === undefined ? {} : { code }) });
  const end = (): void => {
    clearTimeout(silence);
    outlook[Symbol.dispose]();
  };
  return { channel, end, ended: () => ended };
}

/** Where there is no room for it the vantage goes on with the one in memory. */
function takenBy(checkpoint: KeptCheckpoint, message: Extract<FromWatch, { readonly tag: "checkpoint" }>, log: Log): Doubt | undefined {
  try {
    return checkpoint.take(message);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    log("error", "a checkpoint of the watch's ledger cannot be kept", { code: error.code, file: error.place });
    return undefined;
  }
}

function placeOf({ host, port }: VantageOptions["watch"]): string {
  return `${host}:${port}`;
}
