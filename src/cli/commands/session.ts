/** vitrine session: who is logged in, and the end of that. */
import { VitrineError } from "../../model/error.ts";
import { table } from "../render.ts";
import type { ListedSession } from "../server/commands.ts";
import { connectServer } from "./ask.ts";
import type { Command } from "./command.ts";
import { print, text } from "./command.ts";

export const session: Command = {
  name: "session",
  summary: "who is logged in; end a session at once",
  usage: "list | revoke ID",
  takes: 2,
  help: `People's sessions last twelve hours, and outlive a restart. revoke ends one of them, or with --name all of a person's, in the running server
as well: the next request is refused. It does not keep anybody from logging in anew: that is the issuer's, or a matter of giving no link.

  vitrine session list
  vitrine session revoke 1a2b3c4d5e6f
  vitrine session revoke --name ann@example.com`,
  options: { name: { type: "string", value: "NAME", help: "revoke: all sessions of this name" } },
  settings: ["state"],
  async run(context) {
    const [action = "list", id] = context.positionals;
    const name = text(context, "name");
    using server = await connectServer(context);
    if (action === "list" && name === undefined) {
      const list = (await server.ask("session-list")) as unknown as readonly ListedSession[]; // eslint-disable-line -- our own server's answer
      print(context, list, () =>
        table(
          ["id", "name", "at the issuer", "role", "since", "ends"],
          list.map((one) => [one.id, one.name, one.subject ?? "", one.role, minuteOf(one.createdAt), minuteOf(one.expiresAt)]),
        ),
      );
      return 0;
    }
    if (action !== "revoke" || (id === undefined) === (name === undefined))
      throw new VitrineError("cli/usage", { message: "session knows list, revoke ID and revoke --name NAME." });
    const done = (await server.ask("session-revoke", { id: id ?? null, name: name ?? null })) as unknown as { readonly ended: number }; // eslint-disable-line -- our own server's answer
    print(context, done, () => `${done.ended === 1 ? "One session is" : `${done.ended} sessions are`} over.\n`);
    return 0;
  },
};

function minuteOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;
}
