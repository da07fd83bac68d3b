/**
 * vitrine guard add: what each store proves to be, recorded while its owner says that it is theirs. Only a store that proves to be the same later is
 * asked for more than whether it is open. A credential of the store is read from its file by this command alone, used once, and kept nowhere.
 */
import { check, questionAt } from "../../../guard/checks/check.ts";
import type { Asset } from "../../../guard/asset.ts";
import type { Identity } from "../../../guard/readable/inspect.ts";
import { identitiesOf, tlsKey } from "../../../guard/readable/inspect.ts";
import type { Target } from "../../../guard/target.ts";
import { systemClock } from "../../../lib/clock.ts";

import { VitrineError } from "../../../model/error.ts";
import type { CommandContext } from "../../commands/command.ts";
import { print, text } from "../../commands/command.ts";
import { table } from "../../render.ts";
import type { State } from "../../state.ts";
import { declaredHere, stateHere } from "../declared.ts";
import type { Shown } from "../looks/store-login.ts";
import { authorizationOf, mayBeTold, speaks } from "../looks/store-login.ts";

/** What one of an asset's stores proved to be. */
export interface Recorded {
  readonly asset: string;
  readonly target: string;
  readonly identities: readonly Identity[];
  /** Addresses that were not told the credential. */
  readonly notTold: readonly string[];
}

/** In the place of what was recorded before. `authorization`: of the store, as HTTP sends it. */
export async function recordIdentities(
  assets: readonly Asset[],
  state: State,
  authorization: string | undefined,
): Promise<readonly Recorded[]> {
  const all: Recorded[] = [];
  for (const { name, targets, authorised = { by: "", on: "" } } of assets) {
    const found: Recorded[] = [];
    const known = state.guard.identities(name);
    for (const target of targets) {
      const keys = known.filter((one) => one.target === target.label && one.kind === tlsKey).map(({ value }) => value);
      found.push({ asset: name, target: target.label, ...(await proofsOf(target, authorization, keys)) });
    }
    const rows = found.flatMap(({ asset, target, identities }) => identities.map((one) => ({ asset, target, ...one })));
    const kinds = rows.map(({ target, kind }) => ({ target, kind }));
    state.guard.setIdentities(rows, Date.now(), { asset: name, authorised: { ...authorised }, recorded: kinds });
    all.push(...found);
  }
  return all;
}

/** Exit code: 0 every store proves something, 3 one of them does not. */
export async function addIdentities(context: CommandContext, names: readonly string[]): Promise<number> {
  const assets = chosen(declaredHere(context).assets, names);
  const authorization = authorizationOf(text(context, "credential-file"));
  using state = stateHere(context);
  const found = await recordIdentities(assets, state, authorization);
  print(context, found, () =>
    table(
      ["asset", "store", "proves to be itself by"],
      found.map(({ asset, target, identities }) => [
        asset,
        target,
        identities.length === 0 ? "nothing: what is readable there will not be counted" : identities.map(proofText).join(", "),
      ]),
    ),
  );
  const notTold = [...new Set(found.flatMap((one) => one.notTold))];
  if (notTold.length > 0) context.terminal.error(notToldText(notTold));
  return found.every(({ identities }) => identities.length > 0) ? 0 : 3;
}

/** A key is to be compared by its owner. */
function proofText({ kind, value }: Identity): string {
  return kind === tlsKey ? `${kind} (SHA-256 ${value})` : kind;
}

function notToldText(addresses: readonly string[]): string {
  return `The credential was not sent to ${addresses.join(", ")}: who answers there did not prove to be the store. It is sent to this machine itself, by TLS to
whoever shows a certificate that this machine trusts for the name (NODE_EXTRA_CA_CERTS=FILE adds an authority), and by TLS to whoever holds a
key that was recorded before: record it by \`vitrine guard add\` without the credential, compare it with the store's own, and say this again.
`;
}

export function chosen(assets: readonly Asset[], names: readonly string[]): readonly Asset[] {
  const unknown = names.find((name) => !assets.some((asset) => asset.name === name));
  if (unknown !== undefined) throw new VitrineError("guard/usage", { message: "There is no such asset in the file.", place: unknown });
  return names.length === 0 ? assets : assets.filter(({ name }) => names.includes(name));
}

/** All that its places prove; each place is asked once. `keys`: of TLS, recorded before. */
async function proofsOf(
  target: Target,
  header: string | undefined,
  keys: readonly string[],
): Promise<Pick<Recorded, "identities" | "notTold">> {
  const { rows } = await check(target, systemClock);
  const all = new Map<string, Identity>();
  const [toldAt, notToldAt] = [new Set<string>(), new Set<string>()];
  for (const row of rows.filter(speaks)) {
    const place = { address: row.address, port: target.port };
    const asked = { target, question: questionAt(target, row), place, shown: row.certificate };
    let isTold: boolean | undefined;
    const authorization =
      header === undefined ? undefined : { header, mayBeTold: (shown: Shown) => (isTold = mayBeTold(row, shown, keys)) };
    const told = await identitiesOf(asked, authorization);
    if (isTold === true) toldAt.add(row.address);
    // Nor is it recorded then: said twice, the second time would tell it.
    if (isTold === false) notToldAt.add(row.address);
    else for (const one of told) all.set(JSON.stringify(one), one);
  }
  return { identities: [...all.values()], notTold: [...notToldAt.difference(toldAt)] };
}
