/** Rows of the tables around a person: accounts, homes, sessions, tokens, links, payment, health, and the log that quotes them. */
import { places } from "./catalogue.ts";
import type { Place } from "./catalogue.ts";
import type { CopyIn } from "./copy.ts";
import { tags, testerAccount } from "./fleet.ts";
import type { Fleet } from "./fleet.ts";
import type { Plan } from "./options.ts";
import { addressOf, emailOf, nameOf, networkName, phoneOf, platforms, secretBytes, secretText, userAgentOf } from "./people.ts";
import { cumulative, exactSample, hashUnit, pickWeighted, Random } from "./random.ts";
import type { TableRows } from "./table-rows.ts";
import { dayMs, Moments, rhythm } from "./timeline.ts";

const kind = { password: 1, session: 2, api: 3, access: 4, refresh: 5, payment: 6, preferences: 7, uuid: 8 } as const;

function placeOf(fleet: Fleet, account: number): Place {
  return places[fleet.accountPlace[account] as number] as Place;
}

export function accountRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs } = plan;
  return {
    table: "accounts",
    columns: [
      "id",
      "created_at",
      "deleted_at",
      "email",
      "password_hash",
      "name",
      "phone",
      "country",
      "region",
      "time_zone",
      "language",
      "preferences",
    ],
    count: plan.counts.accounts,
    row: (copy, index) => {
      const place = placeOf(fleet, index);
      const created = (fleet.accountCreated[index] as number) * 1000;
      const deletion = hashUnit(seed, tags.deleted, index);
      copy.int8(index + 1);
      copy.timestamp(created);
      // Closed, and kept for thirty days before the row goes.
      if (deletion < 0.004 && created < nowMs - 30 * dayMs) copy.timestamp(nowMs - Math.floor((deletion / 0.004) * 30 * dayMs));
      else copy.null();
      copy.text(emailOf(seed, index));
      copy.text(
        `$argon2id$v=19$m=65536,t=3,p=4$${secretText(seed, kind.password, index, 22)}$${secretText(seed, kind.password + 50, index, 42)}`,
      );
      copy.text(nameOf(seed, index, place.language));
      optionalText(copy, phoneOf(seed, index));
      copy.text(place.country);
      optionalText(copy, place.region);
      copy.text(place.zone);
      copy.text(place.language);
      copy.jsonb(preferencesOf(seed, index));
    },
  };
}

/** One account in a hundred has preferences that PostgreSQL stores out of line (over 2 kB, and random: they do not compress). */
function preferencesOf(seed: number, index: number): string {
  const unit = hashUnit(seed, tags.preferences, index);
  if (unit < 0.01) return `{"theme": "dark", "dashboard": "${secretText(seed, kind.preferences, index, 4200)}"}`;
  if (unit < 0.4) return `{"theme": "dark", "alerts": {"motion": ${unit < 0.2}, "from": "07:00"}}`;
  return "{}";
}

function optionalText(copy: CopyIn, text: string | undefined): void {
  if (text === undefined) copy.null();
  else copy.text(text);
}

export function homeRows(plan: Plan, fleet: Fleet): TableRows {
  let account = 0;
  return {
    table: "homes",
    columns: ["id", "account_id", "name", "wifi_ssid", "network_address", "created_at"],
    count: fleet.homeFirst[plan.counts.accounts] as number,
    row: (copy, index) => {
      while ((fleet.homeFirst[account + 1] as number) <= index) account++;
      copy.int8(index + 1);
      copy.int8(account + 1);
      copy.text(index === fleet.homeFirst[account] ? "Home" : "Cabin");
      copy.text(networkName(plan.seed, index));
      copy.inet(addressOf(plan.seed, account));
      copy.timestamp((fleet.accountCreated[account] as number) * 1000);
    },
  };
}

/** An account that existed at `ms`, any with the same chance. */
function accountAt(fleet: Fleet, random: Random, ms: number): number {
  const { accountCreated } = fleet;
  const account = random.below(accountCreated.length);
  // The newest accounts are few: instead of searching, fall back to an older one.
  return (accountCreated[account] as number) * 1000 <= ms ? account : Math.floor(account / 3);
}

const platformsRunning = cumulative([52, 41, 7]);

