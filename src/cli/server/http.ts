/** Starts the HTTP thread and tells when it listens. */
import { extname, join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Backend } from "../../api/backend.ts";
import type { GuardEvent } from "../../api/contract.ts";
import { cellsText } from "../../api/cells-text.ts";
import type { Address } from "../../api/listen.ts";
import type { OidcSettings } from "../../api/oidc.ts";
import type { SessionEntry } from "../../api/sessions.ts";
import type { TokenEntry } from "../../api/tokens.ts";
import type { Log } from "../../lib/log.ts";
import type { Answer } from "../../metrics/answer.ts";
import { errorFrom } from "../failure.ts";
import type { HttpWorkerData, HttpWorkerMessage, HttpWorkerOrder } from "../http-worker.ts";
import { serveCalls } from "./calls.ts";

export interface Http {
  readonly urls: readonly string[];
  setTokens(tokens: readonly TokenEntry[]): void;
  /** By the hash under which it is kept: the next request with its cookie is refused. */
  endSession(sha256: string): void;
  tellGuardEvent(event: GuardEvent): void;
}

/** As the backend, but that cells go from thread to thread as text. */
export type ThreadBackend = Omit<Backend, "answer"> & {
  answer(...asked: Parameters<Backend["answer"]>): Promise<{ readonly envelope: Answer; readonly cells: string }>;
};

/** Throws what listening threw, e.g. cli/port-in-use. */
export async function startHttp(options: {
  readonly backend: Backend;
  readonly addresses: readonly Address[];
  readonly hosts: readonly string[];
  readonly version: string;
  readonly tokens: readonly TokenEntry[];
  readonly sessions: readonly SessionEntry[];
  readonly oidc: OidcSettings | undefined;
  readonly webFolder: string;
  readonly log: Log;
  readonly onDeath: () => void;
}): Promise<Http> {
  const { port1, port2 } = new MessageChannel();
  const backend: ThreadBackend = {
    ...options.backend,
    answer: async (question, rights) => {
      const answer = await options.backend.answer(question, rights);
      return { envelope: { ...answer, cells: [] }, cells: cellsText(answer) };
    },
  };
  serveCalls(port1, backend);
  const workerData: HttpWorkerData = {
    calls: port2,
    addresses: options.addresses,
    hosts: options.hosts,
    version: options.version,
    tokens: options.tokens,
    sessions: options.sessions,
    oidc: options.oidc,
    webFolder: options.webFolder,
  };
  const file = join(import.meta.dirname, "..", `http-worker${extname(import.meta.filename)}`);
  const worker = new Worker(file, { workerData, transferList: [port2], resourceLimits: { maxOldGenerationSizeMb: 128 } });
  const urls = Promise.withResolvers<readonly string[]>();
  worker.on("message", (message: HttpWorkerMessage) => {
    switch (message.tag) {
      case "listening":
        urls.resolve(message.urls);
        return;
      case "failed":
        urls.reject(errorFrom(message.error));
        return;
      case "event":
        options.log(message.event.level, message.event.event, { code: message.event.code, status: message.event.status });
    }
  });
  worker.on("error", () => options.onDeath());
  worker.on("exit", () => options.onDeath());
  return {
    urls: await urls.promise,
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    setTokens: (tokens) => worker.postMessage({ tag: "tokens", tokens } satisfies HttpWorkerOrder),
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- as above
    endSession: (sha256) => worker.postMessage({ tag: "end-session", sha256 } satisfies HttpWorkerOrder),
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- as above
    tellGuardEvent: (event) => worker.postMessage({ tag: "guard-event", event } satisfies HttpWorkerOrder),
  };
}
