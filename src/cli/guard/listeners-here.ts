/** Whoever listens on this machine, for the watch of stores that nobody has declared. Of the process' own network: containers have others. */
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import type { Judge, Report } from "../../guard/judge.ts";
import type { Listener } from "../../guard/listening.ts";
import { listenersOf } from "../../guard/listening.ts";
import { isUndeclared, watchListeners } from "../../guard/undeclared.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { systemCode } from "../../lib/system-code.ts";
import type { State } from "../state.ts";
import type { Declared } from "./declared.ts";

/** Files of the kernel's. */
export const listenersOfLinux: readonly string[] = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

/** Ends when the signal says so; where nothing can be looked for that is said. */
export async function watchListenersHere(options: {
  readonly declared: Declared;
  readonly state: Pick<State, "guard">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly judge: Judge;
  readonly tell: (report: Report) => void;
  readonly log: Log;
}): Promise<void> {
  const { declared, state, log, ...rest } = options;
  if (declared.listeners === "off" || process.platform !== "linux") {
    const why = declared.listeners === "off" ? "`listeners: off`" : "not on this system";
    log("info", `listeners that nobody declared are not looked for here: ${why}`);
    return;
  }
  await watchListeners({
    ...rest,
    listeners: listenersNow,
    ownAddresses,
    declared: declared.assets.flatMap(({ targets }) => targets),
    standing: state.guard
      .assets()
      .map(({ asset }) => asset)
      .filter(isUndeclared),
    onBlind: () => log("warn", "who listens here cannot be read: stores that nobody declared are not looked for"),
  });
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

async function listenersNow(): Promise<readonly Listener[]> {
  const [tcp4 = "", tcp6 = ""] = listenersOfLinux;
  // Where IPv6 is off there is no such file.
  const six = readListening(tcp6).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  });
  return [await readListening(tcp4), await six].flatMap(listenersOf);
}

const pieceBytes = 65_536;

/** Sockets that listen stand first (tcp_seq_start of the kernel): of a busy machine's many connections nothing is read. */
async function readListening(path: string): Promise<string> {
  await using file: FileHandle = await open(path, "r");
  let text = "";
  const piece = Buffer.alloc(pieceBytes);
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes);
    const more = piece.toString("latin1", 0, bytesRead);
    text += more;
    if (bytesRead === 0 || !/^[^\n]* 0A [0-9A-F]{8}:/m.test(more)) return text;
  }
}
