/** All tables but the attempts, in the order in which they are loaded. */
import { accountRows, apiTokenRows, homeRows, integrationRows, logRows, paymentRows, scaleRows, sessionRows } from "./account-rows.ts";
import { deviceRows, modelRows, shareRows } from "./device-rows.ts";
import type { Fleet } from "./fleet.ts";
import type { Plan } from "./options.ts";
import type { TableRows } from "./table-rows.ts";

export function tableRows(plan: Plan, fleet: Fleet): readonly TableRows[] {
  return [
    modelRows(plan, fleet),
    accountRows(plan, fleet),
    homeRows(plan, fleet),
    deviceRows(plan, fleet),
    shareRows(plan, fleet),
    sessionRows(plan, fleet),
    apiTokenRows(plan, fleet),
    integrationRows(plan, fleet),
    scaleRows(plan),
    paymentRows(plan, fleet),
    logRows(plan, fleet),
  ];
}
