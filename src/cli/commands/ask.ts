/** A connection to the running server, for the commands that ask it something. */
import { tmpdir, userInfo } from "node:os";
import type { ControlClient } from "../control.ts";
import { connectControl, controlPath } from "../control.ts";
import type { CommandContext } from "./command.ts";

export async function connectServer(context: CommandContext): Promise<ControlClient> {
  const { stateFolder } = context.config();
  return connectControl(controlPath(stateFolder, { folder: tmpdir(), uid: userInfo().uid }), stateFolder);
}
