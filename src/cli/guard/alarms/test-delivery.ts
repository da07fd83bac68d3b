/** vitrine guard test-delivery: one message by every way out, now, and whether each took it. */
import { testMessage } from "../../../guard/alarms/delivery-alarm.ts";
import type { CommandContext } from "../../commands/command.ts";
import { print } from "../../commands/command.ts";
import { table } from "../../render.ts";
import { declaredHere } from "../declared.ts";
import { waysOutOf } from "./receivers.ts";

/** Exit code: 0 all took it, 3 one did not, or there is none. */
export async function testDelivery(context: CommandContext): Promise<number> {
  const { receivers } = waysOutOf(context.config(), declaredHere(context));
  const message = testMessage(Date.now());
  const tried = await Promise.all(
    Object.entries(receivers).map(async ([channel, send]) => ({ channel, ...(await send(message, Date.now())) })),
  );
  print(context, tried, () =>
    tried.length === 0
      ? "There is no way out: set --webhook or --pagerduty, or write `oncall:`.\n"
      : table(
          ["way out", "", ""],
          tried.map((one) => [one.channel, one.tag, one.tag === "failed" ? one.because : ""]),
        ),
  );
  return tried.length > 0 && tried.every(({ tag }) => tag === "delivered") ? 0 : 3;
}
