/**
 * From the driver's and the server's errors to ours. Messages, details and hints may quote values or passwords, so nothing of
 * them is passed on: only the SQLSTATE (or the system's error code) and the position in our own statement.
 */
import type { ErrorCode } from "../../model/error-codes.ts";
import { VitrineError } from "../../model/error.ts";
import type { SourceAddress } from "../url.ts";
import { describeAddress, describeHost } from "../url.ts";

interface ForeignError {
  readonly code: string;
  readonly position: number | undefined;
  readonly text: string;
}

/** Reads code and position of anything that was thrown; the text is for recognising our own library's sentences, never passed on. */
function readForeign(error: unknown): ForeignError {
  if (typeof error !== "object" || error === null) return { code: "unknown", position: undefined, text: "" };
  const { code, position, message } = error as { code?: unknown; position?: unknown; message?: unknown };
  const positionNumber = Number(position);
  return {
    code: typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? code : "unknown",
    position: position !== undefined && Number.isSafeInteger(positionNumber) ? positionNumber : undefined,
    text: typeof message === "string" ? message : "",
  };
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: "source/port-refused",
  ENOENT: "source/port-refused",
  ENOTFOUND: "source/host-unknown",
  EAI_AGAIN: "source/host-unknown",
  ETIMEDOUT: "source/host-silent",
  EHOSTUNREACH: "source/host-silent",
  ENETUNREACH: "source/host-silent",
  ECONNRESET: "source/connection-lost",
  EPIPE: "source/connection-lost",
};

const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_CA)$/;

/** SQLSTATEs that a log-in can end with. */
const loginStates: Readonly<Record<string, ErrorCode>> = {
  "28P01": "source/wrong-password",
  "28000": "source/login-refused",
  "3D000": "source/no-such-database",
  "53300": "source/too-many-connections",
  "57P03": "source/starting-up",
  "57P01": "source/starting-up",
  "42501": "source/role-no-replication",
  "0A000": "source/pooler",
  "08P01": "source/pooler",
};

const sentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  "source/port-refused": "Nobody listens at this port.",
  "source/host-unknown": "The host's name has no address.",
  "source/host-silent": "The host does not answer.",
  "source/wrong-password": "PostgreSQL refuses the password of this user.",
  "source/login-refused": "PostgreSQL does not let this user in from this address.",
  "source/no-such-database": "There is no such database on this server.",
  "source/too-many-connections": "The server takes no more connections.",
  "source/no-free-sender": "All WAL senders of the server are in use.",
  "source/starting-up": "PostgreSQL is starting, stopping or recovering.",
  "source/role-no-replication": "The user has not the attribute REPLICATION.",
  "source/pooler": "What answers here does not know replication connections: a pooler, not PostgreSQL itself.",
  "source/no-tls": "The server does not speak TLS.",
  "source/tls-untrusted": "The server's certificate is not trusted, or not for this host.",
  "source/connection-lost": "The connection was lost.",
};

/** A failed log-in. */
export function translateConnectError(
  error: unknown,
  about: { readonly address: SourceAddress; readonly replication: boolean; readonly passwordMissing: boolean },
): VitrineError {
  const foreign = readForeign(error);
  const code = connectCode(foreign, about);
  const noPassword = code === "source/wrong-password" && about.passwordMissing;
  return new VitrineError(code, {
    message: noPassword ? "PostgreSQL asks this user for a password, and none was given." : (sentences[code] ?? "The connection failed."),
    // What the server says of a log-in is about a user and a database.
    place: Object.hasOwn(loginStates, foreign.code) || noPassword ? describeAddress(about.address) : describeHost(about.address),
    origin: { code: foreign.code },
  });
}

function connectCode(foreign: ForeignError, about: { readonly replication: boolean; readonly passwordMissing: boolean }): ErrorCode {
  if (untrusted.test(foreign.code)) return "source/tls-untrusted";
  // Sentences of the pinned `pg` that carry no code.
  if (foreign.text === "The server does not support SSL connections") return "source/no-tls";
  if (foreign.text === "timeout expired") return "source/host-silent";
  if (about.passwordMissing && foreign.text.startsWith("SASL:")) return "source/wrong-password";
  if (foreign.code === "53300" && about.replication) return "source/no-free-sender";
  return loginStates[foreign.code] ?? systemCodes[foreign.code] ?? "source/connection-lost";
}

/** SQLSTATEs of statements, by their whole code. */
const queryStates: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  "42501": ["source/permission-denied", "PostgreSQL refuses this statement to the role."],
  "42P01": ["source/table-missing", "A table of this statement does not exist."],
  "42703": ["source/column-missing", "A column of this statement does not exist."],
  "42704": ["source/slot-missing", "What this statement names does not exist."],
  "42710": ["source/slot-exists", "What this statement makes exists already."],
  "53300": ["source/too-many-connections", "The server takes no more connections."],
  "53400": ["source/no-free-slot", "All replication slots of the server are in use."],
  "55006": ["source/slot-in-use", "What this statement wants is in use."],
  "55P03": ["source/timeout", "The statement waited too long for a lock."],
  "57014": ["source/timeout", "The statement was cancelled or took too long."],
  "57P01": ["source/connection-lost", "The server ended the connection."],
  "57P02": ["source/connection-lost", "The server ended the connection."],
  "57P03": ["source/starting-up", "PostgreSQL is starting, stopping or recovering."],
  "57P05": ["source/connection-lost", "The server ended the idle connection."],
  "25P03": ["source/connection-lost", "The server ended the idle transaction."],
  "25P04": ["source/timeout", "The transaction took too long."],
};

/** A failed statement, by what the driver threw. */
export function translateQueryError(error: unknown, place: string): VitrineError {
  const foreign = readForeign(error);
  return queryError(foreign.code, foreign.position, place);
}

/** A failed statement, by SQLSTATE and position. */
export function queryError(state: string, position: number | undefined, place: string): VitrineError {
  const origin = position === undefined ? { code: state } : { code: state, position };
  const known = Object.hasOwn(queryStates, state) ? queryStates[state] : undefined;
  if (known) return new VitrineError(known[0], { message: known[1], place, origin });
  const system = Object.hasOwn(systemCodes, state) ? systemCodes[state] : undefined;
  // The driver's own errors have no SQLSTATE: the connection ended.
  if (system !== undefined || state === "unknown") {
    return new VitrineError("source/connection-lost", { message: "The connection was lost.", place, origin });
  }
  return new VitrineError("source/query-failed", { message: `A statement failed with SQLSTATE ${state}.`, place, origin });
}
