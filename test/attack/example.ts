/**
 * The example, really running: a PostgreSQL of its own, the smart-home world in it, `vitrine keys`, `apply`, `run`. What is handed out is
 * what anybody has who may ask: an address and tokens.
 */
import { readFileSync } from "node:fs";
import { createWorld } from "../../examples/smart-home/world.ts";
import { runProduct } from "../support/product.ts";
import type { RunningProduct } from "../support/product.ts";

/** The end of the example's history: the middle of a week and of a month. */
const now = new Date("2026-11-18T20:00:00Z");
const declaration = readFileSync(new URL("../../examples/smart-home/vitrine.yaml", import.meta.url), "utf8");

export interface RunningExample extends AsyncDisposable {
  readonly running: RunningProduct;
  readonly url: string;
  readonly viewer: string;
  readonly analyst: string;
  /** One device more, activated at that time (ISO, UTC); resolves when it is in the answers. */
  addOne(at: string): Promise<void>;
}

export async function runExample(options: {
  readonly accounts: number;
  readonly attempts: number;
  readonly say: (text: string) => void;
}): Promise<RunningExample> {
  const { accounts, attempts, say } = options;
  say(`PostgreSQL starts, and the world is made: ${accounts} accounts, ${attempts} connection attempts …`);
  const running = await runProduct({
    load: async (url) => createWorld({ url, accounts, attempts, now }),
    declaration,
  });
  try {
    say("The product copies it …");
    await running.untilProven("activations", "grain=month");
    const token = async (role: string): Promise<string> => {
      const { code, stdout, stderr } = await running.product.command(["token", "create", "--role", role, "--name", `attack ${role}`]);
      if (code !== 0) throw new Error(`no token for a ${role}: ${stderr}`);
      return stdout.trim();
    };
    const url = `http://${running.product.environment["VITRINE_LISTEN"]}`;
    return {
      running,
      url,
      viewer: await token("viewer"),
      analyst: await token("analyst"),
      addOne: async (at) => {
        await running.source.run(
          `INSERT INTO devices (account_id, home_id, model, firmware, activated_at, mac, serial)
           SELECT account_id, home_id, model, firmware, '${at}', '02:00:00:00:00:01', 'one more' FROM devices LIMIT 1`,
        );
        await running.untilProven("activations", "grain=month");
      },
      [Symbol.asyncDispose]: async () => running[Symbol.asyncDispose](),
    };
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}
