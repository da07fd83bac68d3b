import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import type { FromVantage } from "../../guard/vantages/vantage-messages.ts";
import { systemClock } from "../../lib/clock.ts";
import { Outlook } from "./outlook.ts";

/** The path of IPv4 with a control that listens on this host, called by this address. */
async function pathBy(host: string, allowed: readonly string[]): Promise<unknown> {
  const server = createServer((socket) => void socket.on("error", () => undefined).end());
  await new Promise<void>((done) => server.listen(0, "0.0.0.0", done));
  const heard: FromVantage[] = [];
  using outlook = new Outlook({
    clock: systemClock,
    random: Math.random,
    log: () => undefined,
    isAllowed: () => true,
    allowed,
    send: (message) => heard.push(message),
  });
  outlook.list({ tag: "list", assets: [], controls: [{ host, port: (server.address() as AddressInfo).port }] });
  await outlook.beat(1);
  server.close();
  const [alive] = heard;
  return alive?.tag === "alive" ? alive.paths.IPv4 : undefined;
}

test("a control on the vantage's own host proves no path, unless it was allowed by its address", async () => {
  expect(await pathBy("127.0.0.1", ["127.0.0.1"])).toBe("proven");
  expect(await pathBy("127.0.0.1", [])).not.toBe("proven");
  expect(await pathBy("localhost", ["localhost"])).not.toBe("proven");
  const [own] = Object.values(networkInterfaces()).flatMap((all = []) => all.filter((one) => one.family === "IPv4" && !one.internal));
  if (own !== undefined) expect(await pathBy(own.address, [])).not.toBe("proven");
});
