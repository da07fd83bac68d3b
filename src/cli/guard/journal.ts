/** Keeps what a check came to: state, ledger and the alarms to be sent, in one transaction. Nothing is sent that is not kept. */
import type { CrashHook } from "../../lib/crash-points.ts";
import { alarmOf, messageOf } from "../../guard/alarm-message.ts";
import type { Seen } from "../../guard/ladder.ts";
import { worst } from "../../guard/ladder.ts";
import type { Report } from "../../guard/watch.ts";
import type { Json } from "../canonical-json.ts";
import type { State } from "../state.ts";
import { stateToJson } from "./asset-state.ts";

/** `before`: what was seen the last time; a verdict is an entry of the ledger when it is another. Returns what is seen now. */
export function keep(
  report: Report,
  options: { readonly state: State; readonly channels: readonly string[]; readonly before: Seen | undefined; readonly crash: CrashHook },
): Seen {
  const { state, channels, before, crash } = options;
  const asset = report.asset.name;
  const seen = worst(report.checks.map((check) => check.seen));
  const messages = report.events.flatMap((event) => messageOf(report, event) ?? []);
  const change = { asset, seen, is: report.is, before: before ?? null, places: placesOf(report) };
  crash("guard-before-kept");
  state.guard.record({
    asset,
    seen,
    at: report.atMs,
    state: stateToJson(report.state),
    entries: [
      ...(seen === before ? [] : [{ kind: "guard-verdict", body: change }]),
      ...report.events.map((event) => ({ kind: "guard-alarm", body: { ...event, asset, alarm: alarmOf(asset, event) } })),
    ],
    deliveries: messages.flatMap(
      (message) =>
        channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: JSON.parse(JSON.stringify(message)) as Json })), // eslint-disable-line -- plain data
    ),
  });
  crash("guard-after-kept");
  return seen;
}

function placesOf({ checks }: Report): Json {
  return checks.flatMap(({ target, rows }) =>
    rows.map(({ address, channel, calledBy, seen }) => ({ target, address, channel, by: calledBy, seen })),
  );
}
