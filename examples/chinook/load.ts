/**
 * Loads the Chinook database (Chinook_PostgreSql.sql beside this file, as published; its licence is LICENSE.md) into an empty database:
 * `node examples/chinook/load.ts --url postgres://…`. The script is made for psql: the lines that create and enter a database
 * are left out, the rest is run as it is, in one transaction.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Client, DatabaseError } from "pg";

/** Lines for psql and for the server as a whole. */
const notForUs = /^(DROP DATABASE|CREATE DATABASE|\\c) .*$/gm;

/** Throws an Error with PostgreSQL's code and none of its text when the server refuses; then nothing is left behind. */
export async function loadChinook(options: { readonly url: string }): Promise<void> {
  const script = await readFile(new URL("Chinook_PostgreSql.sql", import.meta.url), "utf8");
  const client = new Client({ connectionString: options.url, application_name: "chinook example" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    // Several statements in one message are one transaction.
    await client.query(script.replaceAll(notForUs, ""));
    await client.query("ANALYZE");
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // Not as a cause: the driver's text quotes values.
    // oxlint-disable-next-line preserve-caught-error
    throw new Error(`Chinook was not loaded: PostgreSQL refused a statement (${error.code ?? "unknown"}). Give an empty database.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { url: { type: "string" } } });
  const url = values.url ?? process.env["VITRINE_ADMIN_URL"];
  if (url === undefined) {
    process.stdout.write("Loads Chinook into an empty PostgreSQL database: --url postgres://… (or VITRINE_ADMIN_URL)\n");
    process.exitCode = 2;
  } else {
    await loadChinook({ url });
  }
}
