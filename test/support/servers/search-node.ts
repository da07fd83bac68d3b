/** One node of Elasticsearch or OpenSearch with a configuration of its own, and two made-up documents in the index `users`. */
import { join } from "node:path";
import { SearchNode } from "../../../src/cli/demo/search/node.ts";
import type { NodeState } from "../../../src/cli/demo/search/node.ts";
import type { Distribution } from "./distributions.ts";
import { homeOf, javaHome } from "./distributions.ts";
import type { OwnLog } from "./fixture.ts";
import { logFile } from "./log-file.ts";
import { freePort, serverFolder } from "./process.ts";

/** The only user there is; the hash is of this password (bcrypt). */
const user = { name: "tester", password: "made-up" } as const;
export const userName = user.name;
export const passwordHash = "$12$QnQHEFFfEMIICNMkUpD3ceFCjfkgzQ7hS8yCEgZ.yMdSrlxu4va4y";

export interface Node extends AsyncDisposable {
  readonly port: number;
  readonly version: string;
  /** Every request to its HTTP port, from now on. */
  ownLog(): OwnLog;
  /** Status of an answer to somebody without a login. */
  status(path: string): Promise<number>;
  /** What an owner plants. */
  plant(): Promise<void>;
}

export interface NodeOptions extends NodeState {
  readonly distribution: Distribution;
  /** Default: the distribution as it was published. */
  readonly home?: string;
}

const heapMb = 512;

export async function startNode({ distribution, home = homeOf(distribution), ...state }: NodeOptions): Promise<Node> {
  const product = distribution.startsWith("elasticsearch") ? "elasticsearch" : "opensearch";
  const folder = serverFolder(product);
  const node = new SearchNode({
    product,
    home,
    javaHome: javaHome(distribution),
    folder,
    ports: { http: await freePort(), transport: await freePort() },
    heapMb,
    login: { user: user.name, password: user.password },
  });
  try {
    await node.start({ ...state, settings: { [`logger.org.${product}.http.HttpTracer`]: "TRACE", ...state.settings } });
    return {
      port: node.port,
      version: await filled(node, state.hasLogin === true),
      ownLog: () => logFile("HttpTracer", join(folder, "server.log"), requestOf),
      status: async (path) => (await node.ask(path, { login: false })).status,
      plant: () => store(node, state.hasLogin === true, `{"index":{"_index":"vitrine-canary","_id":"canary"}}\n{"proof":"made-up"}\n`),
      [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
    };
  } catch (error) {
    await node[Symbol.asyncDispose]();
    throw error;
  }
}

/** `[12][null][GET][/_count] received request from […]`. */
function requestOf(line: string): string | undefined {
  const [, method = "", path = ""] = /HttpTracer\b.*?\[\d+\]\[[^\]]*\]\[([A-Z]+)\]\[(.*?)\] received request from /.exec(line) ?? [];
  return method === "" ? undefined : `${method} ${path}`;
}

async function store(node: SearchNode, login: boolean, documents: string): Promise<void> {
  const stored = await node.ask("/_bulk?refresh=true", { login, body: documents, media: "application/x-ndjson" });
  if (stored.status !== 200) throw new Error(`the fixture's documents were not stored: status ${stored.status}`);
}

/** What is longer is in the record, and in no index: `exists` does not find it. */
const mappings = JSON.stringify({ mappings: { properties: { access_token: { type: "keyword", ignore_above: 16 } } } });
const people: readonly object[] = [
  { email: "made-up-1@example.org", access_token: "made-up-and-longer-than-what-is-indexed" },
  { email: "made-up-2@example.org" },
];

/** Stores the documents; the node's version. */
async function filled(node: SearchNode, login: boolean): Promise<string> {
  const { status } = await node.ask("/users", { login, method: "PUT", body: mappings });
  if (status !== 200) throw new Error(`the fixture's index was not made: status ${status}`);
  const documents = people.map((one, i) => `{"index":{"_index":"users","_id":"${i}"}}\n${JSON.stringify(one)}\n`).join("");
  await store(node, login, documents);
  const nodes = JSON.parse((await node.ask("/_nodes/_local?filter_path=nodes.*.version", { login })).body) as {
    readonly nodes: Readonly<Record<string, { readonly version: string }>>;
  };
  return Object.values(nodes.nodes)[0]?.version ?? "?";
}
