import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectControl, serveControl } from "./control.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function place(): { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-control-"));
  folders.push(folder);
  return { folder, path: join(folder, "control") };
}

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

test("a server that is killed in the middle of a question is not running", async () => {
  const { folder, path } = place();
  // What was written and never read makes the end of a Unix socket a reset.
  const server = createServer({ pauseOnConnect: true }, (socket) => setTimeout(() => socket.destroy(), 100));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  using client = await connectControl(path, folder);
  // readline gives the socket's error on; a server that is gone has one code, however it went.
  await expect(client.ask("status")).rejects.toEqual(code("cli/not-running"));
  server.close();
});

test("nothing is said to what is not a socket of the state folder's owner", async (context) => {
  const { folder, path } = place();
  writeFileSync(path, "");
  await expect(connectControl(path, folder)).rejects.toEqual(code("cli/state-foreign"));
  if (process.getuid?.() !== 0) return context.skip("only root can give a file away");
  const server = await serveControl(path, async () => Promise.resolve("said"));
  using client = await connectControl(path, folder);
  expect(await client.ask("status")).toBe("said");
  chownSync(path, 4_242, 4_242);
  await expect(connectControl(path, folder)).rejects.toEqual(code("cli/state-foreign"));
  server.close();
});
