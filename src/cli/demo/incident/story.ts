/**
 * The case, played on a real cluster: the guard has seen it protected, an engineer takes the protection off, the alarm arrives, what is readable
 * follows, the protection is put back, the closing is proven, and the ledger says all of it to anyone. Prints what happens, with the times.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { must } from "../../../lib/assert.ts";
import type { Terminal } from "../../commands/command.ts";
import { exportLines } from "../../ledger/export.ts";
import { parseVerifierKey, verifierKeyText } from "../../ledger/note.ts";
import { signingKey } from "../../ledger/signing-key.ts";
import { verifyExport } from "../../ledger/verify.ts";
import { paint, table } from "../../render.ts";
import type { State } from "../../state.ts";
import type { Cluster } from "../search/cluster.ts";
import { untilOpen, untilShut } from "./observer.ts";
import type { Receiver } from "./receiver.ts";

export interface StoryOptions {
  readonly terminal: Terminal;
  readonly cluster: Cluster;
  readonly receiver: Receiver;
  /** Of the assets. */
  readonly asset: string;
  /** To look into; the guard's own process writes it. */
  readonly state: State;
  readonly ledgerKeyFile: string;
  /** Where the proof goes. */
  readonly exportFile: string;
  readonly stop: AbortSignal;
}

const lookMs = 200;
/** For a look at the dashboard. */
const holdMs = 12_000;

/** False: it was stopped in between. */
export async function playStory(options: StoryOptions): Promise<boolean> {
  const { terminal, cluster, receiver, asset, stop } = options;
  const { red, green, dim } = paint(terminal.hasColour);
  const say = (text: string): void => terminal.error(`${dim(new Date().toISOString().slice(11, 23))}  ${text}\n`);
  if (!(await untilSeen(options, "auth-required"))) return false;
  say(`The guard has seen ${asset} as it should be: it asks for a login.`);
  say("An engineer turns the protection off (xpack.security.enabled: false) and starts the node again …");
  const told = receiver.arrived.length;
  const [openedMs, alarm] = await Promise.all([
    untilOpen(async () => cluster.isOpen(), stop),
    receiver.next("opened", asset, told, stop),
    cluster.expose(),
  ]);
  if (openedMs === undefined || alarm === undefined) return false;
  say(red(alarm.message.summary));
  for (const line of alarm.message.remedy) say(`Close it like this: ${line}`);
  // A node that has just started lists its indices before it can count what is in them.
  void receiver.next("worse", asset, told, stop).then((worse) => worse !== undefined && say(red(worse.message.summary)));
  const readable = await receiver.next("readable", asset, told, stop);
  if (readable === undefined) return false;
  for (const line of readable.message.details) say(line);
  say(`For ${holdMs / 1_000} seconds it stays open: the dashboard shows it under Exposure.`);
  await sleep(holdMs, undefined, { signal: stop }).catch(() => undefined);
  say("The protection is put back, and the node starts again …");
  const [shutMs, closed] = await Promise.all([
    untilShut(async () => cluster.isOpen(), stop),
    receiver.next("closed", asset, told, stop),
    cluster.protect(),
  ]);
  if (shutMs === undefined || closed === undefined) return false;
  say(green(closed.message.summary));
  say(proofOf(options, alarm.message));
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  terminal.out(
    table(
      ["what", "time"],
      [
        ["open (an observer's first success) → the alarm at its receiver", seconds(alarm.atMs - openedMs)],
        ["open → what is readable, counted, at its receiver", seconds(readable.atMs - openedMs)],
        ["shut (the observer's first refusal) → the closing, proven by three checks, at its receiver", seconds(closed.atMs - shutMs)],
        ["open in all", seconds(shutMs - openedMs)],
      ],
    ),
  );
  return true;
}

async function untilSeen({ state, asset, stop }: StoryOptions, seen: string): Promise<boolean> {
  while (!stop.aborted) {
    if (state.guard.sights().some((one) => one.asset === asset && one.seen === seen)) return true;
    await sleep(lookMs);
  }
  return false;
}

/** Writes the ledger out and verifies it as a stranger would. */
function proofOf({ state, ledgerKeyFile, exportFile }: StoryOptions, { alarm }: AlarmMessage): string {
  const key = signingKey(ledgerKeyFile);
  const origin = `vitrine-${state.installation}`;
  const lines = [...exportLines({ origin, entries: state.entries(), time: new Date().toISOString(), key })];
  writeFileSync(exportFile, lines.join(""), { mode: 0o600 });
  const verifier = verifierKeyText(origin, key);
  const { outcome, entries } = verifyExport(Buffer.from(lines.join("")), { key: must(parseVerifierKey(verifier), "verifying key") });
  const own = lines.filter((line) => line.includes(`"${alarm}"`)).length;
  return `The ledger is ${outcome}: ${entries} entries, ${own} of them of this alarm. Anyone can verify it: vitrine ledger verify ${exportFile} --verifier ${verifier}`;
}
