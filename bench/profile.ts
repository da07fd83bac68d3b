/**
 * What takes the time: reader and server run under V8's CPU profiler. They are started by the supervisor with its own `process.execPath`;
 * that is set to a small script that adds the profiler's options. Under the profiler the children may write into that one folder, and Node
 * lets them have their inspector, without which it writes no profile: measured so, never run so.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const topMax = 8;
/** Waiting is not work. `(program)` is: native code that no JavaScript called. */
const idle = "(idle)";

/** Node's options for a supervisor whose children leave their profiles in `folder`. */
export function profilingOptions(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const script = join(folder, "node");
  const options = `--cpu-prof --cpu-prof-dir='${folder}'`;
  writeFileSync(
    script,
    `#!/bin/sh\nif [ "$1" = --permission ]; then shift; exec '${process.execPath}' --permission --allow-inspector --allow-fs-write='${folder}' ${options} "$@"; fi\nexec '${process.execPath}' ${options} "$@"\n`,
  );
  chmodSync(script, 0o700);
  return ["--import", `data:text/javascript,${encodeURIComponent(`process.execPath = ${JSON.stringify(script)}`)}`];
}

/** The functions with the most self time of each process and thread that left a profile: a line for each. */
export function topFunctions(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .flatMap((name) => linesOf(JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile));
}

function linesOf(profile: CpuProfile): readonly string[] {
  const self = selfTimes(profile);
  const busy = [...self].filter(([name]) => name !== idle);
  const totalMs = [...self.values()].reduce((sum, ms) => sum + ms, 0);
  const busyMs = busy.reduce((sum, [, ms]) => sum + ms, 0);
  const top = busy.toSorted(([, a], [, b]) => b - a).slice(0, topMax);
  return [
    `${processOf(profile)}: busy ${(busyMs / 1000).toFixed(1)} of ${(totalMs / 1000).toFixed(1)} s`,
    ...top.map(([name, ms]) => `  ${((100 * ms) / busyMs).toFixed(0).padStart(3)} %  ${name}`),
  ];
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const self = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = names.get(id) ?? "?";
    self.set(name, (self.get(name) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  });
  return self;
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url === "") return name;
  const place = url.startsWith("file:") ? fileURLToPath(url).replace(root, "") : url;
  return `${name} ${place}:${lineNumber + 1}`;
}

/** By the root module that it ran: names of profiles say only process ids. */
function processOf({ nodes }: CpuProfile): string {
  const ran = (file: string): boolean => nodes.some(({ callFrame }) => callFrame.url.endsWith(file));
  if (ran("/src/cli/reader.ts")) return "reader";
  if (ran("/src/cli/server.ts")) return "server";
  return ran("/src/cli/http-worker.ts") ? "server, HTTP thread" : "another process";
}
