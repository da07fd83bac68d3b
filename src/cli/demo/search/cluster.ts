/**
 * The metrics cluster of the demonstration: one node with the careless copy in it, which starts protected. `expose` is what the engineer did: the
 * same node over the same data without its protection.
 */
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { VitrineError } from "../../../model/error.ts";
import { freePort, serverFolder } from "../server-process.ts";
import type { Distribution } from "./distribution.ts";
import type { NodeState } from "./node.ts";
import { SearchNode } from "./node.ts";

const user = "operator";
const heapMb = 1_024;
const hashRounds = 10_000;

export class Cluster implements AsyncDisposable {
  readonly #node: SearchNode;
  readonly #protected: NodeState;
  readonly login: { readonly user: string; readonly password: string };

  private constructor(node: SearchNode, password: string) {
    this.#node = node;
    this.login = { user, password };
    this.#protected = {
      settings: { "xpack.security.enabled": "true", "xpack.security.transport.ssl.enabled": "false" },
      files: { users: `${user}:${hashOf(password)}\n`, users_roles: `superuser:${user}\n` },
      hasLogin: true,
    };
  }

  static async start({ home, javaHome }: Distribution): Promise<Cluster> {
    const password = randomBytes(18).toString("base64url");
    const node = new SearchNode({
      product: "elasticsearch",
      home,
      javaHome,
      folder: serverFolder("elasticsearch"),
      ports: { http: await freePort(), transport: await freePort() },
      heapMb,
      login: { user, password },
    });
    const cluster = new Cluster(node, password);
    try {
      await cluster.protect();
      return cluster;
    } catch {
      await node[Symbol.asyncDispose]();
      throw new VitrineError("cli/no-elasticsearch", { message: "The node did not start." });
    }
  }

  get port(): number {
    return this.#node.port;
  }

  async protect(): Promise<void> {
    await this.#node.start(this.#protected);
  }

  async expose(): Promise<void> {
    await this.#node.start({ settings: { "xpack.security.enabled": "false" } });
  }

  /** Makes the index anew, stores what `fill` puts, and makes it seen. Needs the protected node. */
  async store(index: string, mapping: object, fill: (put: (lines: string) => Promise<void>) => Promise<number>): Promise<number> {
    await this.#node.ask(`/${index}`, { method: "DELETE", login: true });
    await this.#must(`/${index}`, "PUT", JSON.stringify(mapping));
    const stored = await fill(async (lines) => {
      const { status, body } = await this.#node.ask(`/${index}/_bulk?filter_path=errors`, {
        login: true,
        body: lines,
        media: "application/x-ndjson",
      });
      if (status !== 200 || body !== '{"errors":false}') throw this.#refused(status);
    });
    await this.#must(`/${index}/_settings`, "PUT", '{"index":{"refresh_interval":"1s"}}');
    await this.#must(`/${index}/_refresh`, "POST", "");
    return stored;
  }

  /** Whether somebody without a login is told a number, or a name: what an independent observer tries. */
  async isOpen(): Promise<boolean> {
    const asked = ["/_count", "/_cat/indices?h=index"].map(async (path) => this.#node.ask(path, { login: false }));
    return (await Promise.all(asked)).some(({ status }) => status === 200);
  }

  async #must(path: string, method: string, body: string): Promise<void> {
    const { status } = await this.#node.ask(path, { method, login: true, body });
    if (status !== 200) throw this.#refused(status);
  }

  #refused(status: number): VitrineError {
    return new VitrineError("cli/no-elasticsearch", { message: `The node answered ${status} where the copy was to be stored.` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node[Symbol.asyncDispose]();
  }
}

/** As the file realm keeps it: PBKDF2 with HMAC-SHA512 over 32 bytes. */
function hashOf(password: string): string {
  const salt = randomBytes(32);
  const hash = pbkdf2Sync(password, salt, hashRounds, 32, "sha512");
  return `{PBKDF2}${hashRounds}$${salt.toString("base64")}$${hash.toString("base64")}`;
}
