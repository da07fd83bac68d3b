/**
 * Random sequences of transactions over the tiny world, as SQL texts made before the first one runs: a sequence is data, so a prefix
 * of it can be run again. Statements are written so that they are valid in any state (a key is changed only where the new one is
 * free); what fails all the same takes back its own savepoint and nothing else.
 */
import type { Random } from "./random.ts";

export interface Step {
  /** One or more statements. */
  readonly sql: string;
  /** Every step runs inside a savepoint; `rollback` takes it back although it succeeded. */
  readonly end: "release" | "rollback";
}

export interface Transaction {
  readonly steps: readonly Step[];
  readonly end: "commit" | "rollback";
}

export interface Sequence {
  /** First identifier: sequences on one database use ranges of their own, or meet one that was used before. */
  readonly base: number;
  readonly transactions: readonly Transaction[];
}

const pools = { accounts: 10, devices: 14, attempts: 40, shares: 8 } as const;
const transactionsMax = 14;
const stepsMax = 8;

/** A sequence that fills, works and ends with the census; the next one starts with `clearing`. */
export function randomSequence(random: Random, base: number): Sequence {
  const maker = new Maker(random, base);
  const count = 3 + random.below(transactionsMax - 2);
  const worked = Array.from({ length: count }, () => maker.transaction());
  return { base, transactions: [maker.filling(), ...worked, census(base)] };
}

/** Empties every table, in one of the ways in which that is done. */
export function clearing(random: Random): Transaction {
  const tables = "accounts, devices, attempts, shares, census";
  // The log is published for inserts only: what leaves it is not told, so it grows.
  const sql = random.oneIn(2)
    ? `TRUNCATE ${tables}`
    : tables
        .split(", ")
        .map((table) => `DELETE FROM ${table}`)
        .join("; ");
  return { steps: [{ sql, end: "release" }], end: "commit" };
}

/** A row for every identifier that the sequence can have used, whether or not it is there. */
function census(base: number): Transaction {
  const sql = `INSERT INTO census SELECT ${base} + n, '2026-03-01Z', ${base} + n, ${base} + n, ${uuidSql(`${base} + n`)} FROM generate_series(0, 90) n`;
  return { steps: [{ sql, end: "release" }], end: "commit" };
}

function uuidSql(number: string): string {
  return `lpad(to_hex((${number})::bigint), 32, 'abcdef01')::uuid`;
}

/** Instants around what goes wrong with periods: the two nights of summer time in Los Angeles, ends of months, leap-like days. */
const instants = [
  "2026-03-08 09:59:59.999999Z",
  "2026-03-08 10:00:00Z",
  "2026-03-08 08:00:00Z",
  "2026-11-01 08:30:00Z",
  "2026-11-01 09:30:00Z",
  "2026-11-01 06:59:59Z",
  "2026-11-01 07:00:00Z",
  "2026-03-01 07:59:00Z",
  "2026-03-01 08:00:00Z",
  "2026-02-28 23:59:30Z",
  "2026-02-23 07:59:59Z",
  "2026-02-23 08:00:00Z",
  "2026-10-31 18:29:59Z",
  "2026-10-31 18:30:00Z",
  "1969-12-31 23:59:59.5Z",
  "2031-01-01 00:00:00Z",
] as const;
const commonInstants = ["2026-03-08 10:15:00Z", "2026-03-08 10:45:00Z", "2026-11-01 08:31:00Z"] as const;

const models = ["CAM1", "CAM1", "CAM2", "cam?"] as const;
const countries = ["US", "US", "US", "DE", "XX", "anna@example.org"] as const;
const firmwares = ["4.9.1", "4.9.2", "4.9.3", "4.10.0", "bad", "4.9.1-rc bob@example.org"] as const;

class Maker {
  readonly #random: Random;
  readonly #base: number;

  constructor(random: Random, base: number) {
    this.#random = random;
    this.#base = base;
  }

