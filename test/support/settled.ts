/** Asks until all that may be told is worked out: on a busy machine a month can take longer than an answer waits. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../src/metrics/answer.ts";

export async function settled(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await ask();
    if (!answer.notes.some(({ reason }) => reason === "small-groups-pending")) return answer;
    await sleep(100);
  }
  throw new Error("it is not worked out what may be told");
}
