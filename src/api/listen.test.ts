/** Invariant 7: Vitrine cannot be left open. Addresses, the owner's socket, certificates. */
import { mkdtemp, chmod, rename, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeCertificate } from "../../test/support/certificate.ts";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import type { Listener } from "./listen.ts";
import { openListener } from "./listen.ts";

const { entries } = fakeTokens();
const options = { backend: fakeBackend(), hosts: [], tokens: () => entries, ...noPeople(), version: "0.1.0", nowMs: () => 0 };
const open: Listener[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-listen-"));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (listener) => listener.close()));
  await rm(folder, { recursive: true });
});

async function listen(...parameters: Parameters<typeof openListener>): Promise<Listener> {
  const listener = await openListener(...parameters);
  open.push(listener);
  return listener;
}

function statusOver(path: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath: path, path: url }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once("error", reject)
      .end();
  });
}

describe("invariant 7: Vitrine cannot be left open", () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "::ffff:0.0.0.0", "metrics.example", ""]) {
    test(`${host || "an empty host"} without a certificate is refused`, async () => {
      await expect(openListener(options, { tag: "tcp", host, port: 0 })).rejects.toMatchObject({ code: "cli/listen-invalid" });
    });
  }

  test("loopback needs a token", async () => {
    const { url, port } = await listen(options, { tag: "tcp", host: "127.0.0.1", port: 0 });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${url}/v1/metrics`)).status).toBe(401);
  });

  test("the owner's socket is the owner's alone", async () => {
    const path = join(folder, "owner.sock");
    await listen(options, { tag: "unix", path });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await statusOver(path, "/v1/proof")).toBe(200);
  });

  test("a folder that others can enter is refused", async () => {
    await chmod(folder, 0o750);
    await expect(openListener(options, { tag: "unix", path: join(folder, "owner.sock") })).rejects.toMatchObject({
      code: "cli/state-foreign",
    });
  });

  test("a key that others can read is refused", async () => {
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    await writeFile(files.cert, "");
    await writeFile(files.key, "", { mode: 0o640 });
    await expect(openListener(options, { tag: "tcp", host: "127.0.0.1", port: 0, tls: files })).rejects.toMatchObject({
      code: "cli/credential-unprotected",
    });
  });

  test("a certificate that is none is refused", async () => {
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    await writeFile(files.cert, "none");
    await writeFile(files.key, "none", { mode: 0o600 });
    await expect(openListener(options, { tag: "tcp", host: "0.0.0.0", port: 0, tls: files })).rejects.toMatchObject({
      code: "cli/listen-invalid",
    });
  });
});

describe("certificates", () => {
  async function serialOf(port: number, ca: readonly string[]): Promise<string> {
    const socket = connectTls({ host: "127.0.0.1", port, ca: [...ca] });
    await new Promise((done, failed) => socket.once("secureConnect", done).once("error", failed));
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  }

  async function write(
    files: { readonly cert: string; readonly key: string },
    made: { readonly cert: string; readonly key: string },
  ): Promise<void> {
    await writeFile(files.key, made.key, { mode: 0o600 });
    await writeFile(files.cert, made.cert);
  }

  test("a renewed one is used without a restart; one without its key is not", async () => {
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    const [first, second, third] = [makeCertificate(1), makeCertificate(2), makeCertificate(3)];
    const ca = [first.cert, second.cert, third.cert];
    await write(files, first);
    const events: string[] = [];
    const { url, port } = await listen(
      { ...options, limits: { certificateCheckMs: 20 }, log: ({ event }) => events.push(event) },
      { tag: "tcp", host: "127.0.0.1", port: 0, tls: files },
    );
    expect(url).toBe(`https://127.0.0.1:${port}`);
    expect(await serialOf(port, ca)).toBe("01");
    await write(files, second);
    await vi.waitFor(() => expect(events).toContain("certificate-renewed"), { timeout: 20_000 });
    expect(await serialOf(port, ca)).toBe("02");
    await writeFile(files.cert, third.cert);
    await vi.waitFor(() => expect(events.at(-1)).toBe("certificate-refused"), { timeout: 20_000 });
    expect(await serialOf(port, ca)).toBe("02");
  });

  test("an unencrypted request on the port of TLS gets nothing", async () => {
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    await write(files, makeCertificate(1));
    const { port } = await listen(options, { tag: "tcp", host: "127.0.0.1", port: 0, tls: files });
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
  });
});

describe("addresses", () => {
  test("a port in use", async () => {
    const { port } = await listen(options, { tag: "tcp", host: "127.0.0.1", port: 0 });
    await expect(openListener(options, { tag: "tcp", host: "127.0.0.1", port })).rejects.toMatchObject({ code: "cli/port-in-use" });
  });

  test("a socket that a killed server left is replaced", async () => {
    const path = join(folder, "owner.sock");
    const left = createServer().listen(path);
    await new Promise((done) => left.once("listening", done));
    // The handle closes without unlinking: as after kill -9.
    await rename(path, `${path}.kept`);
    await new Promise((done) => left.close(done));
    await rename(`${path}.kept`, path);
    await listen(options, { tag: "unix", path });
    expect(await statusOver(path, "/healthz")).toBe(200);
  });

  test("a socket that answers is not taken", async () => {
    const path = join(folder, "owner.sock");
    await listen(options, { tag: "unix", path });
    await expect(openListener(options, { tag: "unix", path })).rejects.toMatchObject({ code: "cli/port-in-use" });
    expect(await statusOver(path, "/healthz")).toBe(200);
  });

  test("a file in the socket's place stays", async () => {
    const path = join(folder, "owner.sock");
    await writeFile(path, "mine");
    await expect(openListener(options, { tag: "unix", path })).rejects.toMatchObject({ code: "cli/listen-invalid" });
    expect((await stat(path)).size).toBe(4);
  });
});
