/** House rules on the text of files. Each rule says what to write instead; each has a planted fault in tidy.test.ts. */
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { TextFile } from "./tree.ts";
import { root } from "./tree.ts";

interface WordRule {
  readonly in: RegExp;
  readonly but?: RegExp;
  readonly word: RegExp;
  readonly instead: string;
}

const stages = /^src\/(lib|model|source|policy|mirror|metrics|guard|incident|disclosure|api)\//;
const tests = /\.test\.ts$/;

const words: readonly WordRule[] = [
  {
    in: stages,
    but: /^src\/lib\/clock\.ts$|\.test\.ts$/,
    word: /\bDate\.now\(|\bperformance\.now\(/,
    instead: "take a clock as a parameter; src/cli binds it",
  },
  { in: stages, but: tests, word: /\bprocess\.env\b/, instead: "take it as a parameter; src/cli reads the environment" },
  { in: stages, but: tests, word: /\bMath\.random\(/, instead: "take randomness as a parameter" },
  { in: /\.ts$/, word: /\b(TODO|FIXME|XXX|HACK)\b/, instead: "do it, or write down in docs/ why not" },
  {
    in: /^src\//,
    word: /\bcreateRequire\b|\bgetBuiltinModule\b/,
    but: /^src\/cli\/demo\//,
    instead: "import it, so that the architecture test sees it",
  },
  { in: /^src\//, word: /\beval\(|\bnew Function\(/, instead: "write the code down" },
  { in: /^src\//, but: tests, word: /\bcause:/, instead: "keep a foreign error's code in `origin`: its text may quote values" },
  { in: /./, word: /(^|[\s"'`(=])\/(home|work|root|Users)\/\w/, instead: "name no path of one machine" },
  { in: /./, word: /\bregistry\.[a-z]+\.(org|com)\b/, instead: "name no registry" },
  { in: /\.(ts|md)$/, word: /\b(master|slave|whitelist|blacklist)\b/i, instead: "primary, standby, allow list, deny list" },
];

/** Files that hold the rules themselves. */
const exempt = /^(test\/support\/tidy\.ts|test\/tidy\.test\.ts|package-lock\.json)$/;

export function bannedWords(files: readonly TextFile[]): readonly string[] {
  return files
    .filter((file) => !exempt.test(file.path))
    .flatMap((file) =>
      words
        .filter((rule) => rule.in.test(file.path) && rule.but?.test(file.path) !== true && rule.word.test(file.text))
        .map((rule) => ({ file, rule })),
    )
    .map(({ file, rule }) => `${file.path}: has ${rule.word.exec(file.text)?.[0].trim()}; ${rule.instead}.`);
}

const linesMax = 400;

/** Length is a question, not a crime: a file may say why it is long. */
export function longFiles(files: readonly TextFile[]): readonly string[] {
  return files
    .map((file) => ({ file, lines: file.text.split("\n").length - 1 }))
    .filter(({ file, lines }) => lines > linesMax && !/(oxlint|eslint)-disable max-lines\b.* -- /.test(file.text))
    .map(
      ({ file, lines }) =>
        `${file.path}: ${lines} lines. Cut it by its nouns, or say in its first line why not: /* oxlint-disable max-lines -- the reason */`,
    );
}

/** Relative links of documents that lead nowhere. `exists` takes a path from the root. */
export function deadLinks(
  documents: readonly TextFile[],
  exists: (path: string) => boolean = (path) => existsSync(join(root, path)),
): readonly string[] {
  return documents.flatMap((document) =>
    [...document.text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? "")
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !exists(normalize(join(dirname(document.path), link))))
      .map((link) => `${document.path}: the link to ${link} is dead.`),
  );
}

/** `npm run x` in documents that package.json does not know. */
export function deadScripts(documents: readonly TextFile[], scripts: readonly string[]): readonly string[] {
  return documents.flatMap((document) =>
    [...document.text.matchAll(/\bnpm run ([a-z][a-z:]*)/g)]
      .map((match) => match[1] ?? "")
      .filter((script) => !scripts.includes(script))
      .map((script) => `${document.path}: there is no script ${script}.`),
  );
}

/** Commands in code (after a backtick, `npx` or at the begin of a line) that the command line does not know. */
export function deadCommands(documents: readonly TextFile[], commands: readonly string[]): readonly string[] {
  return documents.flatMap((document) =>
    [...document.text.matchAll(/(?:`|npx |^)vitrine ([a-z]+)/gm)]
      .map((match) => match[1] ?? "")
      .filter((command) => !commands.includes(command))
      .map((command) => `${document.path}: there is no command vitrine ${command}.`),
  );
}

/** Codes of the catalogue that nothing throws: a remedy for what cannot happen misleads. */
export function unusedCodes(codes: readonly string[], sources: readonly TextFile[]): readonly string[] {
  return codes
    .filter((code) => !sources.some((file) => file.text.includes(`"${code}"`)))
    .map((code) => `${code}: in the catalogue, but nothing uses it.`);
}

/** Invariants of the design that no test is named after. */
export function untestedInvariants(numbers: readonly number[], testFiles: readonly TextFile[]): readonly string[] {
  return numbers
    .filter((number) => !testFiles.some((file) => file.text.includes(`"invariant ${number}:`)))
    .map((number) => `no test is named "invariant ${number}: …".`);
}
