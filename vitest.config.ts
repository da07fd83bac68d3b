import { defineConfig } from "vitest/config";

/** Files of one suffix, beside the code they test or in test/. */
const files = (suffix: string): string[] => ["src", "test", "examples", "bench"].map((folder) => `${folder}/**/*.${suffix}`);

/** A test waits for what happens, and never says how fast: on a busy machine all of it takes longer. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    teardownTimeout: 30_000,
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: files("test.ts"),
          exclude: [...files("slow.test.ts"), ...files("pg.test.ts"), ...files("sim.test.ts"), ...files("browser.test.ts")],
          ...patient,
        },
      },
      {
        // Stores on disk and many random sequences: part of `npm test`, not of `npm run check`.
        test: { name: "slow", include: files("slow.test.ts"), ...patient, maxWorkers: 2 },
      },
      {
        test: {
          name: "pg",
          include: files("pg.test.ts"),
          globalSetup: "./test/support/postgres-global.ts",
          ...patient,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "web",
          include: files("browser.test.ts"),
          globalSetup: "./test/support/chromium.ts",
          ...patient,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "sim",
          include: files("sim.test.ts"),
          globalSetup: "./test/support/postgres-global.ts",
          testTimeout: 60 * 60_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
