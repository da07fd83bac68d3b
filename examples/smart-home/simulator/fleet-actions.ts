/** What happens to devices: switched on, updated, corrected, renamed, sold, reported, and given another id. */
import type { Model } from "../world/catalogue.ts";
import { diagnosticsText } from "../world/device-rows.ts";
import { emailOf, networkName, nicknameOf, outsiderEmail, secretText, serialOf } from "../world/people.ts";
import type { Action } from "./action.ts";
import { makeAttempts } from "./attempts.ts";
import { addDevice, between, newestRelease, pickCamera, pickDevice, pickDevices, releaseOf } from "./live.ts";
import type { Live, LiveDevice } from "./live.ts";

export async function nextId(live: Live, table: string): Promise<number> {
  const { rows } = await live.client.query<{ id: string }>(`SELECT nextval(pg_get_serial_sequence('${table}', 'id')) AS id`);
  return Number(rows[0]?.id);
}

export function at(live: Live): string {
  return new Date(live.clock()).toISOString();
}

export async function changed(live: Live, sql: string, values: readonly unknown[]): Promise<number> {
  return (await live.client.query(sql, [...values])).rowCount ?? 0;
}

/** A model that is on sale, popular ones more often. */
function boughtModel(live: Live): Model {
  const { models, random } = live;
  const first = models[random.below(models.length - 1)] as Model;
  const second = models[random.below(models.length - 1)] as Model;
  return first.share >= second.share ? first : second;
}

/** A device of this account with the firmware that is in the box, not yet in the database. */
export function newDevice(live: Live, id: number, owner: Pick<LiveDevice, "accountId" | "place">): LiveDevice {
  const model = boughtModel(live);
  return { id, accountId: owner.accountId, place: owner.place, model, firmware: (model.releases.at(-2) ?? newestRelease(model)).version };
}

export async function insertDevice(live: Live, device: LiveDevice, homeId: number | null): Promise<number> {
  const mac = `2e:5e:${hexByte(live.random.bits())}:${hexByte(live.random.bits())}:${hexByte(live.random.bits())}:${hexByte(live.random.bits())}`;
  return changed(
    live,
    `INSERT INTO devices (id, account_id, home_id, activated_at, last_seen_at, model, firmware, mac, serial, nickname)
     VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)`,
    [
      device.id,
      device.accountId,
      homeId,
      at(live),
      device.model.sku,
      device.firmware,
      mac,
      serialOf(live.seed, device.id),
      nicknameOf(live.seed, device.id) ?? null,
    ],
  );
}

function hexByte(bits: number): string {
  return (bits & 255).toString(16).padStart(2, "0");
}

async function swapIds(live: Live): Promise<number> {
  const [first, second] = pickDevices(live, 2);
  if (first === undefined || second === undefined) return 0;
  // Each step takes the rows that refer along (ON UPDATE CASCADE): the mirror must follow rows, not keys.
  const { rows } = await live.client.query<{ n: string }>(
    `SELECT (SELECT count(*) FROM connection_attempts WHERE device_id = ANY($1::bigint[])) + (SELECT count(*) FROM camera_shares WHERE device_id = ANY($1::bigint[])) AS n`,
    [[first.id, second.id]],
  );
  const steps: readonly [number, number][] = [
    [first.id, -first.id],
    [second.id, first.id],
    [-first.id, second.id],
  ];
  let changes = Number(rows[0]?.n);
  for (const [from, to] of steps) changes += await changed(live, "UPDATE devices SET id = $2 WHERE id = $1", [from, to]);
  [first.id, second.id] = [second.id, first.id];
  return changes;
}

async function updateFirmware(live: Live): Promise<number> {
  const { model } = pickDevice(live);
  const release = newestRelease(model);
  const devices = pickDevices(live, between(live, 1, 40)).filter((device) => device.model === model && device.firmware !== release.version);
  for (const device of devices) device.firmware = release.version;
  return changed(live, "UPDATE devices SET firmware = $2, last_seen_at = $3 WHERE id = ANY($1::bigint[])", [
    devices.map(({ id }) => id),
    release.version,
    at(live),
  ]);
}

