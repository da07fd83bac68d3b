/** Where the stores of generations lie: `gen-N` in one folder. */
import { readdirSync } from "node:fs";

const prefix = "gen-";

export function generationFolder(number: number): string {
  return `${prefix}${number}`;
}

/** Numbers of the generations that have a folder there; none where `folder` is not there. */
export function generationsIn(folder: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => (/^gen-\d{1,9}$/.test(name) ? [Number(name.slice(prefix.length))] : []));
}
