/**
 * The beginning of an XML document as S3 writes one: the root's name, and the texts of its children, as far as they were read. No document
 * type, no processing but the declaration, no CDATA: what is not that plain is no answer of S3. Entities stay as they are.
 */

export interface Beginning {
  readonly root: string;
  /** Children of the root that hold nothing but text and came to their end; of several of a name the first. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Longer than any answer that is read. */
const lengthMax = 65_536;
const declaration = /^(?:\uFEFF)?<\?xml[^<>]*\?>\s*/;
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;

/** undefined: this is not the beginning of such a document. */
export function beginningOf(body: Buffer): Beginning | undefined {
  const text = body.subarray(0, lengthMax).toString("utf8").replace(declaration, "").trimStart();
  const texts = new Map<string, string>();
  const open: string[] = [];
  let root: string | undefined;
  let since = 0;
  for (let at = 0; at < text.length;) {
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) break;
    const [whole, isEnd, name = "", , isEmpty] = found;
    if (isEnd === "/") {
      if (open.pop() !== name) return undefined;
      const inside = text.slice(since, at);
      if (open.length === 1 && !inside.includes("<") && !texts.has(name)) texts.set(name, inside);
      if (open.length === 0) break;
    } else if (isEmpty !== "/") {
      root ??= name;
      open.push(name);
      since = at + whole.length;
    } else if (root === undefined) return { root: name, texts };
    const next = text.indexOf("<", at + whole.length);
    if (next === -1) break;
    // Between the root's start and its end there is text in leaves alone.
    at = next;
  }
  return root === undefined ? undefined : { root, texts };
}
