/**
 * Who may import whom. The table is the diagram of ARCHITECTURE.md; `problems` parses every file and lists each edge that is not in
 * it, with what to do instead. The absent edge mirror → source is the privacy guarantee: the store's code cannot name a raw row.
 */
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";
import type { TextFile } from "./tree.ts";

/** Folder → what it may import beside itself: a folder's public face, or one file of it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src/lib": [],
  "src/model": ["src/lib"],
  "src/source": ["src/model", "src/lib"],
  "src/policy": ["src/source", "src/model", "src/lib"],
  "src/mirror": ["src/policy/safe.ts", "src/model", "src/lib"],
  "src/metrics": ["src/mirror", "src/policy/declaration.ts", "src/policy/safe.ts", "src/model", "src/lib"],
  "src/guard": ["src/policy/safe.ts", "src/policy/declaration.ts", "src/mirror", "src/model", "src/lib"],
  "src/incident": ["src/policy", "src/mirror", "src/guard", "src/model", "src/lib"],
  "src/disclosure": ["src/incident", "src/model", "src/lib"],
  "src/api": ["src/metrics", "src/guard", "src/incident", "src/disclosure", "src/model", "src/lib"],
  // Types alone: what the page knows of the server (`typeProblems`).
  "src/web": ["src/api/contract.ts"],
  "src/cli": [
    "src/lib",
    "src/model",
    "src/source",
    "src/policy",
    "src/mirror",
    "src/metrics",
    "src/guard",
    "src/incident",
    "src/disclosure",
    "src/api",
    "examples",
  ],
  examples: ["src/lib", "src/model", "src/policy"],
  bench: ["src", "examples", "test/support"],
  test: ["src", "examples", "bench"],
  scripts: ["src", "test"],
};

/** Stages of so many subjects that their public face has folders, too. */
const publicFolders = new Set(["src/guard/checks", "src/guard/readable", "src/guard/alarms", "src/guard/vantages"]);

/** Folders that may reach into other folders' private subfolders. */
const mayReachInside = new Set(["test", "scripts"]);

