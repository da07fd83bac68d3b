/** What a person is told of the ways out themselves: that one is tested, that one has delivered nothing for long, that it does again. */
import type { AlarmMessage } from "./alarm-message.ts";
import { here } from "../asset.ts";

/** Of the day's test; also sent by hand. */
export function testMessage(atMs: number): AlarmMessage {
  const at = new Date(atMs).toISOString();
  const alarm = `delivery.test.${Math.round(atMs)}`;
  return {
    ...common(at),
    alarm,
    id: alarm,
    event: "test",
    severity: "info",
    since: at,
    summary: "A test of Vitrine's alarms: nothing has happened, and you would have been told",
    details: [],
    remedy: [],
  };
}

/** `channel`: its name, e.g. `first:mail`. */
export function wayOutMessage(
  event: "way-out-lost" | "way-out-returned",
  { channel, sinceMs, atMs }: { readonly channel: string; readonly sinceMs: number; readonly atMs: number },
): AlarmMessage {
  const alarm = `delivery.${channel}.${Math.round(sinceMs)}`;
  const since = new Date(sinceMs).toISOString();
  const isLost = event === "way-out-lost";
  return {
    ...common(new Date(atMs).toISOString()),
    alarm,
    id: `${alarm}.${event}`,
    event,
    severity: isLost ? "warning" : "info",
    since,
    summary: isLost ? `Alarms do not arrive by ${channel}, since ${since}` : `Alarms arrive by ${channel} again`,
    details: isLost ? ["They are kept, and sent when it takes them."] : [],
    remedy: isLost
      ? ["See whether the receiver answers, and whether its address and secret are still right: `vitrine guard test-delivery`."]
      : [],
  };
}

function common(at: string): Pick<AlarmMessage, "asset" | "owner" | "vantage" | "seen" | "at"> {
  return { asset: "delivery", owner: "the watch", vantage: here, seen: "unknown", at };
}
