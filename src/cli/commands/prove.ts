import type { ProofVerdict } from "../../policy/safe.ts";
import { paint } from "../render.ts";
import { connectServer } from "./ask.ts";
import type { Command, CommandContext } from "./command.ts";
import { print } from "./command.ts";

export const prove: Command = {
  name: "prove",
  summary: "try out what could be read that should not be",
  usage: "",
  help: `Lets the reader try, with its own credential, what the policy does not allow, and looks at every text in the store. Four lines:

  select-and-copy       SELECT and COPY of every column that was not declared (no value can move: WHERE false)
  other-decoding        another output plugin, which would show every column; PostgreSQL's column lists are no wall against it
  physical-replication  a base backup of the whole cluster
  store                 the store's schema is the policy's, and every text in it satisfies its rule

Each proof is a row of the ledger. Exit code 0: nothing red; 1: something is.`,
  options: {},
  settings: ["state"],
  async run(context) {
    using server = await connectServer(context);
    const verdicts = (await server.ask("prove")) as unknown as readonly ProofVerdict[]; // eslint-disable-line -- our own server's answer
    print(context, { verdicts }, () => proofText(verdicts, context));
    return verdicts.some((verdict) => verdict.level === "red") ? 1 : 0;
  },
};

function proofText(verdicts: readonly ProofVerdict[], context: Pick<CommandContext, "terminal">): string {
  const colours = paint(context.terminal.hasColour);
  return verdicts
    .map((verdict) => {
      const line = `${colours[verdict.level](verdict.verdict.padEnd(9))} ${verdict.name.padEnd(21)} ${verdict.message}\n`;
      const findings = verdict.findings.slice(0, 20).map((finding) => `            ${finding.what}\n            do: ${finding.remedy}\n`);
      const more = verdict.findings.length > 20 ? `            and ${verdict.findings.length - 20} more (--json shows all)\n` : "";
      return line + findings.join("") + more;
    })
    .join("");
}
