/** The key that signs checkpoints of the ledger: a file of its own, outside of the state folder. */
import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { VitrineError } from "../../model/error.ts";
import { protectedText } from "../credentials.ts";
import { writeSecret } from "../secret-file.ts";
import { parseSigningKey } from "./note.ts";

/** Made where there is none: a key that is not there can have signed nothing. Throws cli/ledger-key. */
export function signingKey(file: string): KeyObject {
  if (existsSync(file)) {
    const key = parseSigningKey(protectedText(file) ?? "");
    if (key === undefined)
      throw new VitrineError("cli/ledger-key", { message: "The key that signs the ledger cannot be read.", place: file });
    return key;
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  writeSecret(file, privateKey.export({ type: "pkcs8", format: "pem" }));
  return privateKey;
}
