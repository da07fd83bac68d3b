/**
 * The beginning of an XML document as S3 writes one: the root's name, and the texts of its children and theirs, as far as they were read. No document
 * type, no processing but the declaration, no CDATA: what is not that plain is no answer of S3. Entities stay as they are.
 */

export interface Beginning {
  readonly root: string;
  /** Children of the root that hold nothing but text and came to their end; of several of a name the first. */
  readonly texts: ReadonlyMap<string, string>;
  /** Their children in the same way, as `Contents/Key`: of several all, in their order. */
  readonly within: ReadonlyMap<string, readonly string[]>;
  /** The root came to its end. */
  readonly isWhole: boolean;
}

/** Longer than any answer that is read. */
const lengthMax = 65_536;
const declaration = /^(?:\uFEFF)?<\?xml[^<>]*\?>\s*/;
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;

/** undefined: this is not the beginning of such a document. */
export function beginningOf(body: Buffer): Beginning | undefined {
  const text = body.subarray(0, lengthMax).toString("utf8").replace(declaration, "").trimStart();
  const texts = new Map<string, string>();
  const within = new Map<string, string[]>();
  const open: string[] = [];
  let root: string | undefined;
  let since = 0;
  let isWhole = false;
  for (let at = 0; at < text.length;) {
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) break;
    const [whole, isEnd, name = "", , isEmpty] = found;
    if (isEnd === "/") {
      if (open.pop() !== name) return undefined;
      if (open.length === 1 || open.length === 2) note({ texts, within }, [...open.slice(1), name], text.slice(since, at));
      isWhole = open.length === 0;
      if (isWhole) break;
    } else if (isEmpty !== "/") {
      root ??= name;
      open.push(name);
      since = at + whole.length;
    } else if (root === undefined) return { root: name, texts, within, isWhole: true };
    const next = text.indexOf("<", at + whole.length);
    if (next === -1) break;
    // Between the root's start and its end there is text in leaves alone.
    at = next;
  }
  return root === undefined ? undefined : { root, texts, within, isWhole };
}

/** What ends at this path below the root. */
function note(
  { texts, within }: { readonly texts: Map<string, string>; readonly within: Map<string, string[]> },
  [child, grandchild]: readonly string[],
  inside: string,
): void {
  if (child === undefined || inside.includes("<")) return;
  if (grandchild === undefined) {
    if (!texts.has(child)) texts.set(child, inside);
    return;
  }
  const name = `${child}/${grandchild}`;
  const known = within.get(name);
  if (known === undefined) within.set(name, [inside]);
  else known.push(inside);
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** With its entities as what they stand for; those that are none stay. */
export function textOf(raw: string): string {
  return raw.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = Number.parseInt(decimal ?? hex ?? "", decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
  });
}
