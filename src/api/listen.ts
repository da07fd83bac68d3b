/**
 * Binds the application to an address: TCP on loopback, TCP elsewhere only with a certificate and key (read again when they
 * change), or the owner's Unix socket. No setting opens an unencrypted port to others (invariant 7).
 */
import { chmod, lstat, readFile, rm, stat } from "node:fs/promises";
import { connect, isIP } from "node:net";
import { dirname } from "node:path";
import { createSecureContext, Server as TlsServer } from "node:tls";
import type { SecureContextOptions } from "node:tls";
import type { FastifyInstance } from "fastify";
import { assert } from "../lib/assert.ts";
import { VitrineError } from "../model/error.ts";
import type { ApiOptions } from "./server.ts";
import { apiLimitsDefault, createApi } from "./server.ts";

export type Address =
  /** host: an IP address or `localhost`; port 0: any free one. */
  | { readonly tag: "tcp"; readonly host: string; readonly port: number; readonly tls?: TlsFiles }
  /** A socket in a folder of the owner's alone. */
  | { readonly tag: "unix"; readonly path: string };

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Listener extends AsyncDisposable {
  /** `http://127.0.0.1:8340`, or `unix:/…/owner.sock`. */
  readonly url: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens the application on an address. Throws `cli/listen-invalid` (also for another host than loopback without TLS),
 * `cli/port-in-use`, `cli/state-foreign` (the socket's folder is open to others), `cli/credential-unprotected` (the key file is).
 */
export async function openListener(options: Omit<ApiOptions, "tls" | "ownerRole">, address: Address): Promise<Listener> {
  return address.tag === "tcp" ? openTcp(options, address) : openOwnerSocket(options, address.path);
}

/** Throws `cli/listen-invalid` where an address must not be listened on. */
function checkAddress(host: string, tls: TlsFiles | undefined): void {
  if (host !== "localhost" && isIP(host) === 0) {
    throw new VitrineError("cli/listen-invalid", { message: "The address to listen on is an IP address or localhost." });
  }
  if (tls === undefined && !isLoopback(host)) {
    throw new VitrineError("cli/listen-invalid", {
      message: "An address that others reach needs a certificate and a key.",
      remedy: "Give --tls-cert and --tls-key, or listen on 127.0.0.1.",
    });
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

type OpenOptions = Omit<ApiOptions, "tls" | "ownerRole">;

async function openTcp(options: OpenOptions, address: Extract<Address, { tag: "tcp" }>): Promise<Listener> {
  const { host, port } = address;
  checkAddress(host, address.tls);
  const mark = address.tls === undefined ? undefined : await markOf(address.tls);
  const tls = address.tls === undefined ? undefined : await readTls(address.tls);
  const hosts = isWildcard(host) ? options.hosts : [...options.hosts, host.includes(":") ? `[${host}]` : host];
  const app = await createApi({ ...options, hosts, ...(tls === undefined ? {} : { tls }) });
  await listen(app, { host, port });
  const bound = app.server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  const watch = address.tls === undefined ? undefined : watchTls(app, { files: address.tls, mark }, options);
  const shown = host.includes(":") ? `[${host}]` : host;
  return listenerOf(app, {
    url: `${tls === undefined ? "http" : "https"}://${shown}:${boundPort}`,
    port: boundPort,
    stop: () => clearInterval(watch),
  });
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function listenerOf(
  app: FastifyInstance,
  { url, port, stop }: { readonly url: string; readonly port: number; readonly stop: () => void },
): Listener {
  const close = async (): Promise<void> => {
    stop();
    await app.close();
  };
  return { url, port, close, [Symbol.asyncDispose]: close };
}

async function listen(
  app: FastifyInstance,
  where: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<void> {
  try {
    await app.listen(where);
  } catch (error) {
    await app.close();
    throw listenFailure(error, "path" in where ? where.path : `${where.host.includes(":") ? `[${where.host}]` : where.host}:${where.port}`);
  }
}

function listenFailure(error: unknown, place: string): VitrineError {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
  if (code === "EADDRINUSE")
    return new VitrineError("cli/port-in-use", { message: "Another program listens on the address.", place, origin: { code } });
  return new VitrineError("cli/listen-invalid", { message: "The address cannot be listened on.", place, origin: { code } });
}

async function readTls(files: TlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  try {
    const mode = (await stat(files.key)).mode;
    if ((mode & 0o077) !== 0) {
      throw new VitrineError("cli/credential-unprotected", {
        message: "The certificate's key can be read by others than its owner.",
        place: files.key,
      });
    }
    const tls = { cert: await readFile(files.cert), key: await readFile(files.key) };
    // Throws where one is none, or the two do not belong together.
    createSecureContext(tls);
    return tls;
  } catch (error) {
    if (error instanceof VitrineError) throw error;
    throw new VitrineError("cli/listen-invalid", {
      message: "The certificate and its key cannot be read, or do not belong together.",
      place: files.cert,
    });
  }
}

/** Uses new files once both are whole; until then, and when they do not fit each other, the old ones stay. `mark`: of those in use. */
function watchTls(
  app: FastifyInstance,
  { files, mark }: { readonly files: TlsFiles; readonly mark: string | undefined },
  { log, limits }: OpenOptions,
): NodeJS.Timeout {
  let seen = mark;
  const look = async (): Promise<void> => {
    const current = await markOf(files);
    if (current === undefined || current === seen) return;
    seen = current;
    try {
      setContext(app, await readTls(files));
      log?.({ level: "info", event: "certificate-renewed" });
    } catch {
      log?.({ level: "error", event: "certificate-refused" });
    }
  };
  return setInterval(() => void look(), limits?.certificateCheckMs ?? apiLimitsDefault.certificateCheckMs).unref();
}

function setContext(app: FastifyInstance, context: SecureContextOptions): void {
  const { server } = app;
  assert(server instanceof TlsServer, "a certificate without TLS");
  server.setSecureContext({ ...context, minVersion: "TLSv1.2" });
}

async function markOf(files: TlsFiles): Promise<string | undefined> {
  try {
    const stats = await Promise.all([stat(files.cert), stat(files.key)]);
    return stats.map(({ mtimeMs, size, ino }) => `${mtimeMs}/${size}/${ino}`).join();
  } catch {
    return undefined;
  }
}

async function openOwnerSocket(options: OpenOptions, path: string): Promise<Listener> {
  await checkFolder(dirname(path));
  await removeStaleSocket(path);
  const app = await createApi({ ...options, ownerRole: "admin" });
  // The folder is the owner's alone, so nobody can come between the two.
  await listen(app, { path });
  await chmod(path, 0o600);
  return listenerOf(app, { url: `unix:${path}`, port: 0, stop: () => undefined });
}

async function checkFolder(folder: string): Promise<void> {
  const { mode, uid } = await stat(folder).catch(() => {
    throw new VitrineError("cli/listen-invalid", { message: "The folder of the owner's socket is not there.", place: folder });
  });
  if ((mode & 0o077) !== 0 || uid !== process.getuid?.()) {
    throw new VitrineError("cli/state-foreign", { message: "The folder of the owner's socket is open to others.", place: folder });
  }
}

/** A socket that a killed server left behind refuses connections: it goes. One that answers belongs to a running server. */
async function removeStaleSocket(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket())
    throw new VitrineError("cli/listen-invalid", { message: "The owner's socket is another kind of file.", place: path });
  if (await answers(path))
    throw new VitrineError("cli/port-in-use", { message: "Another server answers on the owner's socket.", place: path });
  await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
