/** The thread of workshop.ts. */
import { parentPort } from "node:worker_threads";
import { must } from "../../lib/assert.ts";
import { makeThreadNice } from "../../lib/thread-priority.ts";
import { protectMonth } from "./month.ts";
import type { Order, Work } from "./workshop.ts";

// Changes and answers go first: what is told may be some seconds old.
makeThreadNice(5);

const port = must(parentPort, "main thread");
port.on("message", ({ id, input }: Order) => {
  let work: Work;
  try {
    work = { id, parts: protectMonth(input) };
  } catch (error) {
    // Our own assertions, which hold names and counts only.
    work = {
      id,
      failed: error instanceof Error && error.message.startsWith("bug:") ? error.message : "bug: a month could not be worked out",
    };
  }
  port.postMessage(work);
});