async function correctModel(live: Live): Promise<number> {
  const device = pickDevice(live);
  const model = boughtModel(live);
  device.model = model;
  device.firmware = releaseOf({ ...device, model }).version;
  return changed(live, "UPDATE devices SET model = $2, firmware = $3 WHERE id = $1", [device.id, model.sku, device.firmware]);
}

async function changeOwner(live: Live): Promise<number> {
  const [device, other] = pickDevices(live, 2);
  if (device === undefined || other === undefined) return 0;
  device.accountId = other.accountId;
  device.place = other.place;
  const moved = await changed(
    live,
    `UPDATE devices SET account_id = $2, home_id = (SELECT min(id) FROM homes WHERE account_id = $2), nickname = NULL WHERE id = $1`,
    [device.id, other.accountId],
  );
  return moved + (await changed(live, "DELETE FROM camera_shares WHERE device_id = $1", [device.id]));
}

async function report(live: Live): Promise<number> {
  const device = pickDevice(live);
  const text = live.random.chance(0.25) ? null : diagnosticsText(live.seed, live.invented++);
  return changed(live, "UPDATE devices SET diagnostics = $2 WHERE id = $1", [device.id, text]);
}

async function share(live: Live): Promise<number> {
  const device = pickCamera(live);
  const friend = live.random.chance(0.6) ? pickDevice(live) : undefined;
  const email = friend === undefined ? outsiderEmail(live.seed, live.invented++) : emailOf(live.seed, friend.accountId - 1);
  return changed(
    live,
    "INSERT INTO camera_shares (device_id, shared_with_email, shared_with_account_id, created_at) VALUES ($1, $2, $3, $4)",
    [device.id, email, friend?.accountId ?? null, at(live)],
  );
}

export const fleetActions: readonly Action[] = [
  {
    name: "activation",
    weight: 5,
    run: async (live) => {
      const device = newDevice(live, await nextId(live, "devices"), pickDevice(live));
      // The device talks before the row that names it is written: foreign keys are checked at commit.
      const made = await makeAttempts(live, { count: between(live, 1, 4), ageMaxMs: 1_000, device });
      const { rows } = await live.client.query<{ id: string | null }>("SELECT min(id) AS id FROM homes WHERE account_id = $1", [
        device.accountId,
      ]);
      const inserted = await insertDevice(live, device, rows[0]?.id == null ? null : Number(rows[0].id));
      addDevice(live, device);
      return made + inserted;
    },
  },
  {
    name: "renames",
    weight: 4,
    run: async (live) => {
      const device = pickDevice(live);
      const renamed = await changed(live, "UPDATE devices SET nickname = $2 WHERE id = $1", [
        device.id,
        secretText(live.seed, 70, live.invented++, 10),
      ]);
      return (
        renamed +
        (await changed(live, "UPDATE homes SET wifi_ssid = $2 WHERE account_id = $1", [
          device.accountId,
          networkName(live.seed, live.invented++),
        ]))
      );
    },
  },
  { name: "firmware updates", weight: 6, run: updateFirmware },
  { name: "model correction", weight: 1, run: correctModel },
  { name: "change of owner", weight: 1, run: changeOwner },
  { name: "swap of device ids", weight: 0.3, run: swapIds },
  { name: "diagnostic report", weight: 0.7, run: report },
  { name: "camera share", weight: 3, run: share },
  {
    name: "share revoked",
    weight: 1,
    run: (live) =>
      changed(
        live,
        "UPDATE camera_shares SET revoked_at = $2 WHERE id = (SELECT min(id) FROM camera_shares WHERE id >= $1 AND revoked_at IS NULL)",
        [1 + live.random.below(1_000 + live.devices.length), at(live)],
      ),
  },
];
