/** Hosts that behave badly, on loopback, for the guard: each one a TCP or TLS server of a few lines, gone with its test. */
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import type { TlsOptions } from "node:tls";
import { createServer as createTlsServer } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

export interface Host extends AsyncDisposable {
  readonly port: number;
  /** What came in, all connections together, in the order of their bytes. */
  readonly received: readonly Buffer[];
  /** How many connections there were. */
  readonly connections: () => number;
  /** When somebody has been here and everybody has gone: then all that they said has come in. */
  readonly left: () => Promise<void>;
}

export interface HostOptions {
  readonly onConnection: (socket: Socket) => void;
  readonly tls?: TlsOptions;
  readonly address?: string;
  /** Default: one that is free. */
  readonly port?: number;
}

export async function host({ onConnection, tls, address = "127.0.0.1", port = 0 }: HostOptions): Promise<Host> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    socket.on("data", (bytes: Buffer) => received.push(bytes));
    onConnection(socket);
  };
  const server = tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket);
  server.on("tlsClientError", () => undefined);
  await listening(server, address, port);
  return {
    port: (server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    async left() {
      for (const hasSomebodyLeft = (): boolean => connections > 0 && sockets.size === 0; !hasSomebodyLeft();) await sleep(1);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server, address: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, address, resolve);
  return promise;
}

/** Answers the first bytes of each connection, and keeps it. */
export const answers =
  (bytes: string | Uint8Array) =>
  (socket: Socket): void => {
    socket.once("data", () => socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes));
  };

/** As much as the other side takes. `written()` is what its kernel has taken. */
export function endless(first: string, piece: Buffer): { readonly onConnection: (socket: Socket) => void; readonly written: () => number } {
  let written = 0;
  const onConnection = (socket: Socket): void => {
    socket.once("data", () => {
      socket.write(first);
      const more = (): void => {
        while (socket.writable && socket.write(piece, () => (written += piece.length)));
      };
      socket.on("drain", more);
      more();
    });
  };
  return { onConnection, written: () => written };
}

/**
 * A port whose connections are dropped: a thread listens and never looks, and its queue is full. (Linux drops what does not fit in;
 * others may refuse it.)
 */
export async function droppingHost(): Promise<Host> {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer();
     server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  await sleep(50);
  const fillers = Array.from({ length: 6 }, () => connect({ port, host: "127.0.0.1" }).on("error", () => undefined));
  await sleep(100);
  return {
    port,
    received: [],
    connections: () => 0,
    left: async () => undefined,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
