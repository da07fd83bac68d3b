/** Runs a plan as an administrator, in one transaction. The administrator's address and the password made here are kept nowhere. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { VitrineError } from "../model/error.ts";
import { id } from "../source/session.ts";
import type { Sql } from "../source/sql.ts";
import { factsSql } from "./apply/facts-sql.ts";
import type { DetachPlan } from "./detach.ts";
import type { DirectGrant, PlanFacts, PlanStatement, SourcePlan } from "./plan.ts";
import { readerRoleDefault } from "./plan/names.ts";

export interface ApplyOptions {
  readonly readerRole?: string;
  /** Sets the reader's password to a new random one and returns it; the caller writes it to a 0600 file. */
  readonly newPassword: boolean;
  readonly random: (bytes: number) => Uint8Array;
}

/** Reads as an administrator what plan needs beside the catalog. `tables`: the declared ones, as `schema.table`. */
export async function readPlanFacts(
  admin: Sql,
  options: { readonly readerRole?: string; readonly tables: readonly string[] },
): Promise<PlanFacts> {
  const role = options.readerRole ?? readerRoleDefault;
  const [row] = await admin.query(factsSql.role, [role]);
  const withoutList = (await admin.query(factsSql.withoutList, [JSON.stringify(options.tables)])).map((one) => text(one["member"]));
  if (row === undefined)
    return { canLogIn: false, canConnect: await publicConnects(admin), usage: await publicUsage(admin), ctid: [], withoutList, direct: [] };
  const direct = (await admin.query(factsSql.direct, [role])).map(grantFrom);
  const usage = (await admin.query(factsSql.usage, [role])).map((one) => text(one["schema"]));
  const ctid = direct
    .filter((one) => one.privilege === "SELECT" && (one.column === "ctid" || one.column === undefined))
    .map((one) => `${one.schema}.${one.table}`);
  return { canLogIn: row["login"] === true, canConnect: row["connect"] === true, usage, ctid, withoutList, direct };
}

/** A role that does not exist yet has what PUBLIC has. */
async function publicConnects(admin: Sql): Promise<boolean> {
  const [row] = await admin.query(factsSql.publicConnects);
  return row?.["connect"] === true;
}

async function publicUsage(admin: Sql): Promise<readonly string[]> {
  return (await admin.query(factsSql.publicUsage)).map((one) => text(one["schema"]));
}

function grantFrom(row: Readonly<Record<string, unknown>>): DirectGrant {
  const column = row["attribute"];
  return {
    schema: text(row["schema"]),
    table: text(row["relation"]),
    privilege: text(row["privilege"]),
    column: typeof column === "string" ? column : undefined,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Numbers of distinct values by `schema.table.column` where the statistics know them: for compile's check of tokens. */
export async function readDistinct(admin: Sql, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await admin.query(factsSql.distinct, [JSON.stringify(tables)]);
  return new Map(rows.map((row) => [text(row["name"]), Number(row["count"])]));
}

/** All or nothing. Throws policy/admin-failed naming the statement, without the server's text. */
export async function applyPlan(
  admin: Sql,
  plan: SourcePlan,
  options: ApplyOptions,
): Promise<{ readonly ran: number; readonly password: string | undefined }> {
  const password = options.newPassword ? makePassword(options.random) : undefined;
  const statements = [...plan.statements];
  if (password !== undefined) statements.push(passwordStatement(options.readerRole ?? readerRoleDefault, password, options.random));
  await inTransaction(admin, statements);
  return { ran: statements.length, password };
}

/** Slots first, since they cannot be dropped in a transaction with the rest; each that is gone is gone. */
export async function runDetach(admin: Sql, plan: DetachPlan): Promise<{ readonly ran: number }> {
  for (const slot of plan.slots) await run(admin, slot);
  await inTransaction(admin, plan.statements);
  return { ran: plan.slots.length + plan.statements.length };
}

/** A lock that production holds is not waited for: nobody shall queue behind us. */
const lockTimeout = "5s";

async function inTransaction(admin: Sql, statements: readonly PlanStatement[]): Promise<void> {
  if (statements.length === 0) return;
  await admin.query("BEGIN");
  try {
    await admin.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
    for (const statement of statements) await run(admin, statement);
    await admin.query("COMMIT");
  } catch (error) {
    await admin.query("ROLLBACK");
    throw error;
  }
}

async function run(admin: Sql, statement: PlanStatement): Promise<void> {
  try {
    await admin.query(statement.sql);
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    const shown = statement.sql.includes("PASSWORD") ? "ALTER ROLE … PASSWORD" : statement.sql;
    throw new VitrineError("policy/admin-failed", {
      message: `The source refused: ${shown} (${error.origin?.code ?? error.code})`,
      ...(error.origin === undefined ? {} : { origin: error.origin }),
    });
  }
}

/** 32 random bytes as text without signs that an address would have to escape. */
function makePassword(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(32)).toString("base64url");
}

const iterations = 4096;

/** The server gets the SCRAM verifier (RFC 5803), so that the password is in no statement and no log of it. */
function passwordStatement(role: string, password: string, random: (bytes: number) => Uint8Array): PlanStatement {
  return {
    sql: `ALTER ROLE ${id(role)} PASSWORD '${scramVerifier(password, random(16))}'`,
    why: "A new password for the reader, as a SCRAM verifier.",
  };
}

/** RFC 5802: SaltedPassword, ClientKey, StoredKey, ServerKey. */
function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyOf = (label: string): Buffer => createHmac("sha256", salted).update(label).digest();
  const storedKey = createHash("sha256").update(keyOf("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${keyOf("Server Key").toString("base64")}`;
}
