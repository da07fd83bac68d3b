/** One node of Elasticsearch or OpenSearch with a configuration of its own, and two made-up documents in the index `users`. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import type { Distribution } from "./distributions.ts";
import { homeOf, javaHome } from "./distributions.ts";
import { account, freePort, serverFolder, startProcess, untilReady } from "./process.ts";

/** The only user there is; the hash is of this password (bcrypt). */
const user = { name: "tester", password: "made-up" } as const;
export const userName = user.name;
export const passwordHash = "$12$QnQHEFFfEMIICNMkUpD3ceFCjfkgzQ7hS8yCEgZ.yMdSrlxu4va4y";

export interface Node extends AsyncDisposable {
  readonly port: number;
  readonly version: string;
  /** Status of an answer to somebody without a login. */
  status(path: string): Promise<number>;
}

export interface NodeOptions {
  readonly distribution: Distribution;
  /** Default: the distribution as it was published. */
  readonly home?: string;
  /** Beside those that every node has. */
  readonly settings: Readonly<Record<string, string>>;
  /** Files of the configuration folder, beside those of the distribution. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hasLogin?: boolean;
  readonly hasTls?: boolean;
}

const startLimitMs = 180_000;
/** A node that has just started on a busy machine takes its time for the first documents. */
const answerLimitMs = 30_000;

export async function startNode(options: NodeOptions): Promise<Node> {
  const { distribution, home = homeOf(distribution), hasTls = false, hasLogin = false } = options;
  const product = distribution.startsWith("elasticsearch") ? "elasticsearch" : "opensearch";
  const [port, folder] = [await freePort(), serverFolder(product)];
  configure(
    folder,
    home,
    product,
    { ...options.settings, "http.port": `${port}`, "transport.port": `${await freePort()}` },
    options.files ?? {},
  );
  const prefix = product === "elasticsearch" ? "ES" : "OPENSEARCH";
  const server = startProcess({
    command: [join(home, "bin", product)],
    folder,
    env: {
      [`${prefix}_PATH_CONF`]: join(folder, "config"),
      [`${prefix}_JAVA_HOME`]: javaHome(distribution),
      [`${prefix}_JAVA_OPTS`]: "-Xms512m -Xmx512m",
      [`${prefix}_TMPDIR`]: join(folder, "tmp"),
    },
  });
  const ask = (path: string, login: boolean, body?: string): Promise<Answer> => http({ port, path, login, tls: hasTls, body });
  await untilReady(
    server,
    async () => (await ask("/_cluster/health?wait_for_status=yellow&timeout=1s", hasLogin)).status === 200,
    startLimitMs,
  );
  try {
    return {
      port,
      version: await filled(ask, hasLogin),
      status: async (path) => (await ask(path, false)).status,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Stores the documents; the node's version. */
async function filled(ask: (path: string, login: boolean, body?: string) => Promise<Answer>, hasLogin: boolean): Promise<string> {
  const documents = [1, 2].map((id) => `{"index":{"_index":"users","_id":"${id}"}}\n{"email":"made-up-${id}@example.org"}\n`).join("");
  const stored = await ask("/_bulk?refresh=true", hasLogin, documents);
  if (stored.status !== 200) throw new Error(`the fixture's documents were not stored: status ${stored.status}`);
  const nodes = JSON.parse((await ask("/_nodes/_local?filter_path=nodes.*.version", hasLogin)).body) as {
    readonly nodes: Readonly<Record<string, { readonly version: string }>>;
  };
  return Object.values(nodes.nodes)[0]?.version ?? "?";
}

function configure(
  folder: string,
  home: string,
  product: string,
  settings: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): void {
  const config = join(folder, "config");
  cpSync(join(home, "config"), config, { recursive: true });
  for (const name of ["data", "logs", "tmp"]) mkdirSync(join(folder, name));
  // Java's own logs would go to the distribution's folder, which is not the server's to write to.
  const options = readFileSync(join(config, "jvm.options"), "utf8");
  writeFileSync(
    join(config, "jvm.options"),
    options
      .split("\n")
      .filter((line) => !line.includes("logs/"))
      .join("\n"),
  );
  const all = {
    "cluster.name": "made-up",
    "node.name": "a",
    "network.host": "127.0.0.1",
    "discovery.type": "single-node",
    "path.data": join(folder, "data"),
    "path.logs": join(folder, "logs"),
    ...settings,
  };
  writeFileSync(
    join(config, `${product}.yml`),
    Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
  );
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(config, name, ".."), { recursive: true });
    writeFileSync(join(config, name), text);
  }
  const { uid, gid } = account();
  if (uid !== undefined) spawnSync("chown", ["-R", `${uid}:${gid}`, folder]);
}

interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly body: string;
}

async function http(options: {
  readonly port: number;
  readonly path: string;
  readonly login: boolean;
  readonly tls: boolean;
  readonly body: string | undefined;
}): Promise<Answer> {
  const { port, path, login, tls, body } = options;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const request = (tls ? tlsRequest : plainRequest)({
    host: "127.0.0.1",
    port,
    path,
    method: body === undefined ? "GET" : "POST",
    agent: false,
    rejectUnauthorized: false,
    headers: body === undefined ? {} : { "content-type": "application/x-ndjson" },
    ...(login ? { auth: `${user.name}:${user.password}` } : {}),
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
