/** From the vantage to its watch: a connection on which nothing is said before the watch has proven to hold the key that was pinned. */
import type { KeyObject } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { isIP } from "node:net";
import { peerFingerprint, tlsOf } from "./channel.ts";

export type Dialled =
  | { readonly tag: "connected"; readonly socket: TLSSocket }
  | { readonly tag: "failed"; readonly because: string }
  /** Somebody else answers there. */
  | { readonly tag: "stranger" };

const dialMs = 10_000;

export async function dial(
  to: { readonly host: string; readonly port: number; readonly fingerprint: string },
  key: KeyObject,
  signal: AbortSignal,
): Promise<Dialled> {
  const { host, port, fingerprint } = to;
  const socket = connect({ host, port, ...tlsOf(key), ...(isIP(host) === 0 ? { servername: host } : {}) });
  const { promise, resolve } = Promise.withResolvers<Dialled>();
  const timer = setTimeout(() => resolve({ tag: "failed", because: "Nobody answered in time." }), dialMs);
  const stop = (): void => resolve({ tag: "failed", because: "It was stopped." });
  signal.addEventListener("abort", stop, { once: true });
  socket.once("secureConnect", () => resolve(peerFingerprint(socket) === fingerprint ? { tag: "connected", socket } : { tag: "stranger" }));
  socket.on("error", () => resolve({ tag: "failed", because: "No connection came about." }));
  socket.once("close", () => resolve({ tag: "failed", because: "The connection was closed." }));
  const dialled = await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  if (dialled.tag !== "connected") socket.destroy();
  return dialled;
}
