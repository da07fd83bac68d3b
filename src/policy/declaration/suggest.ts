/** "Did you mean": the nearest of the known words, when it is near enough to help. */
import { nearestWord } from "../../lib/nearest.ts";

/** A sentence to put behind an error: the nearest word, else the list of the known ones; undefined when none is known. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = nearestWord(word, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (known.length === 0) return undefined;
  const first = known.slice(0, 20).map((one) => `\`${one}\``);
  return `Known here: ${first.join(", ")}${known.length > first.length ? " …" : ""}.`;
}

/** A word of the file as it may be shown: only what looks like a name, and no more than 40 characters of it. */
export function shown(word: string): string {
  return /^[A-Za-z_][\w.-]{0,40}$/.test(word) ? `\`${word}\`` : "a word that is no name";
}
