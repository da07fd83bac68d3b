/**
 * Files whose change is a reason to look at once: the store's configuration, the firewall's. Only what the system says of a file is looked
 * at (which file it is, its size and times), never what stands in it. The folder is listened to and not the file, because editors and
 * deployments put another file in its place; and all is looked at again every few seconds, because folders are replaced, too, and not every
 * file system tells of changes.
 */
import type { FSWatcher } from "node:fs";
import { watch as watchFolder } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Asset } from "../../guard/asset.ts";
import { cycleOf } from "../../guard/watch.ts";
import type { Clock } from "../../lib/clock.ts";

export interface WatchedFilesOptions {
  readonly assets: readonly Asset[];
  /** What relative paths begin at: the folder of the file that declares them. */
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly nudge: (asset: string) => void;
  /** Not there, there again, or no file: said once each time. */
  readonly onOdd: (file: string, what: "missing" | "there" | "folder") => void;
  /** Whether this process may listen to a folder; under Node's permissions it may not see what else lies there. */
  readonly mayListen?: (folder: string) => boolean;
  /** Tests have a system that tells nothing. */
  readonly listen?: typeof watchFolder;
}

/** How long it takes at most where the system tells nothing of a change, or the folder is not there yet: longer for very many files. */
const blindLookMs = { least: 400, each: 8 };
/** Otherwise: for what it has not told of all the same. */
const lookMs = 5_000;
/** One saving of a file is several events. */
const gatherMs = 30;
/** Between two looks, where others write in the same folder all the time. */
const busyLookMs = 200;

/** Between two checks that changes set off. */
const gapMs = { least: 250, most: 30_000 };

/** Absolute paths of all files that these assets watch. */
export function pathsWatched(assets: readonly Asset[], folderOfFile: string): readonly string[] {
  return [...new Set(assets.flatMap(({ watches = [] }) => watches.map((path) => resolve(folderOfFile, path))))];
}

/** Ends when the signal says so. */
export async function watchFiles(options: WatchedFilesOptions): Promise<void> {
  const assetsOf = new Map<string, Asset[]>();
  for (const asset of options.assets)
    for (const path of asset.watches ?? []) {
      const file = resolve(options.folder, path);
      assetsOf.set(file, [...(assetsOf.get(file) ?? []), asset]);
    }
  if (assetsOf.size === 0) return;
  const bursts = new Map([...new Set([...assetsOf.values()].flat())].map((asset) => [asset.name, new Burst(asset, options)]));
  const onChange = (file: string): void => {
    for (const { name } of assetsOf.get(file) ?? []) bursts.get(name)?.changed();
  };
  using watched = new WatchedFiles([...assetsOf.keys()], { ...options, onChange });
  await watched.run();
}

/** What the system says of a file: another file in its place, or other content, is another text. */
type State = string;
const missing = "missing" as const;
const folder = "folder" as const;

type FilesOptions = WatchedFilesOptions & { readonly onChange: (file: string) => void };

class WatchedFiles implements Disposable {
  readonly #files: readonly string[];
  readonly #options: FilesOptions;
  readonly #states = new Map<string, State>();
  readonly #listeners = new Map<string, { readonly watcher: FSWatcher; readonly is: State }>();
  #wake: () => void = () => undefined;
  /** Something was told since the last look. */
  #isTold = false;

