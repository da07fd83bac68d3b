/** What was found at one of a store's places, where another of them shows less. */
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Asset } from "../../../guard/asset.ts";
import { targetOf } from "../../../guard/target.ts";
import type { State } from "../../state.ts";
import { openState } from "../../state.ts";
import { lookOnce } from "./look-once.ts";
import { lookNoteOf } from "./look-notes.ts";

let folder: string;
let state: State;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-look-once-"));
  state = openState({ folder, now: () => 1, random: () => "0123456789abcdef" });
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  state[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const uuid = "kX3ZyTrGQ8yQ2aXn3mXb7A";
const counted = {
  timed_out: false,
  _shards: { total: 1, successful: 1, failed: 0 },
  hits: { total: { value: 3 } },
  aggregations: { categories: { buckets: { c0: { doc_count: 3 } } } },
};

/** As behind a proxy that knows its store by the name alone; of its indices one is not for this login. */
function answerTo(host: string | undefined, url: string): object | undefined {
  if (host?.startsWith("localhost") !== true || url.includes("/secret/")) return undefined;
  if (url.includes("cluster_uuid")) return { cluster_uuid: uuid };
  if (url.includes("_field_caps")) return { fields: { email: { keyword: { searchable: true } } } };
  return url.includes("filter_path") ? counted : undefined;
}

async function open(): Promise<number> {
  server = createServer((request, response) => {
    const isKnown = request.headers.authorization !== undefined;
    const found = isKnown ? answerTo(request.headers.host, request.url ?? "") : undefined;
    response.writeHead(found === undefined ? 401 : 200, { "content-type": "application/json" }).end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("what is not allowed and was found by the name is an alarm, though by the bare address nothing is to be had", async () => {
  const target = targetOf(`elasticsearch://localhost:${await open()}/users,secret`);
  state.guard.setIdentities([{ asset: "es", target: target.label, kind: "cluster-uuid", value: uuid }], 1, {});
  const asset: Asset = { name: "es", owner: "p", targets: [target], profile: "standard", expectedAt: () => "auth-required" };
  const found = await lookOnce(asset, { header: "Basic eDp5", state, channels: [] });
  expect(found).toMatchObject([
    { dataSet: "users", records: { kind: "exact", value: 3 }, categories: [{ category: "user.contact.email", allowed: false }] },
    { dataSet: "secret", notCounted: "refused" },
  ]);
  expect(state.guard.alarms({ limit: 10, openOnly: true }).map(({ event }) => event)).toEqual(["holds-forbidden"]);
  expect(lookNoteOf(state, "es")).toMatchObject({ because: "refused" });
});
