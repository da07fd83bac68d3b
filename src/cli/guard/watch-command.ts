/** vitrine guard watch: the watch on a terminal, by itself. */
import { crashHook } from "../../lib/crash-points.ts";
import type { Asset } from "../../guard/asset.ts";
import { cycleOf } from "../../guard/watch.ts";
import type { CommandContext } from "../commands/command.ts";
import { signals } from "../run.ts";
import { declaredHere } from "./declared.ts";
import { reportJson, reportText } from "./texts.ts";
import { runWatch } from "./watching.ts";

/** Ends with a signal. */
export async function watchAssets(context: CommandContext): Promise<number> {
  const declared = declaredHere(context);
  const { assets } = declared;
  const { stop: signal } = signals();
  await runWatch({
    config: context.config(),
    declared,
    log: context.log,
    crash: crashHook(context.environment["VITRINE_CRASH_AT"], () => process.kill(process.pid, "SIGKILL")),
    signal,
    onNews: (report, seen) => say(context, reportText(report, seen, context), { ...reportJson(report), seen }),
    onBegin: (isTold) => say(context, beginning(assets, isTold)),
  });
  return 0;
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
