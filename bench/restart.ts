/** From `vitrine run` to the first answer of a metric, the store being there. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../src/cli/canonical-json.ts";
import type { Product } from "./product.ts";
import type { BenchRow } from "./report.ts";

/** Starts the product and stops it again. */
export async function benchRestart(
  product: Product,
  { group, question }: { readonly group: string; readonly question: Json },
): Promise<BenchRow> {
  const started = performance.now();
  await using running = await product.start("restart");
  for (;;) {
    const status = await running.status();
    if (status.generations.find((one) => one.generation === status.serving)?.phase === "ready") break;
    await sleep(5);
  }
  await running.control.ask("query", { question });
  const ms = performance.now() - started;
  return {
    group,
    what: "restart to the first answer",
    figure: `${(ms / 1000).toFixed(2)} s`,
    goal: "≤ 5 s",
    met: ms <= 5000,
    flatMs: ms,
    start: running.name,
  };
}
