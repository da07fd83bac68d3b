/** vitrine guard vantage: who is invited to look from elsewhere, who is enrolled, who no longer. */
import { randomBytes } from "node:crypto";
import { fingerprintOf } from "../../../lib/self-signed.ts";
import { VitrineError } from "../../../model/error.ts";
import type { CommandContext } from "../../commands/command.ts";
import { print, text } from "../../commands/command.ts";
import type { Config } from "../../config.ts";
import { parseListen } from "../../config.ts";
import { table } from "../../render.ts";
import { codeBytes, codeHash, codeMs, invitationText } from "../../vantage/code.ts";
import { ownKey } from "../../vantage/key.ts";
import { declaredVantages, stateHere } from "../declared.ts";

/** Throws guard/usage, guard/vantage-name. */
export function manageVantages(context: CommandContext, [what, name, ...more]: readonly string[]): number {
  if (what === "list" && name === undefined) return list(context);
  if (what === "add" && name !== undefined && more.length === 0) return add(context, name);
  if (what === "remove" && name !== undefined && more.length === 0) return remove(context, name);
  throw new VitrineError("guard/usage", { message: "guard vantage takes add NAME, list, or remove NAME." });
}

function add(context: CommandContext, name: string): number {
  const config = context.config({ needsFile: true });
  if (!declaredVantages(config).some((one) => one.name === name))
    throw new VitrineError("guard/vantage-name", {
      message: "The file declares no vantage of this name.",
      place: config.configFile,
      remedy: 'Declare it with a known-open endpoint: `vantages: { NAME: { control: ["tcp://edge.example.com:443"] } }`.',
    });
  const { host, port } = addressOf(context, config);
  const fingerprint = fingerprintOf(ownKey(config.vantageKeyFile));
  using state = stateHere(context);
  if (state.vantages.list().some((one) => one.name === name))
    throw new VitrineError("guard/vantage-name", { message: "A vantage of this name is enrolled." });
  const code = randomBytes(codeBytes).toString("base64url");
  const at = Date.now();
  state.vantages.addCode({ hash: codeHash(code), name, expiresAt: at + codeMs, at });
  const invitation = invitationText({ host, port, name, code, fingerprint });
  print(
    context,
    { invitation, expires: new Date(at + codeMs).toISOString() },
    () =>
      `Within the hour, once, on the host outside:\n\n  vitrine vantage ${invitation}\n\nThe watch waits for it where it runs with --vantage-listen.\n`,
  );
  return 0;
}

/** Where it listens may be every address of this host, which nobody elsewhere can call. */
function addressOf(context: CommandContext, { vantageListen }: Config): { readonly host: string; readonly port: number } {
  const given = text(context, "at");
  const address = given === undefined ? vantageListen : parseListen(given, "--at");
  if (address === undefined || ["0.0.0.0", "::"].includes(address.host) || address.port === 0)
    throw new VitrineError("guard/usage", {
      message: "--at says where the vantage finds this watch: HOST:PORT as it is called from there.",
      place: "--at",
    });
  return address;
}

function list(context: CommandContext): number {
  const declared = declaredVantages(context.config({ needsFile: true })).map(({ name }) => name);
  using state = stateHere(context);
  const rows = state.vantages.list();
  const names = [...new Set([...declared, ...rows.map(({ name }) => name)])].toSorted();
  const found = names.map((name) => {
    const row = rows.find((one) => one.name === name);
    return {
      vantage: name,
      state: row === undefined ? "not enrolled" : row.lostSince === undefined ? (row.seenAt === undefined ? "not yet" : "seen") : "lost",
      isDeclared: declared.includes(name),
      fingerprint: row?.fingerprint,
      enrolledAt: timeOf(row?.enrolledAt),
      seenAt: timeOf(row?.seenAt),
      lostSince: timeOf(row?.lostSince),
    };
  });
  print(context, found, () =>
    table(
      ["vantage", "state", "heard of", "lost since", "key", ""],
      found.map((one) => [
        one.vantage,
        one.state,
        one.seenAt ?? "",
        one.lostSince ?? "",
        one.fingerprint?.slice(0, 16) ?? "",
        one.isDeclared ? "" : "the file declares no control for it",
      ]),
    ),
  );
  return 0;
}

function remove(context: CommandContext, name: string): number {
  using state = stateHere(context);
  if (!state.vantages.remove(name, Date.now()))
    throw new VitrineError("guard/vantage-name", { message: "No vantage of this name is enrolled." });
  print(context, { removed: name }, () => `${name} is no longer heard. On its host the key in its folder is yours to remove.\n`);
  return 0;
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
