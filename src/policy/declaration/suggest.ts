/** "Did you mean": the nearest of the known words, when it is near enough to help. */
function suggest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** A sentence to put behind an error: the nearest word, else the list of the known ones; undefined when none is known. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = suggest(word, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (known.length === 0) return undefined;
  const first = known.slice(0, 20).map((one) => `\`${one}\``);
  return `Known here: ${first.join(", ")}${known.length > first.length ? " …" : ""}.`;
}

/** A word of the file as it may be shown: only what looks like a name, and no more than 40 characters of it. */
export function shown(word: string): string {
  return /^[A-Za-z_][\w.-]{0,40}$/.test(word) ? `\`${word}\`` : "a word that is no name";
}

/** Levenshtein's distance, with a swap of neighbours as one step. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      row.push(best);
    }
  }
  return at(a.length, b.length);
}
