/** The server's HTTP thread: parses what comes from the network, asks the main thread, answers. It holds no store and no state. */
import { randomBytes } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { Backend } from "../api/backend.ts";
import { answerOf } from "../api/cells-text.ts";
import type { GuardEvent } from "../api/contract.ts";
import { Listeners } from "../api/listeners.ts";
import { openListener } from "../api/listen.ts";
import type { Address } from "../api/listen.ts";
import type { ApiEvent } from "../api/server.ts";
import type { OidcSettings } from "../api/oidc.ts";
import { Sessions } from "../api/sessions.ts";
import type { SessionEntry } from "../api/sessions.ts";
import type { TokenEntry } from "../api/tokens.ts";
import { must } from "../lib/assert.ts";
import { plainError } from "./failure.ts";
import type { PlainError } from "./messages.ts";
import { callsTo } from "./server/calls.ts";
import type { ThreadBackend } from "./server/http.ts";

export interface HttpWorkerData {
  readonly calls: MessagePort;
  readonly addresses: readonly Address[];
  readonly hosts: readonly string[];
  readonly version: string;
  readonly tokens: readonly TokenEntry[];
  readonly sessions: readonly SessionEntry[];
  readonly oidc: OidcSettings | undefined;
  readonly webFolder: string;
}

/** To the main thread. */
export type HttpWorkerMessage =
  | { readonly tag: "listening"; readonly urls: readonly string[] }
  | { readonly tag: "failed"; readonly error: PlainError }
  | { readonly tag: "event"; readonly event: ApiEvent };

/** From the main thread. */
export type HttpWorkerOrder =
  | { readonly tag: "tokens"; readonly tokens: readonly TokenEntry[] }
  | { readonly tag: "end-session"; readonly sha256: string }
  | { readonly tag: "guard-event"; readonly event: GuardEvent };

async function serve(port: MessagePort, data: HttpWorkerData): Promise<void> {
  const say = (message: HttpWorkerMessage): void => port.postMessage(message);
  let { tokens } = data;
  const sessions = new Sessions(data.sessions);
  const guardEvents = new Listeners<GuardEvent>();
  port.on("message", (order: HttpWorkerOrder) => {
    switch (order.tag) {
      case "tokens":
        tokens = order.tokens;
        return;
      case "end-session":
        sessions.end(order.sha256);
        return;
      case "guard-event":
        guardEvents.tell(order.event);
    }
  });
  const calls = callsTo<ThreadBackend>(data.calls, [
    "metrics",
    "answer",
    "status",
    "proof",
    "copy",
    "ready",
    "audit",
    "redeemCode",
    "openSession",
    "endSession",
    "guardAssets",
    "guardVerdicts",
    "guardAlarms",
    "acknowledgeAlarm",
    "guardWaiting",
  ]);
  const backend: Backend = {
    ...calls,
    answer: async (question, rights) => {
      const { envelope, cells } = await calls.answer(question, rights);
      return answerOf(envelope, cells);
    },
  };
  const options = {
    backend,
    hosts: data.hosts,
    tokens: () => tokens,
    sessions,
    ...(data.oidc === undefined ? {} : { oidc: data.oidc }),
    webFolder: data.webFolder,
    guardEvents,
    random: (count: number) => randomBytes(count),
    version: data.version,
    nowMs: Date.now,
    log: (event: ApiEvent) => say({ tag: "event", event }),
  };
  try {
    const urls: string[] = [];
    for (const address of data.addresses) urls.push((await openListener(options, address)).url);
    say({ tag: "listening", urls });
  } catch (error) {
    say({ tag: "failed", error: plainError(error) });
  }
}

await serve(must(parentPort, "main thread"), workerData as HttpWorkerData); // eslint-disable-line -- from server.ts alone
