/**
 * The owner's socket in the state folder (0600 in a folder of 0700): one JSON object a line, answers likewise. Who can open it
 * owns the state, so there is no further log-in. Everything else talks HTTP with a token.
 */
import { chmodSync, lstatSync, rmSync, statSync } from "node:fs";
import { createServer, connect } from "node:net";
import type { Server, Socket } from "node:net";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { VitrineError } from "../model/error.ts";
import { errorFrom, plainError } from "./failure.ts";
import type { Json } from "./canonical-json.ts";
import type { PlainError } from "./messages.ts";

export interface ControlRequest {
  readonly command: string;
  readonly arguments: Readonly<Record<string, Json>>;
}

type ControlReply =
  | { readonly tag: "progress"; readonly text: string }
  | { readonly tag: "done"; readonly value: Json }
  | { readonly tag: "error"; readonly error: PlainError };

export type ControlHandler = (request: ControlRequest, progress: (text: string) => void) => Promise<Json>;

const lineMax = 1 << 20;
/** sun_path holds 108 bytes on Linux, 104 on macOS. */
const pathMaxBytes = 100;

/** `control` in the state folder; where that path is too long for a socket, one in the temporary folder named after it. */
export function controlPath(stateFolder: string, temporary: { readonly folder: string; readonly uid: number }): string {
  const path = join(stateFolder, "control");
  if (Buffer.byteLength(path) <= pathMaxBytes) return path;
  return join(temporary.folder, `vitrine-${temporary.uid}-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`);
}

/** The owner's HTTP socket, `vitrine.sock` in the state folder; undefined where that path is too long for one. */
export function httpSocketPath(stateFolder: string): string | undefined {
  const path = join(stateFolder, "vitrine.sock");
  return Buffer.byteLength(path) <= pathMaxBytes ? path : undefined;
}

/** Listens; an old socket file of a killed server is replaced (the state folder's lock says that nobody else serves). */
export async function serveControl(path: string, handler: ControlHandler): Promise<Server> {
  removeOld(path);
  const server = createServer((socket) => void serveOne(socket, handler));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  const mask = process.umask(0o177);
  server.listen(path, () => resolve());
  process.umask(mask);
  await promise;
  chmodSync(path, 0o600);
  return server;
}

/** In the temporary folder somebody else may have put something there, which only they can take away. */
function removeOld(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    throw foreign(path);
  }
}

/** A socket that is not of the state folder's owner may be a trap: nothing is said to it. Throws cli/state-foreign. */
function refuseForeign(path: string, stateFolder: string): void {
  const socket = lstatSync(path, { throwIfNoEntry: false });
  const folder = statSync(stateFolder, { throwIfNoEntry: false });
  if (socket !== undefined && folder !== undefined && (!socket.isSocket() || socket.uid !== folder.uid)) throw foreign(path);
}

function foreign(path: string): VitrineError {
  return new VitrineError("cli/state-foreign", {
    message: "What lies at the place of the owner's socket is not the owner's.",
    place: path,
  });
}

async function serveOne(socket: Socket, handler: ControlHandler): Promise<void> {
  socket.on("error", () => socket.destroy());
  const reply = (message: ControlReply): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  for await (const line of createInterface({ input: socket })) {
    if (line.length > lineMax) return void socket.destroy();
    try {
      const value = await handler(JSON.parse(line) as ControlRequest, (text) => reply({ tag: "progress", text })); // eslint-disable-line -- the handler checks
      reply({ tag: "done", value });
    } catch (error) {
      reply({ tag: "error", error: plainError(error) });
    }
  }
  socket.end();
}

export interface ControlClient extends Disposable {
  /** Throws the server's VitrineError, or cli/not-running when the connection ends. */
  ask(command: string, args?: Readonly<Record<string, Json>>, onProgress?: (text: string) => void): Promise<Json>;
}

/** Throws cli/not-running when nobody listens, cli/state-foreign when the socket is somebody else's. One question at a time. */
export async function connectControl(path: string, stateFolder: string): Promise<ControlClient> {
  const notRunning = (): VitrineError =>
    new VitrineError("cli/not-running", { message: "No Vitrine is running on this state folder.", place: stateFolder });
  refuseForeign(path, stateFolder);
  const socket = connect(path);
  const opened = Promise.withResolvers<void>();
  socket.once("connect", () => opened.resolve());
  socket.on("error", () => opened.reject(notRunning()));
  await opened.promise;
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    async ask(command, args = {}, onProgress) {
      socket.write(`${JSON.stringify({ command, arguments: args })}\n`);
      for (;;) {
        // A server that is killed resets the connection; readline passes the socket's error on.
        const line = await lines.next().catch(() => {
          throw notRunning();
        });
        if (line.done === true) throw notRunning();
        const reply = JSON.parse(line.value) as ControlReply; // eslint-disable-line -- our own server's words
        if (reply.tag === "done") return reply.value;
        if (reply.tag === "error") throw errorFrom(reply.error);
        onProgress?.(reply.text);
      }
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}
