/**
 * From a line of pg_hba.conf to the message that says what can be read: `vitrine guard watch` over a real PostgreSQL, whose every byte to the guard is kept.
 * Another server behind the same address is nobody's whom we know.
 */
import { expect, test } from "vitest";
import { Watch, openReceiver } from "./support/guard-watch.ts";
import { openPostgres, planted, usersTable } from "./support/open-postgres.ts";
import { tapWire } from "./support/tapped-wire.ts";

const withinMs = { timeout: 60_000, interval: 50 };

test(
  "trust in pg_hba.conf: an alarm, and exactly what is readable; of a stranger at the same address nothing; no value anywhere",
  {
    timeout: 180_000,
  },
  async () => {
    await using store = await openPostgres(18);
    await using stranger = await openPostgres(18, { log_statement: "all" });
    for (const one of [store, stranger]) await one.run(usersTable);
    using wire = await tapWire(store.server.port);
    using receiver = await openReceiver();
    const url = `postgres://anybody@127.0.0.1:${wire.port}/metrics`;
    using watch = new Watch([{ name: "users-db", port: wire.port, url }], "fast", {
      more: ", person: user_id, allows: [user.unique_id.pseudonymous]",
    });
    const told = (event: string): typeof receiver.messages => receiver.messages.filter((message) => message.event === event);

    expect(await watch.guard("add")).toContain("system-identifier");
    await store.allow("scram-sha-256");
    watch.start(receiver);
    await expect.poll(() => watch.output, withinMs).toContain("auth-required");
    await store.allow("trust");
    await expect.poll(() => told("opened").length, withinMs).toBe(1);
    await expect.poll(() => told("readable").length, withinMs).toBe(1);
    const exact = (category: string, value: number): object => ({ category, records: { kind: "exact", value } });
    expect(told("readable")[0]?.readable).toMatchObject([
      {
        dataSet: "metrics",
        records: { kind: "exact", value: 1_000 },
        persons: { kind: "exact", value: 1_000 },
        categories: [
          exact("user.health_and_medical.body_metric", 140),
          exact("system.authentication.integration_token", 240),
          exact("user.contact.email", 900),
          exact("user.demographic.gender", 1_000),
          { ...exact("user.unique_id.pseudonymous", 1_000), allowed: true },
        ],
      },
    ]);
    await store.allow("scram-sha-256");
    await expect.poll(() => told("closed").length, withinMs).toBe(1);

    const before = wire.sent.length;
    wire.to = stranger.server.port;
    await expect.poll(() => told("readable").length, withinMs).toBe(2);
    expect(told("readable")[1]?.readable).toMatchObject([{ notCounted: "identity-not-confirmed", categories: [] }]);
    expect(await watch.stop()).toBe("0");
    const asked = Buffer.concat(wire.sent.slice(before)).toString("latin1");
    expect(asked).toContain("pg_control_system");
    expect(asked).not.toMatch(/pg_attribute|count\(/);

    const received = Buffer.concat(wire.received).toString("latin1");
    expect(received).toContain("user_id");
    for (const [what, text] of Object.entries({
      received,
      output: watch.output,
      kept: watch.kept(),
      sent: JSON.stringify(receiver.messages),
    })) {
      expect(text.length, what).toBeGreaterThan(50);
      expect(text, what).not.toContain(planted);
    }
    for (const text of [watch.output, watch.kept(), JSON.stringify(receiver.messages)])
      expect(text).not.toMatch(/access_token|email_verified/);
  },
);