  constructor(files: readonly string[], options: FilesOptions) {
    this.#files = files;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#options;
    const blindMs = Math.min(lookMs, Math.max(blindLookMs.least, blindLookMs.each * this.#files.length));
    while (!signal.aborted) {
      const startedMs = clock.monotonicMs();
      // Listened to first: what changes while it is looked at is heard.
      const isHeard = await this.#listenTo(await this.#places());
      for (const file of this.#files) await this.#look(file);
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      if (this.#isTold) woken.abort();
      await clock.sleep(isHeard ? lookMs : blindMs, AbortSignal.any([signal, woken.signal]));
      if (!woken.signal.aborted) continue;
      await clock.sleep(Math.max(gatherMs, busyLookMs - (clock.monotonicMs() - startedMs)), signal);
      this.#isTold = false;
    }
  }

  #told(): void {
    this.#isTold = true;
    this.#wake();
  }

  /** The folder of each file, and of what a link leads to; the file itself where that is all that this process may see. */
  async #places(): Promise<ReadonlySet<string>> {
    const { mayListen = permitted } = this.#options;
    const real = await Promise.all(this.#files.map(async (file) => realpath(file).catch(() => file)));
    return new Set([...this.#files, ...real].map((file) => (mayListen(dirname(file)) ? dirname(file) : file)));
  }

  /** Whether all changes are heard. A folder that another has replaced is another one. */
  async #listenTo(places: ReadonlySet<string>): Promise<boolean> {
    const { listen = watchFolder } = this.#options;
    for (const [path, { watcher }] of this.#listeners)
      if (!places.has(path)) {
        watcher.close();
        this.#listeners.delete(path);
      }
    for (const path of places) {
      const is = await identityOf(path);
      const known = this.#listeners.get(path);
      if (known?.is === is && is !== missing) continue;
      known?.watcher.close();
      this.#listeners.delete(path);
      if (is === missing) continue;
      try {
        const watcher = listen(path, { persistent: false }, () => this.#told());
        watcher.on("error", () => {
          watcher.close();
          this.#listeners.delete(path);
          this.#told();
        });
        this.#listeners.set(path, { watcher, is });
      } catch {
        // As many are listened to as the system allows; the others are looked at.
      }
    }
    // A file says nothing when its folder is replaced.
    return this.#listeners.size === places.size && !this.#files.some((file) => places.has(file));
  }

  async #look(file: string): Promise<void> {
    const { onChange, onOdd } = this.#options;
    const before = this.#states.get(file);
    const state = await stateOf(file);
    if (state === before) return;
    this.#states.set(file, state);
    if (state === missing || state === folder) onOdd(file, state);
    else if (before === missing) onOdd(file, "there");
    if (before !== undefined && state !== folder) onChange(file);
  }

  [Symbol.dispose](): void {
    for (const { watcher } of this.#listeners.values()) watcher.close();
  }
}

function permitted(path: string): boolean {
  // Absent where this process was started without Node's permissions, whatever its type says.
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission };
  return permission?.has("fs.read", path) ?? true;
}

async function stateOf(file: string): Promise<State> {
  try {
    const found = await stat(file, { bigint: true });
    if (found.isDirectory()) return folder;
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return missing;
  }
}

async function identityOf(path: string): Promise<State> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return missing;
  }
}

/**
 * What a change sets off: a check at once, and again after a while, because a server takes its configuration up when it is restarted and not
 * when it is written. Something that writes all the time sets off fewer and fewer.
 */
class Burst {
  readonly #nudge: () => void;
  readonly #options: Pick<WatchedFilesOptions, "clock" | "signal">;
  readonly #laterMs: readonly number[];
  #lastMs = -Infinity;
  #gapMs: number = gapMs.least;
  #waiting = new AbortController();

  constructor(asset: Asset, options: WatchedFilesOptions) {
    this.#nudge = () => options.nudge(asset.name);
    this.#options = options;
    // What is a log-in each time is not asked more often than it must be.
    this.#laterMs = cycleOf(asset) > cycleOf({ ...asset, targets: [] }) ? [30_000] : [2_000, 10_000, 30_000];
  }

  changed(): void {
    const firstMs = Math.max(0, this.#lastMs + this.#gapMs - this.#options.clock.monotonicMs());
    this.#waiting.abort();
    this.#waiting = new AbortController();
    void this.#run([firstMs, ...this.#laterMs.filter((ms) => ms > firstMs)], this.#waiting.signal);
  }

  async #run([firstMs = 0, ...laterMs]: readonly number[], over: AbortSignal): Promise<void> {
    const { clock, signal } = this.#options;
    const ended = AbortSignal.any([signal, over]);
    if (firstMs > 0) await clock.sleep(firstMs, ended);
    if (ended.aborted) return;
    this.#gapMs = firstMs > 0 ? Math.min(gapMs.most, 2 * this.#gapMs) : Math.max(gapMs.least, this.#gapMs / 2);
    this.#lastMs = clock.monotonicMs();
    this.#nudge();
    let passedMs = firstMs;
    for (const ms of laterMs) {
      await clock.sleep(ms - passedMs, ended);
      if (ended.aborted) return;
      passedMs = ms;
      this.#nudge();
    }
  }
}