export function sessionRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs } = plan;
  const random = new Random(seed, tags.sessions);
  const moments = new Moments({ span: { fromMs: nowMs - 90 * dayMs, toMs: nowMs, weight: rhythm }, count: plan.counts.sessions, random });
  const uuid = Buffer.alloc(16);
  const hash = Buffer.alloc(32);
  return {
    table: "sessions",
    columns: ["id", "account_id", "created_at", "expires_at", "revoked_at", "platform", "token_hash", "ip", "user_agent"],
    count: plan.counts.sessions,
    row: (copy, index) => {
      const at = moments.next();
      const account = accountAt(fleet, random, at);
      const platform = platforms[pickWeighted(platformsRunning, random.unit())] as string;
      copy.bytes(uuidOf(seed, index, uuid));
      copy.int8(account + 1);
      copy.timestamp(at);
      copy.timestamp(at + 90 * dayMs);
      if (random.chance(0.1)) copy.timestamp(at + Math.floor(random.unit() * (nowMs - at)));
      else copy.null();
      copy.text(platform);
      copy.bytes(secretBytes(seed, kind.session, index, hash));
      copy.inet(addressOf(seed, account));
      copy.text(userAgentOf(platform, random.unit()));
    },
  };
}

/** A random (version 4) UUID. */
function uuidOf(seed: number, index: number, out: Buffer): Buffer {
  secretBytes(seed, kind.uuid, index, out);
  out[6] = ((out[6] as number) & 0x0f) | 0x40;
  out[8] = ((out[8] as number) & 0x3f) | 0x80;
  return out;
}

export function apiTokenRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs } = plan;
  const random = new Random(seed, tags.apiTokens);
  const moments = new Moments({ span: { fromMs: nowMs - 365 * dayMs, toMs: nowMs, weight: rhythm }, count: plan.counts.apiTokens, random });
  const hash = Buffer.alloc(32);
  return {
    table: "api_tokens",
    columns: ["id", "account_id", "label", "token_hash", "platform", "ip", "user_agent", "created_at", "expires_at", "revoked_at"],
    count: plan.counts.apiTokens,
    row: (copy, index) => {
      const at = moments.next();
      const account = accountAt(fleet, random, at);
      const platform = random.pick(platforms);
      copy.int8(index + 1);
      copy.int8(account + 1);
      copy.text(random.chance(0.5) ? "Home Assistant" : "my script");
      copy.bytes(secretBytes(seed, kind.api, index, hash));
      copy.text(platform);
      copy.inet(addressOf(seed, account));
      copy.text(userAgentOf(platform, random.unit()));
      copy.timestamp(at);
      copy.timestamp(at + 365 * dayMs);
      if (random.chance(0.08)) copy.timestamp(at + Math.floor(random.unit() * (nowMs - at)));
      else copy.null();
    },
  };
}

/** Exactly so many accounts have an Alexa link as the case says; some others had one once, and their tokens are gone. */
export function integrationRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs, counts } = plan;
  const kinds = [
    { name: "alexa", live: true, count: counts.alexa, tag: 1 },
    { name: "alexa", live: false, count: counts.alexaUnlinked, tag: 2 },
    { name: "google_assistant", live: true, count: counts.googleAssistant, tag: 3 },
    { name: "ifttt", live: true, count: counts.ifttt, tag: 4 },
  ] as const;
  // One pass over accounts, in order of sign-up: links of one account stand together, as they would.
  const links: { readonly account: number; readonly kind: number }[] = [];
  const samples = kinds.map((link) =>
    exactSample({ seed, tag: tags.integrations * 100 + link.tag, size: counts.accounts, count: link.count }),
  );
  for (let account = 0; account < counts.accounts; account++) {
    samples.forEach((chosen, index) => {
      if (chosen(account)) links.push({ account, kind: index });
    });
  }
  const random = new Random(seed, tags.integrations);
  return {
    table: "integrations",
    columns: ["id", "account_id", "linked_at", "unlinked_at", "kind", "access_token", "refresh_token"],
    count: links.length,
    row: (copy, index) => {
      const { account, kind: number } = links[index] as { account: number; kind: number };
      const link = kinds[number] as (typeof kinds)[number];
      const created = (fleet.accountCreated[account] as number) * 1000;
      const linked = created + Math.floor(random.unit() * (nowMs - created));
      copy.int8(index + 1);
      copy.int8(account + 1);
      copy.timestamp(linked);
      if (link.live) copy.null();
      else copy.timestamp(linked + Math.floor(random.unit() * (nowMs - linked)));
      copy.text(link.name);
      optionalText(copy, link.live ? `Atza|${secretText(seed, kind.access, index, 120)}` : undefined);
      optionalText(copy, link.live ? `Atzr|${secretText(seed, kind.refresh, index, 120)}` : undefined);
    },
  };
}