  /** Rows to start with, so that the first changes meet something; often with facts before their entities. */
  filling(): Transaction {
    const steps = [
      ...Array.from({ length: pools.accounts - 2 }, (_none, index) => this.#account(index)),
      ...Array.from({ length: pools.devices - 3 }, (_none, index) => this.#device(index)),
      ...Array.from({ length: 20 }, (_none, index) => this.#attempt(index)),
      ...Array.from({ length: 4 }, (_none, index) => this.#share(index)),
    ];
    const ordered = this.#random.oneIn(2) ? steps : steps.toReversed();
    return { steps: ordered.map((sql) => ({ sql, end: "release" })), end: "commit" };
  }

  transaction(): Transaction {
    const count = 1 + this.#random.below(stepsMax);
    const steps = Array.from({ length: count }, (): Step => ({
      sql: this.#operation(),
      end: this.#random.oneIn(8) ? "rollback" : "release",
    }));
    return { steps, end: this.#random.oneIn(7) ? "rollback" : "commit" };
  }

  #operation(): string {
    const random = this.#random;
    const weighted: readonly (readonly [number, () => string])[] = [
      [4, () => this.#account(random.below(pools.accounts))],
      [4, () => this.#device(random.below(pools.devices))],
      [8, () => this.#attempt(random.below(pools.attempts))],
      [3, () => this.#share(random.below(pools.shares))],
      [2, () => this.#log()],
      [4, () => this.#updateAccount()],
      [6, () => this.#updateDevice()],
      [6, () => this.#updateAttempt()],
      [2, () => this.#updateShare()],
      [4, () => this.#remove()],
      [4, () => this.#changeKey()],
      [4, () => this.#swapKeys()],
      [1, () => this.#shiftKeys()],
      [2, () => this.#again()],
      [2, () => this.#many()],
      [1, () => this.#truncate()],
    ];
    let at = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of weighted) {
      if (at < weight) return make();
      at -= weight;
    }
    throw new Error("the weights do not add up");
  }

  // Inserts. A row that is there stays, or is overwritten whole.

  #account(index: number): string {
    const values = [
      this.#id(index),
      text(`user${index}@example.org`),
      this.#country(),
      this.#orNull(text(this.#random.pick(["f", "p", "x"]))),
      this.#instant(),
      this.#large(),
    ];
    return this.#insert("accounts", ["id", "email", "country", "plan", "created_at", "bio"], values);
  }

  #device(index: number): string {
    const random = this.#random;
    const columns = ["id", "account_id", "model", "firmware", "activated_at", "active", "manual", "serial", "nickname"];
    const values = [
      this.#id(index),
      this.#accountRef(),
      text(random.pick(models)),
      this.#firmware(),
      this.#instant(),
      this.#boolean(),
      this.#large(),
      this.#orNull(text(`S-${random.below(5)}`)),
      text("Anna's bedroom"),
    ];
    return this.#insert("devices", columns, values);
  }

  #attempt(index: number): string {
    const columns = ["id", "at", "device_id", "ok", "firmware", "duration_ms", "address"];
    const id = this.#id(index);
    // The source's key is (id, at): an id that is there under another time would be a duplicate of the mirror's key.
    const values = [
      id,
      this.#time(),
      this.#deviceRef(),
      this.#boolean(),
      this.#firmware(),
      this.#orNull(String(this.#random.below(3000))),
      "'192.0.2.7'",
    ];
    return `INSERT INTO attempts (${columns.join(", ")}) SELECT ${values.join(", ")} WHERE NOT EXISTS (SELECT FROM attempts WHERE id = ${id})`;
  }

  #share(index: number): string {
    const random = this.#random;
    const kind = this.#orNull(text(random.pick(["view", "edit", "Admin", "x@example.org"])));
    const price = this.#orNull(random.pick(["12.50", "0", "-3.07", "'NaN'", "99999999.99"]));
    return this.#insert(
      "shares",
      ["id", "account_id", "at", "kind", "price", "recipient"],
      [this.#uuid(index), this.#accountRef(), this.#instant(), kind, price, text("bob@example.org")],
    );
  }

  #log(): string {
    return `INSERT INTO app_log VALUES (${this.#time()}, ${this.#accountRef()}, ${this.#orNull(text(this.#random.pick(["info", "error", "carol@example.org"])))}, 'dave@example.org logged in')`;
  }

  #insert(table: string, columns: readonly string[], values: readonly string[]): string {
    const set = columns.slice(1).map((column) => `${column} = excluded.${column}`);
    const conflict = this.#random.oneIn(2) ? "DO NOTHING" : `DO UPDATE SET ${set.join(", ")}`;
    return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${values.join(", ")}) ON CONFLICT (id) ${conflict}`;
  }

  // Updates. Those that leave the large text alone send it as unchanged.

  #updateAccount(): string {
    const set = this.#random.pick([
      () => `country = ${this.#country()}`,
      () => `plan = ${text(this.#random.pick(["f", "p"]))}`,
      () => `bio = ${this.#large()}`,
      () => `created_at = ${this.#instant()}`,
      () => "email = 'new@example.org'",
      () => "id = id",
    ]);
    return `UPDATE accounts SET ${set()} WHERE ${this.#where(pools.accounts)}`;
  }

  #updateDevice(): string {
    const random = this.#random;
    const set = random.pick([
      () => `account_id = ${this.#accountRef()}`,
      () => `account_id = ${this.#accountRef()}`,
      () => `model = ${text(random.pick(models))}`,
      () => `firmware = ${this.#firmware()}, active = ${this.#boolean()}`,
      () => `activated_at = ${this.#instant()}`,
      () => `manual = ${this.#large()}, serial = ${text(`S-${random.below(5)}`)}`,
      () => "nickname = 'nursery'",
    ]);
    return `UPDATE devices SET ${set()} WHERE ${this.#where(pools.devices)}`;
  }

  #updateAttempt(): string {
    const random = this.#random;
    const set = random.pick([
      () => `ok = NOT ok`,
      () => `device_id = ${this.#deviceRef()}`,
      () => `firmware = ${this.#firmware()}`,
      () => `at = ${this.#time()}`,
      () => `at = ${this.#time()}, ok = ${this.#boolean()}`,
      () => "duration_ms = NULL",
    ]);
    return `UPDATE attempts SET ${set()} WHERE ${this.#where(pools.attempts)}`;
  }

  #updateShare(): string {
    const set = this.#random.pick([
      () => `account_id = ${this.#accountRef()}`,
      () => `price = price * 2`,
      () => `at = ${this.#instant()}`,
      () => "recipient = 'eve@example.org'",
    ]);
    return `UPDATE shares SET ${set()} WHERE id = ${this.#uuid(this.#random.below(pools.shares))}`;
  }

  #remove(): string {
    const [table, pool] = this.#table();
    return table === "shares"
      ? `DELETE FROM shares WHERE id = ${this.#uuid(this.#random.below(pool))}`
      : `DELETE FROM ${table} WHERE ${this.#where(pool)}`;
  }

  // Keys that move.

  #changeKey(): string {
    const [table, pool] = this.#table();
    const [from, to] = this.#two(table, pool);
    // Half of the time something else changes in the same statement.
    const also = this.#random.oneIn(2)
      ? ""
      : table === "accounts"
        ? `, country = ${this.#country()}`
        : table === "devices"
          ? `, account_id = ${this.#accountRef()}`
          : table === "attempts"
            ? `, at = ${this.#time()}`
            : ", kind = 'moved'";
    return `UPDATE ${table} SET id = ${to}${also} WHERE id = ${from} AND NOT EXISTS (SELECT FROM ${table} WHERE id = ${to})`;
  }

  #swapKeys(): string {
    const [table, pool] = this.#table();
    const [a, b] = this.#two(table, pool);
    const aside = table === "shares" ? this.#uuid(89) : this.#id(89);
    const move = (from: string, to: string): string => `UPDATE ${table} SET id = ${to} WHERE id = ${from}`;
    return [move(a, aside), move(b, a), move(aside, b)].join("; ");
  }

  /** All keys of the range by one: in steps through the negative, since the key is checked row by row. */
  #shiftKeys(): string {
    const table = this.#random.pick(["accounts", "devices", "attempts"] as const);
    const first = this.#base;
    const pool = pools[table];
    const range = `id BETWEEN ${first} AND ${first + pool - 1}`;
    return `UPDATE ${table} SET id = -id WHERE ${range}; UPDATE ${table} SET id = ${first} + (-id - ${first} + 1) % ${pool} WHERE -id BETWEEN ${first} AND ${first + pool - 1}`;
  }

  /** Deleted and there again under the same key, in one step. */
  #again(): string {
    const index = this.#random.below(pools.devices);
    const [table, insert] = this.#random.pick([
      ["accounts", () => this.#account(index % pools.accounts)],
      ["devices", () => this.#device(index)],
      ["attempts", () => this.#attempt(index)],
    ] as const);
    return `DELETE FROM ${table} WHERE id = ${this.#id(table === "accounts" ? index % pools.accounts : index)}; ${insert()}`;
  }

  #many(): string {
    const random = this.#random;
    const lines = `INSERT INTO attempts SELECT ${this.#base} + n, ${text(random.pick(commonInstants))}::timestamptz + n * interval '1 minute', ${this.#base} + n % ${pools.devices}, n % ${1 + random.below(3)} = 0, '4.9.1', n, NULL FROM generate_series(0, ${pools.attempts - 1}) n WHERE NOT EXISTS (SELECT FROM attempts a WHERE a.id = ${this.#base} + n)`;
    return random.pick([
      lines,
      lines,
      `UPDATE devices SET account_id = ${this.#accountRef()} WHERE id % 2 = 0 AND id >= ${this.#base}`,
      `DELETE FROM attempts WHERE id % 3 = 0 AND id >= ${this.#base}`,
      `UPDATE accounts SET country = 'DE' WHERE id >= ${this.#base}`,
    ]);
  }

  #truncate(): string {
    return `TRUNCATE ${this.#random.pick(["accounts", "devices", "attempts", "shares", "devices, attempts", "accounts, devices, attempts, shares"])}`;
  }

