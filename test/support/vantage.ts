/** `vitrine vantage` as a process, enrolled with a watch; and a known-open endpoint that can be closed. */
import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

export interface VantageStart {
  readonly invitation?: string;
  readonly allow?: readonly string[];
  readonly more?: readonly string[];
  /** In front of the command: a network namespace. */
  readonly within?: readonly string[];
}

export class Vantage implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "vitrine-vantage-"));
  #child: ChildProcess | undefined;
  output = "";

  start({ invitation, allow = ["127.0.0.1"], more = [], within = [] }: VantageStart): void {
    const flags = [...allow.flatMap((host) => ["--allow", host]), "--folder", join(this.folder, "keys"), ...more];
    const line = [...within, process.execPath, main, "vantage", ...(invitation === undefined ? [] : [invitation]), ...flags];
    const [program = "", ...args] = line;
    const child = spawn(program, args, { cwd: this.folder, env: { PATH: process.env["PATH"], HOME: this.folder } });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.output += chunk.toString("utf8")));
    this.#child = child;
  }

  async ended(): Promise<string> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return String(child?.signalCode ?? child?.exitCode);
    return new Promise((done) => child.once("exit", (code, signal) => done(String(signal ?? code))));
  }

  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGINT"): void {
    this.#child?.kill(signal);
  }

  [Symbol.dispose](): void {
    this.#child?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Control extends Disposable {
  readonly port: number;
  close(): Promise<void>;
  open(): Promise<void>;
}

/** On loopback. */
export async function openControl(): Promise<Control> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on("error", () => undefined)
      .on("close", () => sockets.delete(socket))
      .resume();
  });
  const listen = async (port: number): Promise<void> => new Promise((done) => server.listen(port, "127.0.0.1", done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return { port, close, open: async () => listen(port), [Symbol.dispose]: () => void (server.listening && server.close()) };
}

/** A port that nothing listens on, for now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

export function vitrine(args: readonly string[], home: string): string {
  return execFileSync(process.execPath, [main, ...args], { cwd: home, encoding: "utf8", env: { PATH: process.env["PATH"], HOME: home } });
}
