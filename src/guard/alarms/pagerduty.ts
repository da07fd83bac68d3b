/**
 * An alarm as an event of PagerDuty's Events API v2: `dedup_key` is the alarm, so that all of its messages are one incident there, and its end
 * resolves that.
 */
import type { AlarmMessage } from "./alarm-message.ts";
import { isOver } from "./alarm-message.ts";
import type { Delivery } from "./post.ts";
import { post } from "./post.ts";

export interface PagerDutyReceiver {
  readonly url: string;
  /** Of the service there: 32 characters, and a secret. */
  readonly routingKey: string;
}

export const pagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";

const severities = { page: "critical", warning: "warning", info: "info" } as const;
/** Longer ones are refused there. */
const summaryMax = 1_024;

export async function sendPagerDuty({ url, routingKey }: PagerDutyReceiver, message: AlarmMessage): Promise<Delivery> {
  const { severity, asset, owner, seen, since, at, summary, details, remedy } = message;
  const payload = {
    summary: summary.slice(0, summaryMax),
    source: asset,
    severity: severities[severity],
    timestamp: at,
    component: asset,
    group: owner,
    class: seen,
    custom_details: { since, details, remedy },
  };
  const event = {
    routing_key: routingKey,
    event_action: actionOf(message),
    dedup_key: message.alarm,
    client: "Vitrine",
    payload,
  };
  const sent = await post(url, {}, JSON.stringify(event));
  // A test is over when it has arrived.
  if (message.event !== "test" || sent.tag === "failed") return sent;
  return post(url, {}, JSON.stringify({ ...event, event_action: "resolve" }));
}

/** What could be read of a store that is closed by now would begin a second incident, which nothing ends. */
function actionOf({ event, severity }: AlarmMessage): "trigger" | "acknowledge" | "resolve" {
  if (event === "acknowledged") return "acknowledge";
  return isOver(event) || (event === "readable" && severity === "info") ? "resolve" : "trigger";
}