  // Values.

  #table(): readonly [keyof typeof pools, number] {
    const table = this.#random.pick(["accounts", "devices", "devices", "attempts", "attempts", "shares"] as const);
    return [table, pools[table]];
  }

  #two(table: string, pool: number): readonly [string, string] {
    const first = this.#random.below(pool);
    const second = (first + 1 + this.#random.below(pool - 1)) % pool;
    return table === "shares" ? [this.#uuid(first), this.#uuid(second)] : [this.#id(first), this.#id(second)];
  }

  #id(index: number): string {
    return String(this.#base + index);
  }

  #uuid(index: number): string {
    return uuidSql(this.#id(index));
  }

  #where(pool: number): string {
    return `id = ${this.#id(this.#random.below(pool))}`;
  }

  #accountRef(): string {
    return this.#orNull(this.#id(this.#random.below(pools.accounts)));
  }

  #deviceRef(): string {
    return this.#orNull(this.#id(this.#random.below(pools.devices)));
  }

  #orNull(value: string): string {
    return this.#random.oneIn(10) ? "NULL" : value;
  }

  #country(): string {
    return this.#orNull(text(this.#random.pick(countries)));
  }

  #firmware(): string {
    return this.#orNull(text(this.#random.pick(firmwares)));
  }

  #boolean(): string {
    return this.#orNull(this.#random.oneIn(2) ? "true" : "false");
  }

  /** A time of an entity: sometimes none, sometimes one that no store of minutes holds. */
  #instant(): string {
    return this.#random.oneIn(12) ? "'infinity'" : this.#orNull(this.#time());
  }

  /** A few instants are common, so that cells gather enough units to pass k. */
  #time(): string {
    return text(this.#random.oneIn(3) ? this.#random.pick(instants) : this.#random.pick(commonInstants));
  }

  /** Large enough to be stored out of line; small; empty; or none. */
  #large(): string {
    const letter = this.#random.pick(["ab", "xy", "q7", "QQ"]);
    return this.#random.pick([`repeat('${letter}', 2000)`, `repeat('${letter}', 2000)`, `repeat('${letter}', 2000)`, "'ok'", "''", "NULL"]);
  }
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
