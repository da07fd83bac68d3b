/**
 * `npm run build`, second half: packs the package, installs it with Node 26 in an empty folder as a user would, and starts it there; and
 * once more with an older Node, which must get one sentence and exit code 1.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "vitrine-smoke-"));
let failed = 0;
let passed = 0;

try {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root, encoding: "utf8" }),
  ) as {
    filename: string;
  }[];
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { devDependencies: Record<string, string> };
  const packages = [`node@${devDependencies["node"]}`, `./${packed?.filename}`];
  execFileSync("npm", ["install", "--no-audit", "--no-fund", ...packages], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

  const help = spawnSync("npx", ["vitrine", "--help"], { cwd: folder, encoding: "utf8" });
  report("npx vitrine --help in an empty folder", help.status === 0 && help.stdout.includes("vitrine plan"));
  const version = spawnSync("npx", ["vitrine", "--version"], { cwd: folder, encoding: "utf8" });
  report("npx vitrine --version", version.status === 0 && /^\d+\.\d+\.\d+$/m.test(version.stdout));
  const unknown = spawnSync("npx", ["vitrine", "no-such-command"], { cwd: folder, encoding: "utf8" });
  report("an unknown command is refused with exit code 2", unknown.status === 2 && unknown.stderr.includes("cli/usage"));

  // Nobody listens on the port of tcpmux.
  const closed = spawnSync("npx", ["vitrine", "guard", "check", "redis://127.0.0.1:1"], { cwd: folder, encoding: "utf8" });
  report("npx vitrine guard check in an empty folder", closed.status === 0 && closed.stdout.startsWith("closed  redis://127.0.0.1:1"));
  const merkle = `import { leafHash, rootHash, verifyInclusion } from "vitrine/merkle";
    const leaf = leafHash(new Uint8Array());
    const claim = { leaf, index: 0, size: 1, proof: [], root: rootHash([leaf]) };
    console.log(verifyInclusion(claim), verifyInclusion({ ...claim, size: 2 }), Buffer.from(claim.root).toString("hex").slice(0, 8));`;
  const proofs = spawnSync("npx", ["node", "--input-type=module", "--eval", merkle], { cwd: folder, encoding: "utf8" });
  report("vitrine/merkle verifies without the rest", proofs.stdout === "true false 6e340b9c\n");

  const old = olderNode();
  if (old === undefined) process.stdout.write("skipped: no older Node on this machine\n");
  else {
    const refused = spawnSync(old, [join(folder, "node_modules/vitrine/bin/vitrine.js"), "--help"], { cwd: folder, encoding: "utf8" });
    report(
      "an older Node gets one sentence",
      refused.status === 1 && refused.stdout === "" && /^Vitrine needs Node 26 [^\n]*\n$/.test(refused.stderr),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function report(what: string, isRight: boolean): void {
  if (isRight) passed += 1;
  else failed += 1;
  process.stdout.write(`${isRight ? "passed" : "FAILED"}  ${what}\n`);
}

/** A Node before 26 from the machine's own path, past those that npm puts in front. */
function olderNode(): string | undefined {
  const candidates = (process.env["PATH"] ?? "").split(delimiter).map((entry) => join(entry, "node"));
  return candidates.find(
    (node) => existsSync(node) && Number(spawnSync(node, ["-p", "process.versions.node.split('.')[0]"], { encoding: "utf8" }).stdout) < 26,
  );
}
