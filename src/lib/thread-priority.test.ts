import { getPriority } from "node:os";
import { readlinkSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { threadLink } from "./thread-priority.ts";

test.skipIf(process.platform !== "linux")("the thread that asks is put behind, and no other", async () => {
  const code = `
    import { parentPort } from "node:worker_threads";
    import { readlinkSync } from "node:fs";
    const { makeThreadNice, threadLink } = await import(${JSON.stringify(new URL("thread-priority.ts", import.meta.url).href)});
    makeThreadNice(7);
    parentPort.postMessage(Number(readlinkSync(threadLink).split("/").at(-1)));
    setInterval(() => {}, 1000);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const thread = await new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject));
  const own = Number(readlinkSync(threadLink).split("/").at(-1));
  expect(getPriority(thread)).toBe(7);
  expect(getPriority(own)).not.toBe(7);
  await worker.terminate();
});
