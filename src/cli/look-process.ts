/**
 * Looks into one store with its own login, and ends: started each hour by the supervisor, in a process that holds this login alone. What it found
 * stands in the state; whether it is told is the watch's work.
 */
import { randomUUID } from "node:crypto";
import { createLog } from "../lib/log.ts";
import type { Config } from "./config.ts";
import { guardProcess, plainError } from "./failure.ts";
import { VitrineError } from "../model/error.ts";
import { declaredIn, loginFileOf } from "./guard/declared.ts";
import { lookNoteOf, noteLook } from "./guard/looks/look-notes.ts";
import { lookOnce } from "./guard/looks/look-once.ts";
import { authorizationOf } from "./guard/looks/store-login.ts";
import { firstChannels } from "./guard/alarms/told-first.ts";
import type { State } from "./state.ts";
import { openState } from "./state.ts";

/** An hour, and not a quarter more: whoever starts us does so each quarter of an hour. */
const everyMs = 55 * 60_000;

const log = createLog({
  write: (line) => process.stderr.write(line),
  format: process.env["VITRINE_LOG"] === "text" ? "text" : "json",
  process: "look",
  nowMs: Date.now,
});

async function main(): Promise<void> {
  process.umask(0o077);
  guardProcess({ onFailure: (plain) => log("error", "look-failed", { ...plain }), exit: (code) => process.exit(code) });
  const stop = (): void => process.exit(1);
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
  const config = JSON.parse(process.argv[2] ?? "{}") as Omit<Config, "choices">; // eslint-disable-line -- from our own supervisor
  const name = process.argv[3] ?? "";
  using state = openState({ folder: config.stateFolder, now: Date.now, random: () => randomUUID().replaceAll("-", "") });
  const goodAt = lookNoteOf(state, name)?.goodAt;
  // A clock that was set back does not put it off.
  if (goodAt !== undefined && Date.now() - goodAt < everyMs && goodAt <= Date.now()) return;
  try {
    await look(name, config, state);
  } catch (error) {
    const plain = plainError(error);
    noteLook(state, name, { atMs: Date.now(), because: plain.code });
    log("error", "look-failed", { asset: name, ...plain });
  }
}

async function look(name: string, config: Omit<Config, "choices">, state: State): Promise<void> {
  const asset = declaredIn(config.configFile).assets.find((one) => one.name === name);
  // Taken out of the file in the meantime.
  if (asset?.look === undefined) return;
  const header = authorizationOf(loginFileOf(asset, config));
  if (header === undefined)
    throw new VitrineError("guard/store-login", { message: "The file with the store's login is not there.", place: asset.look });
  const found = await lookOnce(asset, { header, state, channels: firstChannels(state) });
  const because = found.find(({ notCounted }) => notCounted !== undefined)?.notCounted;
  log(because === undefined ? "info" : "warn", "looked", { asset: name, ...(because === undefined ? {} : { reason: because }) });
}

try {
  await main();
  process.exit(0);
} catch (error) {
  log("error", "look-failed", { ...plainError(error) });
  process.exit(1);
}
