/**
 * What an owner plants in a store that cannot say which one it is: a random word, made when the script is printed (plant.ts), which no other store has
 * until somebody copies it. Kept as its hash: of 128 random bits that says nothing. Whoever could read it while the store was open can show it elsewhere.
 */
import { createHash } from "node:crypto";

/** A kind of identity; and of one that was printed while another stood: whichever of them is there is believed. */
export const plantedKind = "planted";
export const plantedNextKind = "planted-next";

/** The name under which a checker asks for it; of a search node, and of a bucket, whose names have no colon in them. */
export const plantedKey = "vitrine:canary";
export const plantedObject = "vitrine-canary";
export const plantedIndex = "vitrine-canary";
export const plantedDocument = "canary";

const word = /^vitrine-[0-9a-f]{32}$/;

/** `random`: 16 bytes. */
export function plantedWord(random: Uint8Array): string {
  return `vitrine-${Buffer.from(random).toString("hex")}`;
}

export function isPlantedWord(found: string): boolean {
  return word.test(found);
}

/** undefined: not what we had planted. Whatever else stands there may be somebody's, and not even its hash is made. */
export function proofOf(found: string): string | undefined {
  return isPlantedWord(found) ? createHash("sha256").update(found).digest("hex") : undefined;
}
