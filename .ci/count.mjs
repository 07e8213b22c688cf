// Counts the tests in vitest's JSON report. A report that is missing or empty counts as one failure:
// tests that did not run have not passed.
import { readFileSync } from "node:fs";

function counts(path) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const suites = report.testResults.filter(({ status }) => status === "failed").length;
    const failed = Math.max(report.numFailedTests, report.success ? 0 : Math.max(1, suites));
    return [report.numPassedTests, report.numPassedTests === 0 ? Math.max(1, failed) : failed];
  } catch {
    return [0, 1];
  }
}

console.log(counts(process.argv[2]).join(" "));
