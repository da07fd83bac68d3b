/**
 * Where vantages come to. Who has not said who it is holds little: a bounded number of connections, of each caller fewer, each with a few
 * seconds and one short line. Nobody is told more than that it was refused.
 */
import type { KeyObject } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { createServer } from "node:tls";
import { callerOf } from "../../guard/address.ts";
import type { FromVantage, FromWatch, Hello } from "../../guard/vantages/vantage-messages.ts";
import { fromVantage, helloShape, lineMax, protocol, strangerLineMax } from "../../guard/vantages/vantage-messages.ts";
import { VitrineError } from "../../model/error.ts";
import { systemCode } from "../../lib/system-code.ts";
import { Channel, peerFingerprint, tlsOf } from "./channel.ts";

/** One that is known by its key. */
export interface Guest {
  readonly name: string;
  send(message: FromWatch): void;
  close(): void;
}

export interface ListenerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly key: KeyObject;
  /** Whose key this is; a code may make it somebody's. undefined: nobody can say now, and it is to come again. */
  readonly admit: (hello: Hello, fingerprint: string) => { readonly name: string } | { readonly refused: "code" | "name" } | undefined;
  readonly onGuest: (guest: Guest) => void;
  readonly onMessage: (guest: Guest, message: FromVantage) => void;
  readonly onGone: (guest: Guest) => void;
  readonly onRefused: (why: "protocol" | "code" | "name") => void;
}

export interface Listener extends Disposable {
  readonly address: { readonly host: string; readonly port: number };
}

const strangersMax = 64;
const strangersOfOneMax = 8;
const strangerMs = 5_000;

/** Throws guard/vantage-listen. */
export async function listenForVantages(options: ListenerOptions): Promise<Listener> {
  const server = createServer({ ...tlsOf(options.key), requestCert: true, handshakeTimeout: strangerMs });
  const strangers = new Strangers();
  const all = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    all.add(socket);
    socket.once("close", () => all.delete(socket));
    socket.on("error", () => undefined);
    strangers.came(socket);
  });
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.on("secureConnection", (socket) => greet(socket, options, strangers));
  const { host, port } = options.listen;
  await new Promise<void>((listening, failed) => {
    server.once("error", (error) =>
      failed(
        new VitrineError("guard/vantage-listen", {
          message: "The watch cannot listen there.",
          place: `${host}:${port}`,
          origin: { code: systemCode(error) },
        }),
      ),
    );
    server.listen({ host, port }, listening);
  });
  server.on("error", () => undefined);
  return {
    address: { host, port: (server.address() as AddressInfo).port }, // eslint-disable-line -- a TCP server's address
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of all) socket.destroy();
    },
  };
}

/** The first line says who it is; all later ones are a vantage's. */
function greet(socket: TLSSocket, options: ListenerOptions, strangers: Strangers): void {
  const { admit, onGuest, onMessage, onGone, onRefused } = options;
  const fingerprint = peerFingerprint(socket);
  let guest: Guest | undefined;
  let isRefused = false;
  const channel = new Channel(socket, strangerLineMax, (message) => {
    if (guest === undefined) return !isRefused && welcome(message);
    const read = fromVantage.safeParse(message);
    if (read.success) onMessage(guest, read.data);
    return read.success;
  });
  const refuse = (why: "protocol" | "code" | "name"): boolean => {
    isRefused = true;
    onRefused(why);
    channel.send({ tag: "refused", why } satisfies FromWatch);
    channel.end();
    return true;
  };
  const welcome = (message: unknown): boolean => {
    const hello = helloShape.safeParse(message);
    if (!hello.success || fingerprint === undefined) return false;
    if (hello.data.protocol !== protocol) return refuse("protocol");
    const found = admit(hello.data, fingerprint);
    if (found === undefined) return false;
    if ("refused" in found) return refuse(found.refused);
    strangers.known(socket);
    channel.allow(lineMax);
    guest = { name: found.name, send: (one) => channel.send(one), close: () => channel.close() };
    guest.send({ tag: "welcome" });
    onGuest(guest);
    return true;
  };
  if (fingerprint === undefined) channel.close();
  void channel.closed.then(() => guest && onGone(guest));
}

/** Connections of which it is not known whose they are. */
class Strangers {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #byCaller = new Map<string, number>();

  came(socket: Socket): void {
    const { remoteAddress = "", remotePort = 0 } = socket;
    const caller = callerOf(remoteAddress);
    const already = this.#byCaller.get(caller) ?? 0;
    if (this.#timers.size >= strangersMax || already >= strangersOfOneMax) return void socket.destroy();
    const key = `${remoteAddress} ${remotePort}`;
    this.#byCaller.set(caller, already + 1);
    this.#timers.set(
      key,
      setTimeout(() => socket.destroy(), strangerMs),
    );
    socket.once("close", () => this.#left(key, caller));
  }

  known({ remoteAddress = "", remotePort = 0 }: Socket): void {
    this.#left(`${remoteAddress} ${remotePort}`, callerOf(remoteAddress));
  }

  #left(key: string, caller: string): void {
    const timer = this.#timers.get(key);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(key);
    const left = (this.#byCaller.get(caller) ?? 1) - 1;
    if (left <= 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, left);
  }
}
