/**
 * What `npm start -- --incident` adds to the demonstration: the metrics cluster with the careless copy of its database, which the guard watches,
 * and a receiver of its alarms. Everything of it is gone when the demonstration ends.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { carelessCopy, indexName, mapping } from "../../../examples/incident/careless-copy.ts";
import { must } from "../../lib/assert.ts";
import type { Terminal } from "../commands/command.ts";
import { packageRoot } from "../config.ts";
import { integer } from "../render.ts";
import { writeSecret } from "../secret-file.ts";
import type { Receiver } from "./incident/receiver.ts";
import { openReceiver } from "./incident/receiver.ts";
import { Cluster } from "./search/cluster.ts";
import { elasticsearch } from "./search/distribution.ts";

export const assetName = "metrics-cluster";

export interface Incident extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly receiver: Receiver;
  /** The example's own, and the cluster as an asset. */
  readonly configFile: string;
  readonly webhookSecretFile: string;
}

export interface IncidentOptions {
  /** Of the example's main database. */
  readonly url: string;
  readonly folder: string;
  readonly secretsFolder: string;
  readonly terminal: Terminal;
  readonly stop: AbortSignal;
}

/** Throws cli/no-java, cli/no-elasticsearch. */
export async function prepareIncident({ url, folder, secretsFolder, terminal, stop }: IncidentOptions): Promise<Incident> {
  await using made = new AsyncDisposableStack();
  terminal.error("Starting Elasticsearch, protected …\n");
  const cluster = made.use(await Cluster.start(await elasticsearch(join(folder, "servers"))));
  const started = performance.now();
  const stored = await cluster.store(indexName, mapping, async (put) =>
    carelessCopy({ url, put, signal: stop, onProgress: progressOn(terminal) }),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  terminal.error(`${terminal.isTerminal ? "\r\u001b[K" : ""}Somebody has copied ${integer(stored)} users into it, in ${seconds} s.\n`);
  const receiver = made.use(await openReceiver());
  const webhookSecretFile = join(secretsFolder, "webhook.secret");
  writeSecret(webhookSecretFile, `${receiver.secret}\n`);
  const configFile = join(folder, "vitrine.yaml");
  writeFileSync(configFile, configurationOf(cluster.port));
  made.defer(() => rmSync(configFile, { force: true }));
  const owned = made.move();
  return { cluster, receiver, configFile, webhookSecretFile, [Symbol.asyncDispose]: async () => owned.disposeAsync() };
}

/** What is there, as `examples/smart-home/vitrine.yaml` says it, and the cluster. */
function configurationOf(port: number): string {
  const example = readFileSync(join(packageRoot(), "examples/smart-home/vitrine.yaml"), "utf8");
  const today = must(new Date().toISOString().split("T")[0], "day");
  return `${example}
assets:
  ${assetName}:
    owner: data platform
    url: elasticsearch://127.0.0.1:${port}
    data: [${indexName}]
    allows: [user.device.model]
    person: user_id
    authorised: { by: the demonstration, on: ${today} }
    expect: auth-required
    profile: fast
# What else listens on this machine is none of the demonstration's.
listeners: off
`;
}

function progressOn(terminal: Terminal): (done: number, total: number) => void {
  let shownAt = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - shownAt < (terminal.isTerminal ? 200 : 5_000)) return;
    shownAt = now;
    const words = `Copying users into it: ${integer(done)} of ${integer(total)}`;
    terminal.error(terminal.isTerminal ? `\r\u001b[K${words}` : `${words}\n`);
  };
}
