import type { Command } from "./command.ts";
import { isSet, text } from "./command.ts";

export const demo: Command = {
  name: "demo",
  summary: "the whole thing on a smart-home company's database, made here (what `npm start` runs)",
  usage: "",
  help: `Starts a PostgreSQL of its own, makes the main database of a smart-home company in it, sets Vitrine up, copies what the metrics need,
keeps the database alive with a simulator, and shows the live view. Ctrl-C stops all of it; the next start goes on where it ended.
Other commands in the same folder (query, status, prove …) reach it without options.

  vitrine demo --accounts 2400000 --attempts 10000000     the size of the published case
  vitrine demo --incident     a real Elasticsearch node with a careless copy of its users beside it; its protection is taken off, the alarm
                              arrives, what is readable follows, it is closed again, the proof: with the times (needs Java and Maven)

Data lies in .vitrine/ (the copy) and .demo/ (the database, keys, passwords, log) of this folder.`,
  options: {
    incident: { type: "boolean", help: "play the case: a store of personal data is left open, seen, closed, proven" },
    accounts: { type: "string", value: "N", help: "accounts of a new world (default 20000)" },
    attempts: { type: "string", value: "N", help: "connection attempts of a new world (default 2000000)" },
    rate: { type: "string", value: "N", help: "changes per second of the simulator (default 50; 0: none)" },
    seed: { type: "string", value: "N", help: "seed of a new world (default 1)" },
  },
  // PostgreSQL's launcher and the example are loaded by this command alone: the others shall start at once.
  run: async (context) =>
    (await import("../demo.ts")).runDemo({
      context,
      isIncident: isSet(context, "incident"),
      accounts: text(context, "accounts"),
      attempts: text(context, "attempts"),
      rate: text(context, "rate"),
      seed: text(context, "seed"),
    }),
};
