/** The tests of one area, named by the environment: Stryker starts its workers with this. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "").split(","),
    pool: "forks",
    // Some mutants let a promise hang: the test then fails here, long before Stryker gives it up. Tests
    // that take longer by themselves have limits of their own.
    testTimeout: 10_000,
  },
});
