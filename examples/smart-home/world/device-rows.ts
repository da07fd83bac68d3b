/** Rows of the tables around a device: models, devices, shares of cameras. */
import { firmwareAt } from "./catalogue.ts";
import type { Model, Release } from "./catalogue.ts";
import { tags } from "./fleet.ts";
import type { Fleet } from "./fleet.ts";
import type { Plan } from "./options.ts";
import { emailOf, macOf, nicknameOf, outsiderEmail, secretText, serialOf } from "./people.ts";
import { hashUnit, Random } from "./random.ts";
import type { TableRows } from "./table-rows.ts";
import { dayMs, Moments, rhythm, growth } from "./timeline.ts";

const minuteMs = 60_000;

export function modelRows(plan: Plan, fleet: Fleet): TableRows {
  return {
    table: "device_models",
    columns: ["id", "sku", "name", "category", "price", "released_on"],
    count: fleet.models.length,
    row: (copy, index) => {
      const model = fleet.models[index] as Model;
      copy.int4(index + 1);
      copy.text(model.sku);
      copy.text(model.name);
      copy.text(model.category);
      copy.hundredths(model.priceCents);
      // The scale is a prototype: no day of release.
      if (model.priceCents === 0) copy.null();
      else copy.date(plan.nowMs - model.releasedDaysAgo * dayMs);
    },
  };
}

/** Version text that a device runs at a minute. */
export function firmwareOf(fleet: Fleet, device: number, minute: number): number {
  return firmwareAt(
    fleet.models[fleet.deviceModel[device] as number] as Model,
    { activatedMinute: Math.floor((fleet.deviceActivated[device] as number) / 60), lagMinutes: fleet.deviceLag[device] as number },
    minute,
  );
}

export function deviceRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs } = plan;
  const mac = Buffer.alloc(6);
  const nowMinute = Math.floor(nowMs / minuteMs);
  return {
    table: "devices",
    columns: [
      "id",
      "account_id",
      "home_id",
      "activated_at",
      "last_seen_at",
      "model",
      "firmware",
      "mac",
      "serial",
      "nickname",
      "diagnostics",
    ],
    count: plan.counts.devices,
    row: (copy, index) => {
      const account = fleet.deviceAccount[index] as number;
      const model = fleet.models[fleet.deviceModel[index] as number] as Model;
      const activated = (fleet.deviceActivated[index] as number) * 1000;
      const firstHome = fleet.homeFirst[account] as number;
      const homes = (fleet.homeFirst[account + 1] as number) - firstHome;
      const unit = hashUnit(seed, tags.homes + 50, index);
      copy.int8(index + 1);
      copy.int8(account + 1);
      copy.int8(firstHome + (unit < 0.8 ? 0 : homes - 1) + 1);
      copy.timestamp(activated);
      // One device in seven lies in a drawer.
      if (unit < 0.14) copy.timestamp(activated + Math.floor((unit / 0.14) * (nowMs - activated)));
      else copy.timestamp(nowMs - Math.min(nowMs - activated, Math.floor(unit * dayMs)));
      copy.text(model.sku);
      copy.text(deviceFirmware(plan, fleet, { device: index, minute: nowMinute, email: () => emailOf(seed, account) }));
      copy.bytes(macOf(seed, index, mac));
      copy.text(serialOf(seed, index));
      const nickname = nicknameOf(seed, index);
      if (nickname === undefined) copy.null();
      else copy.text(nickname);
      // A report that the owner sent in: out of line in PostgreSQL.
      if (hashUnit(seed, tags.diagnostics, index) < 0.005) copy.text(diagnosticsText(seed, index));
      else copy.null();
    },
  };
}

export function diagnosticsText(seed: number, index: number): string {
  return `boot ok\nwifi ${secretText(seed, 60, index, 40)}\ncore ${secretText(seed, 61, index, 5000)}`;
}

/** One device in 20,000 is an engineer's, who typed something else into the firmware field. */
function deviceFirmware(
  plan: Plan,
  fleet: Fleet,
  at: { readonly device: number; readonly minute: number; readonly email: () => string },
): string {
  if (hashUnit(plan.seed, tags.firmware, at.device) < 1 / 20_000) return `dev build of ${at.email()}`;
  const model = fleet.models[fleet.deviceModel[at.device] as number] as Model;
  return (model.releases[firmwareOf(fleet, at.device, at.minute)] as Release).version;
}

export function shareRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs, counts } = plan;
  const random = new Random(seed, tags.shares);
  const span = { fromMs: plan.startMs + 30 * dayMs, toMs: nowMs };
  const moments = new Moments({ span: { ...span, weight: (hour) => rhythm(hour) * growth(hour, span) }, count: counts.shares, random });
  let active = 1;
  return {
    table: "camera_shares",
    columns: ["id", "device_id", "shared_with_email", "shared_with_account_id", "created_at", "revoked_at"],
    count: counts.shares,
    row: (copy, index) => {
      const at = moments.next();
      while (active < counts.devices && (fleet.deviceActivated[active] as number) * 1000 <= at) active++;
      copy.int8(index + 1);
      copy.int8(cameraAmong(fleet, random, active) + 1);
      // Four in ten go to people who have no account.
      const friend = random.below(counts.accounts);
      const known = random.chance(0.6);
      copy.text(known ? emailOf(seed, friend) : outsiderEmail(seed, index));
      if (known) copy.int8(friend + 1);
      else copy.null();
      copy.timestamp(at);
      if (random.chance(0.12)) copy.timestamp(at + Math.floor(random.unit() * (nowMs - at)));
      else copy.null();
    },
  };
}

/** Any camera of the first `active` devices; two devices in three are cameras, so a few tries find one. */
function cameraAmong(fleet: Fleet, random: Random, active: number): number {
  let device = random.below(active);
  for (let tries = 0; tries < 50 && !(fleet.models[fleet.deviceModel[device] as number] as Model).camera; tries++)
    device = random.below(active);
  return device;
}
