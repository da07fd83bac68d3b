/** What a person is told of looking into stores: that nobody has for long, which is no proof that nothing is there. */
import type { AlarmMessage } from "./alarm-message.ts";
import type { Asset } from "../asset.ts";
import { here } from "../asset.ts";

/** `sinceMs`: of the last time that all of it was counted, or of its declaration; `because`: why it could not be, the last time. */
export function lookMessage(
  event: "look-overdue" | "looked-again",
  { name, owner }: Pick<Asset, "name" | "owner">,
  { sinceMs, atMs, because }: { readonly sinceMs: number; readonly atMs: number; readonly because?: string | undefined },
): AlarmMessage {
  const alarm = lookAlarmOf(name, sinceMs);
  const since = new Date(sinceMs).toISOString();
  const isOverdue = event === "look-overdue";
  return {
    alarm,
    id: `${alarm}.${event}`,
    event,
    severity: isOverdue ? "warning" : "info",
    asset: name,
    owner,
    vantage: here,
    seen: "unknown",
    since,
    at: new Date(atMs).toISOString(),
    summary: isOverdue ? `${name}: nobody has looked what is in it since ${since}` : `${name}: what is in it is looked at again`,
    details: isOverdue ? [because === undefined ? "It was not tried." : `The last try ended with: ${because}.`] : [],
    remedy: isOverdue
      ? [
          `Run \`vitrine guard look ${name}\` by hand: it says what is wrong. \`vitrine run\` looks by itself each hour, by the login in the file that \`look:\` names.`,
        ]
      : [],
  };
}

export function lookAlarmOf(asset: string, sinceMs: number): string {
  return `${asset}.look.${Math.round(sinceMs)}`;
}
