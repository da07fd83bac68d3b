/** What people do: sign up, log in and out, link and unlink, weigh themselves, pay, complain, leave. */
import { logMessage } from "../world/account-rows.ts";
import { addressOf, emailOf, nameOf, networkName, phoneOf, platforms, secretText, userAgentOf } from "../world/people.ts";
import type { Action } from "./action.ts";
import { dotted, makeAttempts } from "./attempts.ts";
import { at, changed, insertDevice, newDevice, nextId } from "./fleet-actions.ts";
import { addDevice, between, forgetDevices, pickDevice, placeOfId } from "./live.ts";
import type { Live } from "./live.ts";

const dayMs = 86_400_000;

function later(live: Live, days: number): string {
  return new Date(live.clock() + days * dayMs).toISOString();
}

function secretHash(live: Live): Buffer {
  return Buffer.from(secretText(live.seed, 71, live.invented++, 32), "latin1");
}

/** A new account with its home and first device; the attempts come first, the account last: nothing refers to a row before commit. */
async function signUp(live: Live): Promise<number> {
  const { seed, random } = live;
  const accountId = await nextId(live, "accounts");
  const homeId = await nextId(live, "homes");
  const place = placeOfId(accountId);
  let changes = 0;
  if (random.chance(0.8)) {
    const device = newDevice(live, await nextId(live, "devices"), { accountId, place });
    changes += await makeAttempts(live, { count: between(live, 1, 6), ageMaxMs: 1_000, device });
    changes += await insertDevice(live, device, homeId);
    addDevice(live, device);
  }
  changes += await changed(
    live,
    "INSERT INTO homes (id, account_id, name, wifi_ssid, network_address, created_at) VALUES ($1, $2, 'Home', $3, $4, $5)",
    [homeId, accountId, networkName(seed, homeId), dotted(addressOf(seed, accountId - 1)), at(live)],
  );
  return (
    changes +
    (await changed(
      live,
      `INSERT INTO accounts (id, created_at, email, password_hash, name, phone, country, region, time_zone, language)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        accountId,
        at(live),
        emailOf(seed, accountId - 1),
        `$argon2id$v=19$m=65536,t=3,p=4$${secretText(seed, 72, live.invented++, 64)}`,
        nameOf(seed, accountId, place.language),
        phoneOf(seed, accountId) ?? null,
        place.country,
        place.region ?? null,
        place.zone,
        place.language,
      ],
    ))
  );
}

async function logIn(live: Live): Promise<number> {
  const { accountId } = pickDevice(live);
  const platform = live.random.pick(platforms);
  return changed(
    live,
    "INSERT INTO sessions (id, account_id, created_at, expires_at, platform, token_hash, ip, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    [
      uuid(live),
      accountId,
      at(live),
      later(live, 90),
      platform,
      secretHash(live),
      dotted(addressOf(live.seed, accountId - 1)),
      userAgentOf(platform, live.random.unit()),
    ],
  );
}

/** A random (version 4) UUID of the simulator's own randomness. */
function uuid(live: Live): string {
  const hex = Array.from({ length: 4 }, () => live.random.bits().toString(16).padStart(8, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Of an account: rows in the tables that refer to it, and what refers to its devices. */
const rowsOfAccount = `
  SELECT 1 + (SELECT count(*) FROM homes WHERE account_id = $1) + (SELECT count(*) FROM devices WHERE account_id = $1)
    + (SELECT count(*) FROM sessions WHERE account_id = $1) + (SELECT count(*) FROM api_tokens WHERE account_id = $1)
    + (SELECT count(*) FROM integrations WHERE account_id = $1) + (SELECT count(*) FROM scale_measurements WHERE account_id = $1)
    + (SELECT count(*) FROM payment_methods WHERE account_id = $1) AS own,
    (SELECT count(*) FROM connection_attempts a JOIN devices d ON d.id = a.device_id WHERE d.account_id = $1) AS attempts`;

async function countRows(live: Live, accountId: number): Promise<{ readonly own: number; readonly attempts: number }> {
  const { rows } = await live.client.query<{ own: string; attempts: string }>(rowsOfAccount, [accountId]);
  return { own: Number(rows[0]?.own), attempts: Number(rows[0]?.attempts) };
}

/** The account and all that hangs on it, in one transaction: the source cascades. */
async function deleteAccount(live: Live): Promise<number> {
  // A small world keeps its fleet: somebody must be left to talk.
  if (live.devices.length < 200) return 0;
  const { accountId } = pickDevice(live);
  const { own, attempts } = await countRows(live, accountId);
  await changed(live, "DELETE FROM accounts WHERE id = $1", [accountId]);
  forgetDevices(live, (device) => device.accountId === accountId);
  return own + attempts;
}

/** Two systems are merged and an account gets another number: its rows follow. */
async function changeAccountId(live: Live): Promise<number> {
  const { accountId } = pickDevice(live);
  const { own } = await countRows(live, accountId);
  const id = await nextId(live, "accounts");
  await changed(live, "UPDATE accounts SET id = $2 WHERE id = $1", [accountId, id]);
  for (const device of live.devices) if (device.accountId === accountId) device.accountId = id;
  return own;
}

/** The first linked integration from a random one on. */
const someLink = `SELECT id FROM integrations WHERE id >= $1 AND access_token IS NOT NULL ORDER BY id LIMIT 1`;

async function randomLink(live: Live): Promise<number> {
  const { rows } = await live.client.query<{ id: string | null }>("SELECT max(id) AS id FROM integrations");
  return 1 + live.random.below(Math.max(1, Number(rows[0]?.id ?? 1)));
}

export const peopleActions: readonly Action[] = [
  { name: "sign-up", weight: 5, run: signUp },
  { name: "log-in", weight: 6, run: logIn },
  {
    name: "log-out",
    weight: 2,
    run: (live) =>
      changed(live, "UPDATE sessions SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL", [
        pickDevice(live).accountId,
        at(live),
      ]),
  },
  {
    name: "old sessions removed",
    weight: 1,
    run: (live) => changed(live, "DELETE FROM sessions WHERE account_id = $1 AND revoked_at IS NOT NULL", [pickDevice(live).accountId]),
  },
  {
    name: "link",
    weight: 1.5,
    run: (live) =>
      changed(
        live,
        "INSERT INTO integrations (account_id, linked_at, kind, access_token, refresh_token) VALUES ($1, $2, $3::integration_kind, $4, $5)",
        [
          pickDevice(live).accountId,
          at(live),
          live.random.chance(0.6) ? "alexa" : live.random.pick(["google_assistant", "ifttt"]),
          `Atza|${secretText(live.seed, 73, live.invented++, 120)}`,
          `Atzr|${secretText(live.seed, 74, live.invented++, 120)}`,
        ],
      ),
  },
  {
    name: "unlinking",
    weight: 1,
    run: async (live) =>
      changed(live, `UPDATE integrations SET unlinked_at = $2, access_token = NULL, refresh_token = NULL WHERE id = (${someLink})`, [
        await randomLink(live),
        at(live),
      ]),
  },
  {
    name: "api token",
    weight: 1,
    run: async (live) => {
      const { accountId } = pickDevice(live);
      const revoked = await changed(live, "UPDATE api_tokens SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL", [
        accountId,
        at(live),
      ]);
      const made = await changed(
        live,
        "INSERT INTO api_tokens (account_id, label, token_hash, platform, created_at, expires_at) VALUES ($1, 'Home Assistant', $2, 'web', $3, $4)",
        [accountId, secretHash(live), at(live), later(live, 365)],
      );
      return revoked + made;
    },
  },
  {
    name: "preferences",
    weight: 1,
    run: (live) =>
      changed(live, "UPDATE accounts SET preferences = $2 WHERE id = $1", [
        pickDevice(live).accountId,
        JSON.stringify({ theme: "dark", dashboard: secretText(live.seed, 75, live.invented++, live.random.chance(0.2) ? 4200 : 20) }),
      ]),
  },
  {
    // Someone moves to another country: everything that they did counts there from now on.
    name: "move to another country",
    weight: 0.3,
    run: (live) => {
      const { accountId } = pickDevice(live);
      const place = placeOfId(1 + live.random.below(1_000_000));
      for (const device of live.devices) if (device.accountId === accountId) device.place = place;
      return changed(live, "UPDATE accounts SET country = $2, region = $3, time_zone = $4 WHERE id = $1", [
        accountId,
        place.country,
        place.region ?? null,
        place.zone,
      ]);
    },
  },
  {
    name: "scale measurement",
    weight: 0.5,
    run: (live) =>
      live.testers.length === 0
        ? Promise.resolve(0)
        : changed(
            live,
            `INSERT INTO scale_measurements (account_id, at, weight_kg, height_cm, gender, bone_mass_kg)
             SELECT id, $2, $3::numeric / 100, 170, 'female', $3::numeric / 2400 FROM accounts WHERE id = $1`,
            [live.random.pick(live.testers), at(live), between(live, 5000, 9900)],
          ),
  },
  {
    name: "payment method",
    weight: 0.3,
    run: (live) => {
      const { accountId } = pickDevice(live);
      return changed(
        live,
        `INSERT INTO payment_methods (account_id, brand, last4, holder, provider_token, billing_address, expires_on, created_at)
         VALUES ($1, 'visa', $2, $3, $4, '1 Example Street', $5, $6)`,
        [
          accountId,
          String(between(live, 1000, 9999)),
          nameOf(live.seed, accountId, "en"),
          `tok_${secretText(live.seed, 76, live.invented++, 24)}`,
          later(live, 900),
          at(live),
        ],
      );
    },
  },
  {
    name: "log lines",
    weight: 3,
    run: async (live) => {
      const messages = Array.from({ length: between(live, 1, 5) }, () =>
        logMessage({ seed: live.seed, account: pickDevice(live).accountId - 1, unit: live.random.unit() }),
      );
      return changed(
        live,
        "INSERT INTO app_log (at, level, service, message) SELECT $2, 'info', 'auth', message FROM unnest($1::text[]) AS line (message)",
        [messages, at(live)],
      );
    },
  },
  { name: "account deletion", weight: 0.4, run: deleteAccount },
  { name: "account number changed", weight: 0.3, run: changeAccountId },
];
