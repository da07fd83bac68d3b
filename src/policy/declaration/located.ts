/** YAML with positions: the plain value of the file, and where in it each path stands. YAML's own messages quote the text, so none is passed on. */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, YAMLError } from "yaml";
import { VitrineError } from "../../model/error.ts";
import type { ErrorCode } from "../../model/error-codes.ts";
import type { Place } from "../declaration.ts";
import { formatPlace, Problems } from "./problems.ts";

export type Path = readonly (string | number)[];

export interface Located {
  readonly value: unknown;
  /** Place of the value at `path`; of its key with `at: "key"`. A path that is not there gives the place of what holds it. */
  readonly place: (path: Path, at?: "key" | "value") => Place;
}

const bytesMax = 1 << 20;

/** Throws policy/file-too-large, policy/duplicate-name, policy/invalid. */
export function readLocated(text: string, file: string): Located {
  const start: Place = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > bytesMax) {
    throw new VitrineError("policy/file-too-large", { message: "The file is larger than 1 MiB.", place: formatPlace(start) });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    version: "1.2",
    merge: false,
    logLevel: "error",
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = new Problems(file);
  const errors = [...document.errors, ...document.warnings];
  // Behind the first place that is not YAML nothing is what it seems.
  const broken = errors.find((error) => error.code !== "DUPLICATE_KEY");
  for (const error of broken === undefined ? errors : [broken]) {
    const { code, message } = translate(error);
    problems.add(code, at(error.pos[0]), message);
  }
  problems.throwIfAny();
  return { value: plain(document, start), place: (path, which = "value") => locate(document, path, which, at) };
}

function plain(document: Document, start: Place): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    throw new VitrineError("policy/file-too-large", {
      message: "The file's aliases lead nowhere or make it too large.",
      place: formatPlace(start),
    });
  }
}

/** Only the code of YAML's error is used. */
function translate(error: YAMLError): { code: ErrorCode; message: string } {
  switch (error.code) {
    case "DUPLICATE_KEY":
      return { code: "policy/duplicate-name", message: "This name stands twice in the same map." };
    case "TAB_AS_INDENT":
      return { code: "policy/invalid", message: "YAML is indented with blanks, not with a tab." };
    case "BAD_INDENT":
      return {
        code: "policy/invalid",
        message: "The indentation does not fit what stands above, or a bracket or brace there is not closed.",
      };
    case "MULTIPLE_DOCS":
      return { code: "policy/invalid", message: "A second YAML document begins here; the file must be one." };
    case "TAG_RESOLVE_FAILED":
      return { code: "policy/invalid", message: "YAML tags (`!word`) are not used here." };
    default:
      return { code: "policy/invalid", message: `This is not YAML (${error.code.toLowerCase().replaceAll("_", " ")}).` };
  }
}

function locate(document: Document, path: Path, which: "key" | "value", at: (offset: number) => Place): Place {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: unknown = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
      if (!isPair(pair)) break;
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
      if (which === "key" && index === path.length - 1) break;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
    } else break;
    if (isNode(node) && node.range && !isEmpty(node)) offset = node.range[0];
  }
  return at(offset);
}

/** An empty value has no place of its own: its key's is better. */
function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null && node.source === "";
}
