import { defineConfig } from "vitest/config";

/** Only what hangs is to meet this: the slowest machine seen took four times as long as the fastest. */
const HANGS_MS = 120_000;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
  },
});
