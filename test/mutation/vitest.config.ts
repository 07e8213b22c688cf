/** The tests of one area, named by the environment: Stryker starts its workers with this. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "").split(","),
    pool: "forks",
    testTimeout: 30_000,
  },
});
