import { userInfo } from "node:os";
import { connectServer } from "./ask.ts";
import type { Command } from "./command.ts";
import { print, text } from "./command.ts";

export const link: Command = {
  name: "link",
  summary: "print a link that opens the page, logged in",
  usage: "",
  help: `The link's code works once, within the hour, and is exchanged for a session of twelve hours. It stands behind the #, which browsers do
not send to any server. Whoever has it comes in: treat it as a password.

  vitrine link --role analyst --name ann`,
  options: {
    name: { type: "string", value: "NAME", help: "who opens it, for the audit log (default: this account's name)" },
    role: { type: "string", value: "ROLE", help: "viewer, analyst, responder or admin (default viewer)" },
  },
  settings: ["state"],
  async run(context) {
    using server = await connectServer(context);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's answer
    const made = (await server.ask("link", {
      name: text(context, "name") ?? userInfo().username,
      role: text(context, "role") ?? "viewer",
    })) as { readonly url: string };
    print(context, made, () => `${made.url}\n`);
    return 0;
  },
};
