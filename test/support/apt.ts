/** Debian's packages, where this account may install them. Tests that run beside each other install one after the other. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

const installLimitMs = 600_000;
/** Beside the processes' own files of that kind: who is not root cannot write there. */
const lockFile = "/run/vitrine-apt.lock";

/** Their services are not started. Whether they are there then says who asked. */
export function aptInstall(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  const script = 'apt-get update -qq; exec apt-get install -y -qq --no-install-recommends "$@"';
  using _noServices = noServices();
  spawnSync("flock", [lockFile, "/bin/sh", "-c", script, "sh", ...packages], {
    stdio: "ignore",
    timeout: installLimitMs,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/** A package's service is not started at its installation: Debian's invoke-rc.d asks this file. */
function noServices(): Disposable {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return { [Symbol.dispose]: () => undefined };
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return { [Symbol.dispose]: () => rmSync(policy, { force: true }) };
}
