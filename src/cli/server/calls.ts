/** Calls over a message port between the server's main thread and its HTTP thread: one question, one answer, VitrineErrors kept. */
import type { MessagePort } from "node:worker_threads";
import { errorFrom, plainError } from "../failure.ts";
import type { PlainError } from "../messages.ts";

interface Call {
  readonly id: number;
  readonly method: string;
  readonly arguments: readonly unknown[];
}
type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PlainError };

/** Any object of asynchronous functions. */
type Methods = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

export function serveCalls(port: MessagePort, methods: object): void {
  const table = methods as Methods; // eslint-disable-line -- the other side calls through the same interface
  port.on("message", (call: Call) => {
    const method = Object.hasOwn(table, call.method) ? table[call.method] : undefined;
    void (async () => {
      try {
        if (method === undefined) throw new Error("bug: a call of no such name");
        port.postMessage({ id: call.id, value: await method(...(call.arguments as never[])) } satisfies Reply); // eslint-disable-line -- as above
      } catch (error) {
        port.postMessage({ id: call.id, error: plainError(error) } satisfies Reply);
      }
    })();
  });
}

/** An object with the named methods, each of which asks the other side. */
export function callsTo<T extends object>(port: MessagePort, names: readonly (keyof T & string)[]): T {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  port.on("message", (reply: Reply) => {
    const one = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("error" in reply) one?.reject(errorFrom(reply.error));
    else one?.resolve(reply.value);
  });
  const call =
    (method: string) =>
    async (...given: readonly unknown[]): Promise<unknown> => {
      last += 1;
      const one = Promise.withResolvers<unknown>();
      waiting.set(last, one);
      port.postMessage({ id: last, method, arguments: given } satisfies Call);
      return one.promise;
    };
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as T; // eslint-disable-line -- every name of T was mapped
}