export function scaleRows(plan: Plan): TableRows {
  const { seed, counts } = plan;
  const random = new Random(seed, tags.scale);
  const moments = new Moments({
    span: { fromMs: plan.nowMs - 60 * dayMs, toMs: plan.nowMs, weight: rhythm },
    count: counts.scaleMeasurements,
    random,
  });
  return {
    table: "scale_measurements",
    columns: ["id", "account_id", "at", "weight_kg", "height_cm", "gender", "bone_mass_kg"],
    count: counts.scaleMeasurements,
    row: (copy, index) => {
      const tester = index % counts.scaleTesters;
      const body = hashUnit(seed, tags.scale, tester);
      const weight = Math.round((48 + 60 * body + 2 * random.unit()) * 100);
      copy.int8(index + 1);
      copy.int8(testerAccount(plan, tester) + 1);
      copy.timestamp(moments.next());
      copy.hundredths(weight);
      copy.int2(Math.round(152 + 44 * hashUnit(seed, tags.scale + 50, tester)));
      copy.text(hashUnit(seed, tags.scale + 51, tester) < 0.5 ? "female" : "male");
      copy.hundredths(Math.round(weight * 0.042));
    },
  };
}

export function paymentRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed, nowMs, counts } = plan;
  const chosen = exactSample({ seed, tag: tags.payments, size: counts.accounts, count: counts.paymentMethods });
  let account = -1;
  return {
    table: "payment_methods",
    columns: ["id", "account_id", "brand", "last4", "holder", "provider_token", "billing_address", "expires_on", "created_at"],
    count: counts.paymentMethods,
    row: (copy, index) => {
      do account++;
      while (!chosen(account));
      const unit = hashUnit(seed, tags.payments, account);
      copy.int8(index + 1);
      copy.int8(account + 1);
      copy.text(unit < 0.6 ? "visa" : "mastercard");
      copy.text(String(Math.floor(unit * 10_000)).padStart(4, "0"));
      copy.text(nameOf(seed, account, "en"));
      copy.text(`tok_${secretText(seed, kind.payment, index, 24)}`);
      copy.text(`${Math.floor(unit * 900) + 1} Example Street`);
      copy.date(nowMs + Math.floor(unit * 1400) * dayMs);
      copy.timestamp((fleet.accountCreated[account] as number) * 1000);
    },
  };
}

/** What services write when nobody thinks of who may read it: e-mail addresses, network addresses, names of networks. */
export function logRows(plan: Plan, fleet: Fleet): TableRows {
  const { seed } = plan;
  const random = new Random(seed, tags.log);
  const moments = new Moments({
    span: { fromMs: plan.nowMs - 14 * dayMs, toMs: plan.nowMs, weight: rhythm },
    count: plan.counts.logLines,
    random,
  });
  return {
    table: "app_log",
    columns: ["at", "level", "service", "message"],
    count: plan.counts.logLines,
    row: (copy) => {
      const at = moments.next();
      const account = accountAt(fleet, random, at);
      const unit = random.unit();
      copy.timestamp(at);
      copy.text(unit < 0.02 ? "error" : unit < 0.1 ? "warn" : "info");
      copy.text(random.pick(["auth", "push", "relay", "billing"]));
      copy.text(logMessage({ seed, account, unit }));
    },
  };
}

export function logMessage(of: { readonly seed: number; readonly account: number; readonly unit: number }): string {
  const email = emailOf(of.seed, of.account);
  if (of.unit < 0.1) return `login failed for ${email}: password mismatch`;
  if (of.unit < 0.5) return `sent push to ${email} (account ${of.account + 1})`;
  return `device of ${email} joined "${networkName(of.seed, of.account)}"`;
}