/** Files of policy that the server reads too: they must not bring the source with them. */
const sharedPolicy = /^src\/policy\/(safe\.ts|declaration\.ts|declaration\/)/;
const sharedPolicyMayImport = [/^src\/(lib|model)\//, sharedPolicy];

/** What must not be reachable from a process's root: paths and packages. */
const roots: Readonly<Record<string, readonly { readonly what: RegExp; readonly why: string }[]>> = {
  "src/cli/reader.ts": [
    {
      what: /^src\/(mirror|metrics|guard|incident|disclosure|api)\//,
      why: "the reader holds source credential and keys; it knows no store and answers nobody",
    },
    { what: /^(fastify|node:http|node:https|node:http2|node:dgram)$/, why: "the reader has no listener" },
    { what: /^node:sqlite$/, why: "node:sqlite writes files in spite of Node's permission model" },
    { what: /^@duckdb\//, why: "the store is the server's" },
    { what: /^node:(child_process|worker_threads|cluster|inspector)(\/.*)?$/, why: "the reader starts nothing" },
  ],
  "src/cli/server.ts": [
    { what: /^src\/source\//, why: "the server has no way to the source" },
    { what: /^src\/policy\/keys(\.ts|\/)/, why: "the server has no keys" },
    { what: /^pg(-.*)?$/, why: "the server has no way to the source" },
  ],
  "src/cli/guard-process.ts": [
    { what: /^src\/(source|mirror|metrics|api)\//, why: "what reads strangers' answers holds neither the source nor the store" },
    { what: /^src\/policy\/keys(\.ts|\/)/, why: "what reads strangers' answers has no keys" },
    { what: /^(pg(-.*)?|fastify|@duckdb\/.*)$/, why: "what reads strangers' answers holds neither the source nor the store" },
    { what: /^node:(child_process|worker_threads|cluster|inspector)(\/.*)?$/, why: "the watch starts nothing" },
  ],
  "src/cli/look-process.ts": [
    { what: /^src\/(source|mirror|metrics|api)\//, why: "what holds a store's login holds neither the source nor the copy" },
    { what: /^src\/policy\/keys(\.ts|\/)/, why: "what holds a store's login has no keys" },
    { what: /^(pg(-.*)?|fastify|@duckdb\/.*)$/, why: "what holds a store's login holds neither the source nor the copy" },
    { what: /^node:(child_process|worker_threads|cluster|inspector)(\/.*)?$/, why: "what holds a login starts nothing" },
  ],
  "src/cli/http-worker.ts": [
    { what: /^src\/source\//, why: "what parses HTTP has no way to the source" },
    { what: /^src\/policy\/keys(\.ts|\/)/, why: "what parses HTTP has no keys" },
    { what: /^pg(-.*)?$/, why: "what parses HTTP has no way to the source" },
    { what: /^@duckdb\//, why: "two threads that open one DuckDB file lose rows without an error" },
    { what: /^node:sqlite$/, why: "the state is the server's main thread's" },
  ],
};

const engine = "@duckdb/node-api";

interface Edge {
  readonly from: string;
  /** A path of the tree, or a package's name. */
  readonly to: string;
  readonly isReExport: boolean;
  /** Nothing of it is there at run time. */
  readonly isType: boolean;
}

/** Every breach of the rules, as sentences that say what to do. Empty: none. Throws when there was nothing to look at. */
export function problems(files: readonly TextFile[]): readonly string[] {
  const found: string[] = [];
  const edges = files.flatMap((file) => edgesOf(file, found));
  if (files.length === 0 || edges.length === 0) throw new Error("the architecture test saw no files or no imports; it proves nothing");
  for (const edge of edges) found.push(...edgeProblems(edge));
  for (const file of files) if (/(^|\/)index\.ts$/.test(file.path)) found.push(`${file.path}: no barrels. Import the file that you need.`);
  found.push(...engineProblems(edges), ...rootProblems(files, edges));
  return found;
}

function edgesOf(file: TextFile, found: string[]): readonly Edge[] {
  const { module, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) found.push(`${file.path}: does not parse.`);
  const edge = (request: string, isReExport: boolean, isType = false): Edge => ({
    from: file.path,
    to: target(file.path, request),
    isReExport,
    isType,
  });
  const imports = module.staticImports.map((one) =>
    edge(one.moduleRequest.value, false, one.entries.length > 0 && one.entries.every((entry) => entry.isType)),
  );
  const reExports = module.staticExports.flatMap((one) =>
    one.entries.flatMap((entry) => (entry.moduleRequest ? [edge(entry.moduleRequest.value, true)] : [])),
  );
  const dynamic = module.dynamicImports.flatMap((one) => {
    const request = file.text.slice(one.moduleRequest.start, one.moduleRequest.end);
    const literal = /^["'](.*)["']$/s.exec(request)?.[1];
    if (literal === undefined) found.push(`${file.path}: import(${request}) cannot be followed. Name the file as a literal.`);
    return literal === undefined ? [] : [edge(literal, false)];
  });
  return [...imports, ...reExports, ...dynamic];
}

function target(from: string, request: string): string {
  return request.startsWith(".") ? normalize(join(dirname(from), request)) : request;
}

/** `src/mirror/duckdb/store.ts` → `src/mirror`; `bench/x.ts` → `bench`. */
function folderOf(path: string): string {
  const parts = path.split("/");
  return parts[0] === "src" ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

function isPackage(to: string): boolean {
  return mayImport[folderOf(to)] === undefined;
}

function edgeProblems(edge: Edge): readonly string[] {
  const from = folderOf(edge.from);
  const allowed = mayImport[from];
  if (allowed === undefined) return [`${edge.from}: the folder ${from} is not in the import table.`];
  if (isPackage(edge.to)) return /^(src|test|bench|examples|scripts)\//.test(edge.to) ? [`${edge.from} → ${edge.to}: no such folder.`] : [];
  if (from === folderOf(edge.to)) return sharedPolicyProblems(edge);
  return [...sharedPolicyProblems(edge), ...typeProblems(edge), ...directionProblems(edge, allowed), ...faceProblems(edge)];
}

/** The page is built from its own folder: what it imported of the server would be sent to every browser. */
function typeProblems(edge: Edge): readonly string[] {
  if (folderOf(edge.from) !== "src/web" || edge.isType || edge.from.endsWith(".test.ts")) return [];
  return [`${edge.from} → ${edge.to}: the page may know types of the server, nothing that runs. Write \`import type\`.`];
}

function sharedPolicyProblems(edge: Edge): readonly string[] {
  if (!sharedPolicy.test(edge.from) || edge.from.endsWith(".test.ts") || sharedPolicyMayImport.some((may) => may.test(edge.to))) return [];
  return [`${edge.from} → ${edge.to}: the server reads this file, so it may import model and lib only.`];
}

function directionProblems(edge: Edge, allowed: readonly string[]): readonly string[] {
  // A test may set up what its subject gets in production.
  if (edge.from.endsWith(".test.ts") && /^(test|src\/(lib|model|source|policy|mirror))\//.test(edge.to)) return [];
  if (allowed.some((may) => edge.to === may || edge.to.startsWith(`${may}/`))) return [];
  return [
    `${edge.from} → ${edge.to}: ${folderOf(edge.from)} may import ${allowed.join(", ") || "nothing"}. Bind what must travel up as a parameter in src/cli.`,
  ];
}

function faceProblems(edge: Edge): readonly string[] {
  const from = folderOf(edge.from);
  const to = folderOf(edge.to);
  const out: string[] = [];
  const isInside = edge.to.split("/").length > 3 && !publicFolders.has(dirname(edge.to));
  if (to.startsWith("src/") && isInside && !mayReachInside.has(from)) {
    out.push(`${edge.from} → ${edge.to}: subfolders are private to their stage. Use a file directly in ${to}.`);
  }
  if (edge.isReExport && from.startsWith("src/"))
    out.push(`${edge.from} → ${edge.to}: no re-export across stages. Let the user import it where it is.`);
  return out;
}

function engineProblems(edges: readonly Edge[]): readonly string[] {
  const importers = new Set(
    edges.filter((edge) => edge.to === engine && edge.from.startsWith("src/") && !edge.from.endsWith(".test.ts")).map((edge) => edge.from),
  );
  const outside = edges.filter(
    (edge) =>
      edge.to.startsWith("@duckdb/") &&
      !edge.from.startsWith("src/mirror/") &&
      !edge.from.startsWith("bench/") &&
      !edge.from.startsWith("test/"),
  );
  const out = outside.map((edge) => `${edge.from}: only the mirror opens ${engine}.`);
  if (importers.size > 1)
    out.push(`${[...importers].join(", ")}: ${engine} is imported by exactly one file, so that it is opened by one thread.`);
  return out;
}

function rootProblems(files: readonly TextFile[], edges: readonly Edge[]): readonly string[] {
  const known = new Set(files.map((file) => file.path));
  const next = Map.groupBy(edges, (edge) => edge.from);
  return Object.entries(roots).flatMap(([start, forbidden]) => {
    if (!known.has(start)) return [`${start}: a process's root is missing, so what it reaches was not looked at.`];
    const paths = reach(start, next);
    return forbidden.flatMap(({ what, why }) =>
      [...paths].filter(([to]) => what.test(to)).map(([, path]) => `${path.join(" → ")}: ${why}.`),
    );
  });
}

/** Everything that `start` imports, directly or not, each with one way to it. */
function reach(start: string, next: ReadonlyMap<string, readonly Edge[]>): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>([[start, [start]]]);
  for (const [at, path] of paths) {
    for (const edge of next.get(at) ?? []) if (!paths.has(edge.to)) paths.set(edge.to, [...path, edge.to]);
  }
  return paths;
}
