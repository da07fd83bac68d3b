/**
 * vitrine guard alarms and acknowledge. They read and write the state itself: so they work beside a watch, beside a server, and where neither lives.
 * Who can write in the state folder is its owner.
 */
import { userInfo } from "node:os";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import type { Readable } from "../../../guard/readable/readable.ts";
import { readableText } from "../../../guard/readable/readable.ts";
import { VitrineError } from "../../../model/error.ts";
import type { CommandContext } from "../../commands/command.ts";
import { print } from "../../commands/command.ts";
import { paint } from "../../render.ts";
import type { AlarmRow } from "../../state/guard-rows.ts";
import { stateHere } from "../declared.ts";
import { sayWhoWatches } from "../listing.ts";

const alarmsMax = 500;

export function listAlarms(context: CommandContext): number {
  using state = stateHere(context);
  const alarms = state.guard.alarms({ limit: alarmsMax, openOnly: true });
  print(context, alarms, () => (alarms.length === 0 ? "No alarm stands.\n" : alarms.map((alarm) => alarmText(alarm, context)).join("\n")));
  sayWhoWatches(context, state);
  return 0;
}

export function acknowledge(context: CommandContext, id: string): number {
  using state = stateHere(context);
  const isNew = state.guard.acknowledge(id, { name: userInfo().username, role: "owner" }, Date.now());
  const alarm = state.guard.alarm(id);
  if (alarm === undefined)
    throw new VitrineError("guard/usage", {
      message: "There is no such alarm.",
      remedy: "`vitrine guard alarms` lists those that stand, with their names.",
    });
  print(context, alarm, () => (isNew ? "Acknowledged.\n" : `Acknowledged before, by ${alarm.acknowledgedBy ?? ""}.\n`));
  return 0;
}

function alarmText(
  { id, severity, since, acknowledgedBy, body, readable }: AlarmRow,
  { terminal }: Pick<CommandContext, "terminal">,
): string {
  const colours = paint(terminal.hasColour);
  const { summary = id, remedy = [] } = body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written by the journal alone
  const found = readable === undefined ? [] : readableText(readable as unknown as readonly Readable[]); // eslint-disable-line -- as above
  return [
    `${severity === "page" ? colours.red(severity) : colours.amber(severity)}  ${summary}`,
    `  alarm ${id}, since ${new Date(since).toISOString()}${acknowledgedBy === undefined ? "" : `, acknowledged by ${acknowledgedBy}`}`,
    ...found.map((line) => `  ${line}`),
    ...remedy.map((line) => `  do: ${line}`),
    "",
  ].join("\n");
}
