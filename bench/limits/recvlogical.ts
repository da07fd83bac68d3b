/** The limit for the stream: `pg_recvlogical` (Debian's postgresql-client-15) reading a slot to nowhere. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const places = ["/usr/lib/postgresql/18/bin/pg_recvlogical", "/usr/lib/postgresql/15/bin/pg_recvlogical", "/usr/bin/pg_recvlogical"];

/** Path of the tool, or undefined: then the rows that need it say so. */
export const recvlogicalPath = (): string | undefined => places.find((path) => existsSync(path));

/** Milliseconds to read `slot` up to `endLsn` with the options that Vitrine's own stream uses, writing to /dev/null. */
export async function recvlogical(options: {
  readonly url: string;
  readonly slot: string;
  readonly publications: string;
  readonly endLsn: string;
}): Promise<number> {
  const tool = recvlogicalPath();
  if (tool === undefined) throw new Error("pg_recvlogical is not installed (Debian: postgresql-client-15)");
  const started = performance.now();
  const child = spawn(
    tool,
    `-d ${options.url} --slot ${options.slot} --start -f /dev/null --endpos ${options.endLsn} --fsync-interval 0`
      .concat(` -o proto_version=1 -o publication_names=${options.publications} -o binary=true -o messages=true`)
      .split(" "),
    { stdio: ["ignore", "ignore", "ignore"] },
  );
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("exit", resolve);
  const code = await promise;
  if (code !== 0) throw new Error(`pg_recvlogical ended with ${code}`);
  return performance.now() - started;
}
