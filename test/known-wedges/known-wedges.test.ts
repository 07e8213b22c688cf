/** Published failures of other orchestrators: the checker flags each, and passes the mended. */
import { describe, expect, test } from "vitest";
import { checkCharts } from "../../src/proof/checker/check.ts";
import { problemText } from "../../src/proof/checker/problem.ts";
import { deadClaim } from "./dead-claim.ts";
import { deferredJudgement } from "./deferred-judgement.ts";
import { earlyDeletion } from "./early-deletion.ts";
import { failedWithoutProducer } from "./failed-without-producer.ts";
import { keptClaim } from "./kept-claim.ts";
import { nobodysQueue } from "./nobodys-queue.ts";
import { redoneWork } from "./redone-work.ts";
import { stickyWaiting } from "./sticky-waiting.ts";
import { stuckForEver } from "./stuck-for-ever.ts";
import { unenteredQuarantine } from "./unentered-quarantine.ts";
import { unheardSignal } from "./unheard-signal.ts";

const wedges = {
  deadClaim,
  deferredJudgement,
  earlyDeletion,
  failedWithoutProducer,
  keptClaim,
  nobodysQueue,
  redoneWork,
  stickyWaiting,
  stuckForEver,
  unenteredQuarantine,
  unheardSignal,
};

describe.each(Object.entries(wedges))("%s", (_name, { issue, wedged, mended, flags }) => {
  test("the checker flags it, and nothing else", () => {
    const problems = checkCharts(wedged);
    expect(problems.map(({ code, about }) => `${code} ${about}`)).toEqual(flags);
    for (const problem of problems) expect(problemText(problem)).toMatch(/^\w+: .+\. Next: .+/);
  });

  test("the mended chart passes", () => {
    expect(checkCharts(mended).map(problemText)).toEqual([]);
  });

  test("it cites where it comes from", () => {
    expect(issue).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+\/(issues|pull)\/\d+$/);
  });
});
