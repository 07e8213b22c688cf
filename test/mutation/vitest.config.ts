/** The tests of one area, named by the environment: Stryker starts its workers with this. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "").split(","),
    pool: "forks",
    // Some mutants let a promise hang; no test of these takes half as long, changed code included.
    testTimeout: 10_000,
  },
});
