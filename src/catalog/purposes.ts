/**
 * What each chart is for, in a sentence: the first one of the chart's own file, word for word. It
 * stands here because the packed product has no comments to read; a test compares them.
 */
export const purposes: Readonly<Record<string, string>> = {
  task: "One task of the roadmap, from the backlog to a merge that was seen in git.",
  agent: "One agent: a seat with a worktree of its own, which does one run at a time.",
  provider: "One account of one agent program: may runs be started on it now?",
  coordinator:
    "Decides when to dispatch: on every wake it asks for a ranking and hands the picked task to the " +
    "picked agent, one at a time.",
  budget:
    "The user's money: what a run is expected to use is reserved before it begins, and settled by " +
    "what it did use after it has ended.",
  receipt:
    "What one run was expected to use and what it did use, kept for good: the budget writes it when " +
    "the run has ended, and nothing changes it.",
  gate: "One run of the quality gate over one commit.",
  "merge-request":
    "One branch on its way to the target: rebased, checked as rebased, landed by compare-and-swap, " +
    "and then looked for in git.",
  refinery:
    "The queue before the target: one merge request has the turn, the others wait in order.",
  visitor: "One visitor: an agent that nobody here has started, which takes tasks by itself.",
  message:
    "One message between agents: it waits, is claimed for a while, and is gone when its holder says so.",
  context:
    "One thing that an agent or a person wrote down for the others: a decision, a constraint, a hypothesis or a learning.",
  artifacts: "The artifacts of one task: what its runs have put by, each under a name.",
  backup:
    "One backup of the database: a copy in a file of its own, which is asked for once and then there " +
    "or not.",
  errand:
    "One errand in a visitor's worktree: a file written, a program run or a commit made, and what came of it.",
  convoy: "One convoy: tasks that belong together under a name, kept for good.",
  roadmap: "The roadmap files as they were imported last, so that export can give them back.",
};
