/** The key that the other side knows us by: made where it is used, for its owner alone, and never sent. */
import type { KeyObject } from "node:crypto";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { VitrineError } from "../../model/error.ts";
import { protectedText } from "../credentials.ts";
import { writeSecret } from "../secret-file.ts";

/** Makes it where it is not there. Throws cli/credential-unprotected, cli/credential-unwritable, guard/vantage-key. */
export function ownKey(file: string): KeyObject {
  const text = protectedText(file);
  // What is there and cannot be read may be the key by which the other side knows us.
  if (text !== undefined || existsSync(file)) return parsed(text ?? "", file);
  const { privateKey } = generateKeyPairSync("ed25519");
  writeSecret(file, privateKey.export({ type: "pkcs8", format: "pem" }));
  return privateKey;
}

function parsed(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below: the text is a key's, and is not repeated.
  }
  throw new VitrineError("guard/vantage-key", { message: "This file holds no key of a watch or a vantage.", place: file });
}
