/** vitrine guard watch: the watch, its journal and its delivery together, in one process that needs no server. */
import { systemClock } from "../../lib/clock.ts";
import { crashHook } from "../../lib/crash-points.ts";
import type { Asset } from "../../guard/asset.ts";
import type { Seen } from "../../guard/ladder.ts";
import { cycleMs, watch } from "../../guard/watch.ts";
import type { CommandContext } from "../commands/command.ts";
import { lockState } from "../lock.ts";
import { signals } from "../run.ts";
import { stateFromJson } from "./asset-state.ts";
import { declaredAssets, stateHere } from "./declared.ts";
import { deliver, webhookChannel } from "./deliver.ts";
import { keep } from "./journal.ts";
import { webhookReceiver } from "./receiver.ts";
import { reportJson, reportText } from "./texts.ts";

/** Ends with a signal. */
export async function watchAssets(context: CommandContext): Promise<number> {
  const assets = declaredAssets(context);
  const config = context.config();
  const receiver = webhookReceiver(config);
  using _lock = lockState(config.stateFolder, "guard", 0);
  using state = stateHere(context);
  const { stop: signal } = signals();
  const crash = crashHook(context.environment["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL"));
  const rows = new Map(state.guard.assets().map((row) => [row.asset, row]));
  const seen = new Map<string, Seen>([...rows].map(([name, row]) => [name, row.seen as Seen])); // eslint-disable-line -- written by keep alone
  state.append("guard-watch", { event: "begun", assets: assets.length });
  say(context, beginning(assets, receiver !== undefined));
  const watching = watch({
    assets,
    clock: systemClock,
    random: Math.random,
    signal,
    stateOf: (name) => {
      const row = rows.get(name);
      return row === undefined ? undefined : stateFromJson(row.state);
    },
    tell: (report) => {
      const before = seen.get(report.asset.name);
      const now = keep(report, { state, channels: receiver === undefined ? [] : [webhookChannel], before, crash });
      seen.set(report.asset.name, now);
      if (now !== before || report.events.length > 0) say(context, reportText(report, now, context), { ...reportJson(report), seen: now });
    },
  });
  const failed = ({ because, tries }: { readonly because: string; readonly tries: number }): void =>
    context.log("warn", "an alarm was not delivered; it is tried again", { reason: because, tries });
  await Promise.all([
    watching,
    receiver === undefined ? undefined : deliver({ guard: state.guard, receiver, clock: systemClock, signal, crash, onFailure: failed }),
  ]);
  // What nobody watched is nobody's proof: the gap stands in the ledger.
  state.append("guard-watch", { event: "ended" });
  return 0;
}

function beginning(assets: readonly Asset[], isTold: boolean): string {
  const fast = assets.filter(({ profile }) => profile === "fast").length;
  const count = `${assets.length} ${assets.length === 1 ? "asset" : "assets"}, ${fast} of them every ${cycleMs.fast / 1000} s, the others every ${cycleMs.standard / 1000} s.`;
  return `watching ${count}${isTold ? "" : " Alarms go to nobody but this terminal: set --webhook."}\n`;
}

function say(context: CommandContext, forPerson: string, value?: object): void {
  if (!context.json) context.terminal.out(forPerson);
  else if (value !== undefined) context.terminal.out(`${JSON.stringify(value)}\n`);
}
