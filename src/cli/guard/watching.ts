/** vitrine guard watch: the watch, its journal and its delivery together, in one process that needs no server. */
import { systemClock } from "../../lib/clock.ts";
import { crashHook } from "../../lib/crash-points.ts";
import type { Asset } from "../../guard/asset.ts";
import { cycleOf, watch } from "../../guard/watch.ts";
import type { CommandContext } from "../commands/command.ts";
import { lockState } from "../lock.ts";
import { signals } from "../run.ts";
import { declaredAssets, stateHere } from "./declared.ts";
import type { DeliverOptions } from "./deliver.ts";
import { deliver } from "./deliver.ts";
import { beat } from "./heartbeat.ts";
import { GuardJournal } from "./journal.ts";
import { addressOf, receiversOf } from "./receivers.ts";
import { reportJson, reportText } from "./texts.ts";

/** What a list says of the last check is no older. */
const flushMs = 15_000;

/** Ends with a signal. */
export async function watchAssets(context: CommandContext): Promise<number> {
  const assets = declaredAssets(context);
  const config = context.config();
  const receivers = receiversOf(config);
  const channels = Object.keys(receivers);
  const heartbeat = config.heartbeat === undefined ? undefined : addressOf(config.heartbeat, "--heartbeat");
  using _lock = lockState(config.stateFolder, "guard", 0);
  using state = stateHere(context);
  const { stop: signal } = signals();
  const crash = crashHook(context.environment["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL"));
  const journal = new GuardJournal(state, channels, crash);
  state.append("guard-watch", { event: "begun", assets: assets.length });
  say(context, beginning(assets, channels.length > 0));
  let lastMs = systemClock.monotonicMs();
  const watching = watch({
    assets,
    clock: systemClock,
    random: Math.random,
    signal,
    stateOf: (name) => journal.stateOf(name),
    tell: (report) => {
      lastMs = systemClock.monotonicMs();
      const { seen, isNew } = journal.keep(report);
      if (isNew || report.events.length > 0) say(context, reportText(report, seen, context), { ...reportJson(report), seen });
    },
  });
  const failed: DeliverOptions["onFailure"] = ({ channel, because, tries }) =>
    context.log("warn", "an alarm was not delivered", { to: channel, reason: because, tries });
  await Promise.all([
    watching,
    flushing(journal, signal),
    deliver({ guard: state.guard, receivers, clock: systemClock, signal, crash, onFailure: failed }),
    heartbeat === undefined
      ? undefined
      : beat({
          url: heartbeat,
          clock: systemClock,
          signal,
          isAlive: () => systemClock.monotonicMs() - lastMs < 2 * Math.max(...assets.map(cycleOf)),
          onFailure: (because) => context.log("warn", "the heartbeat was not taken", { reason: because }),
        }),
  ]);
  // What nobody watched is nobody's proof: the gap stands in the ledger.
  state.append("guard-watch", { event: "ended" });
  return 0;
}

async function flushing(journal: GuardJournal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(flushMs, signal);
    journal.flush();
  }
}

function beginning(assets: readonly Asset[], isTold: boolean): string {
  const cycles = [...new Set(assets.map(cycleOf))].toSorted((a, b) => a - b);
  const counts = cycles.map((cycle) => `${assets.filter((asset) => cycleOf(asset) === cycle).length} every ${cycle / 1000} s`);
  return `watching ${counts.join(", ")}.${isTold ? "" : " Alarms go to nobody but this terminal: set --webhook or --pagerduty."}\n`;
}

function say(context: CommandContext, forPerson: string, value?: object): void {
  if (!context.json) context.terminal.out(forPerson);
  else if (value !== undefined) context.terminal.out(`${JSON.stringify(value)}\n`);
}
