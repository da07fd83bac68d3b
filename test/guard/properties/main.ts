/** `npm run fuzz:guard [-- --answers 10000000 --seed N]`: the properties of answers.ts and depths.ts, as long as one likes. */
import { parseArgs } from "node:util";
import { run, subjects } from "./answers.ts";
import { depthSubjects, runDepths } from "./depths.ts";

const { values } = parseArgs({ options: { answers: { type: "string", default: "10000000" }, seed: { type: "string" } } });
const seed = values.seed === undefined ? Math.floor(Math.random() * 4_294_967_296) : Number(values.seed);
const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const startedMs = performance.now();
say(`checkers: ${subjects.map(({ checker }) => checker.service).join(", ")}; seed ${seed}`);
try {
  const { conversations, answers, decided, open } = run({ seed, answers: Number(values.answers) });
  say(
    `${answers} answers in ${conversations} conversations, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s: no exception, a verdict each`,
  );
  say(`of open recordings ${decided} kept what decides: called closed 0, open ${open}, unknown ${decided - open}`);
  const beyond = runDepths({ seed, answers: Math.ceil(Number(values.answers) / 10) });
  say(
    `beyond the gate (${depthSubjects.map(({ service }) => service).join(", ")}): ${beyond.answers} answers, ${beyond.found} times something was found`,
  );
  say("1 passed, 0 failed");
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  say("0 passed, 1 failed");
  process.exitCode = 1;
}
