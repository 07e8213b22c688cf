/** `npm run test:real-agents`: opt-in, since it fetches programs of many hundred megabytes. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/real-agents/**/*.real.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 10 * 60_000,
    hookTimeout: 20 * 60_000,
  },
});
