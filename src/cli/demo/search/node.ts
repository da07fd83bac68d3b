/**
 * One node of Elasticsearch or OpenSearch, with a configuration of its own over data that outlives it: stopped and started with other settings it
 * is what an engineer makes of a cluster at 16:40. Its port stays.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { join } from "node:path";
import { account, startProcess, untilReady } from "../server-process.ts";
import type { ServerProcess } from "../server-process.ts";

export interface NodeOptions {
  readonly product: "elasticsearch" | "opensearch";
  /** Of the distribution, and of the Java that it runs on. */
  readonly home: string;
  readonly javaHome: string;
  /** Its own: configuration, data, logs. Removed at the end. */
  readonly folder: string;
  readonly ports: { readonly http: number; readonly transport: number };
  readonly heapMb: number;
  readonly login: { readonly user: string; readonly password: string };
}

export interface NodeState {
  /** Beside those that every node has. */
  readonly settings: Readonly<Record<string, string>>;
  /** Files of the configuration folder, beside those of the distribution. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hasLogin?: boolean;
  readonly hasTls?: boolean;
}

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly login: boolean;
  readonly body?: string;
  readonly media?: string;
}

const startLimitMs = 180_000;
/** A node that has just started on a busy machine takes its time for the first documents. */
const answerLimitMs = 60_000;

export class SearchNode implements AsyncDisposable {
  readonly #options: NodeOptions;
  #state: NodeState = { settings: {} };
  #server: ServerProcess | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    for (const name of ["data", "logs", "tmp"]) mkdirSync(join(options.folder, name), { recursive: true });
  }

  get port(): number {
    return this.#options.ports.http;
  }

  /** Ready when this returns. A node that runs is ended before. */
  async start(state: NodeState): Promise<void> {
    await this.end();
    this.#state = state;
    configure(this.#options, state);
    const { product, home, javaHome, folder, heapMb } = this.#options;
    const prefix = product === "elasticsearch" ? "ES" : "OPENSEARCH";
    this.#server = startProcess({
      command: [join(home, "bin", product)],
      folder,
      keepsFolder: true,
      env: {
        [`${prefix}_PATH_CONF`]: join(folder, "config"),
        [`${prefix}_JAVA_HOME`]: javaHome,
        [`${prefix}_JAVA_OPTS`]: `-Xms${heapMb}m -Xmx${heapMb}m`,
        [`${prefix}_TMPDIR`]: join(folder, "tmp"),
      },
    });
    const health = { login: state.hasLogin === true };
    const isReady = async (): Promise<boolean> =>
      (await this.ask("/_cluster/health?wait_for_status=yellow&timeout=1s", health)).status === 200;
    await untilReady(this.#server, isReady, startLimitMs);
  }

  async end(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  async ask(path: string, asked: Asked): Promise<Answer> {
    const { method = asked.body === undefined ? "GET" : "POST", login, body, media = "application/json" } = asked;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const { user, password } = this.#options.login;
    const request = (this.#state.hasTls === true ? tlsRequest : plainRequest)({
      host: "127.0.0.1",
      port: this.port,
      path,
      method,
      agent: false,
      rejectUnauthorized: false,
      headers: body === undefined ? {} : { "content-type": media },
      ...(login ? { auth: `${user}:${password}` } : {}),
    });
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on("error", () => resolve({ status: 0, body: "" }));
    });
    request.on("error", () => resolve({ status: 0, body: "" }));
    request.setTimeout(answerLimitMs, () => request.destroy());
    request.end(body);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    rmSync(this.#options.folder, { recursive: true, force: true });
  }
}

function configure({ folder, home, product, ports }: NodeOptions, { settings, files = {} }: NodeState): void {
  const config = join(folder, "config");
  rmSync(config, { recursive: true, force: true });
  cpSync(join(home, "config"), config, { recursive: true });
  // Java's own logs would go to the distribution's folder, which is not the server's to write to.
  const options = readFileSync(join(config, "jvm.options"), "utf8");
  const kept = options.split("\n").filter((line) => !line.includes("logs/"));
  writeFileSync(join(config, "jvm.options"), kept.join("\n"));
  const all = {
    "cluster.name": "made-up",
    "node.name": "a",
    "network.host": "127.0.0.1",
    "http.port": `${ports.http}`,
    "transport.port": `${ports.transport}`,
    "discovery.type": "single-node",
    "path.data": join(folder, "data"),
    "path.logs": join(folder, "logs"),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(join(config, `${product}.yml`), lines.join(""));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(config, name, ".."), { recursive: true });
    writeFileSync(join(config, name), text);
  }
  const { uid, gid } = account();
  if (uid !== undefined) spawnSync("chown", ["-R", `${uid}:${gid}`, folder]);
}
