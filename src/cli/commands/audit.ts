/** vitrine audit: who was given numbers with k lifted, and the erasure of a person's words from that log. */
import { VitrineError } from "../../model/error.ts";
import type { AuditEntry } from "../../api/contract.ts";
import { integer, table } from "../render.ts";
import { connectServer } from "./ask.ts";
import type { Command } from "./command.ts";
import { print, text } from "./command.ts";

export const audit: Command = {
  name: "audit",
  summary: "who was given numbers with k lifted, and why; erase the words of an entry",
  usage: "list | erase ID",
  takes: 2,
  help: `Name, reason and question of each such answer lie beside the ledger, which holds a commitment to them. erase takes them out of the state
for ever, when a person may ask for that: the entry stays with its time, metric and number of cells, says \`erased\`, and the ledger says
that it was. Backups that you made before keep the words, and putting one back brings them back.

  vitrine audit list --limit 20
  vitrine audit erase 123`,
  options: { limit: { type: "string", value: "N", help: "list: the newest N entries (default 20)" } },
  settings: ["state"],
  async run(context) {
    const [action = "list", id = ""] = context.positionals;
    using server = await connectServer(context);
    if (action === "list") {
      const entries = (await server.ask("audit-list", { limit: text(context, "limit") ?? null })) as unknown as readonly AuditEntry[]; // eslint-disable-line -- our own server's answer
      print(context, entries, () => table(["id", "at", "who", "role", "metric", "cells", "why"], entries.map(rowOf)));
      return 0;
    }
    if (action !== "erase" || !/^[1-9]\d{0,15}$/.test(id))
      throw new VitrineError("cli/usage", { message: "audit knows list and erase ID." });
    const done = await server.ask("audit-erase", { id: Number(id) });
    print(context, done, () => `The words of entry ${id} are erased; the entry stays.\n`);
    return 0;
  },
};

function rowOf({ id, at, words, name, subject, role, metric, cells, reason, intact }: AuditEntry): readonly string[] {
  const who = words === "kept" ? `${name ?? ""}${subject === undefined || subject === name ? "" : ` (${subject})`}` : words;
  const why = words === "kept" && !intact ? `CHANGED: ${reason ?? ""}` : (reason ?? "");
  return [String(id), at, who, role ?? "", metric, integer(cells), why];
}
