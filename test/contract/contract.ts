/**
 * `npm run test:contract`: schemathesis (PyPI) reads the API's description from a running server over a real store and attacks every
 * operation with what the description allows and with what it forbids. It is installed into a folder of its own, once. Without Python or
 * pip this says so, names the command, and ends with 0; with CI=true that is a failure.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openSmallApi } from "../support/small-backend.ts";
import { fakeTokens } from "../support/fake-backend.ts";

const version = "4.32.5";
const folder =
  process.env["VITRINE_CONTRACT_VENV"] || join(import.meta.dirname, "../../node_modules/.cache", `vitrine-schemathesis-${version}`);
const program = join(folder, "bin", "schemathesis");
const examples = process.env["VITRINE_CONTRACT_EXAMPLES"] ?? "40";

type Tester = "viewer" | "analyst" | "responder" | "admin";

/** `npm run test:contract -- viewer`: as one who is not shown small groups, alone. Without a role as each, those who may with a reason. */
const testers: readonly Tester[] =
  process.argv[2] === undefined ? ["viewer", "analyst", "responder", "admin"] : [process.argv[2] as Tester];

/**
 * positive_data_acceptance is off: a question is more than its parameters. Dates have an order, a grain has its metrics, values are those of
 * the copy; JSON Schema says none of that, so 400 for what fits the schema is right.
 */
const excluded = ["positive_data_acceptance"];

function install(): boolean {
  if (existsSync(program)) return true;
  const steps: readonly (readonly string[])[] = [
    ["python3", "-m", "venv", folder],
    [join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", `schemathesis==${version}`],
  ];
  return steps.every(([command = "", ...rest]) => spawnSync(command, rest, { stdio: ["ignore", "ignore", "inherit"] }).status === 0);
}

async function run(): Promise<number> {
  if (!install()) {
    process.stdout.write(
      `skipped: schemathesis could not be installed. Do: python3 -m venv ${folder} && ${folder}/bin/pip install schemathesis==${version}\n`,
    );
    return process.env["CI"] === "true" ? 1 : 0;
  }
  for (const role of testers) {
    process.stdout.write(`as ${role}\n`);
    const code = await testAs(role);
    if (code !== 0) return code;
  }
  return 0;
}

async function testAs(role: Tester): Promise<number> {
  await using api = await openSmallApi();
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  const headers = [
    `Authorization:${fakeTokens().bearer[role]}`,
    `Origin:${url}`,
    ...(role === "viewer" ? [] : ["Vitrine-Reason:contract test"]),
  ];
  const place = `run ${url}/v1/openapi.json --url ${url}`;
  const checks = `--checks all --exclude-checks ${excluded.join(",")} --max-examples ${examples} --seed 4 --workers 1 --exclude-path /v1/guard/events`;
  const rest = "--continue-on-failure --request-timeout 10 --generation-database none --no-color";
  const child = spawn(program, [...`${place} ${checks} ${rest}`.split(" "), ...headers.flatMap((header) => ["--header", header])], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
  // Awaited here: the server is there until it is over.
  return await new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

process.exit(await run());
