/** Every command, in the order of `vitrine --help`. A plain array: nothing registers itself. */
import { audit } from "./audit.ts";
import { apply, detach, plan } from "./administer.ts";
import type { Command } from "./command.ts";
import { demo } from "./demo.ts";
import { guard } from "./guard.ts";
import { keys } from "./keys.ts";
import { ledger } from "./ledger.ts";
import { link } from "./link.ts";
import { backup, compact, config, restore, run, token, verify } from "./owner.ts";
import { prove } from "./prove.ts";
import { query } from "./query.ts";
import { session } from "./session.ts";
import { status } from "./status.ts";
import { vantage } from "./vantage.ts";
import { watch } from "./watch.ts";

export const commands: readonly Command[] = [
  demo,
  keys,
  plan,
  apply,
  run,
  query,
  watch,
  status,
  prove,
  guard,
  vantage,
  verify,
  compact,
  link,
  session,
  token,
  audit,
  ledger,
  config,
  backup,
  restore,
  detach,
];
