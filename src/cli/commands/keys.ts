import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { VitrineError } from "../../model/error.ts";
import { tokenSpaces } from "../../policy/compile.ts";
import { parseDeclaration } from "../../policy/declaration.ts";
import { formatKeys, keyFingerprint, makeKey } from "../../policy/keys.ts";
import type { TokenKeys } from "../../policy/keys.ts";
import type { Config } from "../config.ts";
import { keysInEnvironment } from "../config.ts";
import { keysFrom } from "../reader/prepare.ts";
import { writeSecret } from "../secret-file.ts";
import { table } from "../render.ts";
import type { Command } from "./command.ts";
import { isSet, print, text } from "./command.ts";

export const keys: Command = {
  name: "keys",
  summary: "make and list the token keys",
  usage: "[make | list | destroy]",
  takes: 1,
  help: `A token key turns identifiers into pseudonyms; there is one for each token space of vitrine.yaml. The file (mode 0600, see
\`vitrine config\`, keys) never lies in the state folder: whoever takes the store must not have it.

  vitrine keys              makes those that are missing
  vitrine keys list         spaces, key ids, fingerprints
  vitrine keys destroy --space accounts --yes
                            unlinks that space for good: the copy's tokens can be turned back by nobody, and a new copy is built

Whoever has a key can turn tokens of numbers and UUIDs back into them.`,
  options: {
    space: { type: "string", value: "NAME", help: "destroy: which token space" },
    yes: { type: "boolean", help: "destroy: yes, for good" },
  },
  settings: ["config", "keys"],
  async run(context) {
    const config = context.config({ needsFile: true });
    const [action = "make"] = context.positionals;
    const keysText = keysInEnvironment(context.environment);
    if (keysText !== undefined && action !== "list")
      throw new VitrineError("cli/usage", {
        message: "VITRINE_KEYS holds the keys themselves: whoever sets it makes and destroys them.",
        place: "VITRINE_KEYS",
        remedy: "Unset VITRINE_KEYS, or set it to the path of a key file",
      });
    if (action === "make") {
      const made = await makeKeys(config);
      print(context, { made, file: config.keysFile }, () =>
        made.length === 0 ? `All keys are there: ${config.keysFile}\n` : `Made: ${made.join(", ")} in ${config.keysFile}\n`,
      );
      return 0;
    }
    const there = await keysFrom({ keysFile: config.keysFile, keysText });
    if (action === "list") {
      const rows = [...there.values()].map((key) => ({ space: key.space, id: key.id, fingerprint: keyFingerprint(key) }));
      print(context, rows, () =>
        table(
          ["space", "key", "fingerprint"],
          rows.map((row) => [row.space, row.id, row.fingerprint]),
        ),
      );
      return 0;
    }
    if (action !== "destroy") throw new VitrineError("cli/usage", { message: "keys knows make, list and destroy." });
    const space = text(context, "space");
    if (space === undefined || !there.has(space) || !isSet(context, "yes"))
      throw new VitrineError("cli/usage", { message: "destroy needs --space with a space that has a key, and --yes.", place: "--space" });
    writeSecret(config.keysFile, formatKeys([...there.values()].filter((key) => key.space !== space)));
    print(
      context,
      { destroyed: space },
      () => `The key of ${space} is gone from the file. Copies of the file elsewhere are yours to destroy.\n`,
    );
    return 0;
  },
};

/** Makes the keys that the declaration needs and the file lacks; returns their spaces. */
export async function makeKeys(config: Pick<Config, "configFile" | "keysFile">): Promise<readonly string[]> {
  const declaration = parseDeclaration(readFileSync(config.configFile, "utf8"), config.configFile);
  const there: TokenKeys = existsSync(config.keysFile) ? await keysFrom({ keysFile: config.keysFile, keysText: undefined }) : new Map();
  const missing = tokenSpaces(declaration).filter((space) => !there.has(space));
  if (missing.length > 0)
    writeSecret(config.keysFile, formatKeys([...there.values(), ...missing.map((space) => makeKey(space, (count) => randomBytes(count)))]));
  return missing;
}
