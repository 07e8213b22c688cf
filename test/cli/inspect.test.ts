/** `wvo inspect`, through the real program: frames as lines and over its socket, while others write. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import type { Frame } from "../../src/watch/frame.ts";
import { makeWorkspace } from "../support/workspace.ts";
import type { Workspace } from "../support/workspace.ts";

/** Every call of `wvo` starts Node anew, which takes its time on a machine under load. */
const SLOW_MS = 3 * 60_000;
const roadmap = { version: 1, tasks: [{ id: "T1", title: "One" }] };

async function imported(): Promise<Workspace> {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  await yard.wvo("roadmap", "import");
  return yard;
}

/** A `wvo` that goes on, whose output is read line by line. */
function goOn(yard: Workspace, ...args: readonly string[]) {
  const child = yard.start(...args);
  const said = { stderr: "" };
  child.stderr?.on("data", (data: Buffer) => (said.stderr += data.toString()));
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`it ended: ${said.stderr}`);
    return value;
  };
  /** The next line that is about this, as a frame. */
  const frame = async (isIt: (frame: Frame) => boolean): Promise<Frame> => {
    for (let lines = 0; lines < LINES_MAX; lines += 1) {
      const parsed = JSON.parse(await line()) as Frame;
      if (isIt(parsed)) return parsed;
    }
    throw new Error("it never came");
  };
  return { child, said, line, frame, ended: endOf(child) };
}
const LINES_MAX = 10_000;

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

const framesIn = (text: string): readonly Frame[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Frame);

test("--json prints the whole film, a frame a line, and ends", { timeout: SLOW_MS }, async () => {
  const yard = await imported();
  const { code, stdout, stderr } = await yard.wvo("inspect", "--json");
  expect([code, stderr]).toEqual([0, ""]);
  const frames = framesIn(stdout);
  const rows = (await yard.wvo("log", "--json")).stdout.trimEnd().split("\n").length;
  expect(frames.filter(({ type }) => type === "@xstate.event").length).toBe(rows);
  const cast = frames.findIndex(({ type }) => type !== "@xstate.actor");
  const names = frames.slice(0, cast).map(({ sessionId }) => sessionId);
  expect(names).toEqual(expect.arrayContaining(["coordinator", "roadmap", "task:T1"]));
  const after = framesIn((await yard.wvo("inspect", "--json", "--after", String(rows - 1))).stdout);
  expect(after.filter(({ type }) => type === "@xstate.event").length).toBe(1);
  expect(
    new Set(after.filter(({ type }) => type === "@xstate.actor").map((each) => each.sessionId)),
  ).toEqual(new Set(names));
});

test(
  "--follow goes on with what another process does, until it is told to stop",
  { timeout: SLOW_MS },
  async () => {
    const yard = await imported();
    const watching = goOn(yard, "inspect", "--json", "--follow");
    await watching.frame(
      ({ type, sessionId }) => type === "@xstate.snapshot" && sessionId === "task:T1",
    );
    await yard.wvo("task", "add", "Two", "--id", "T2");
    const born = await watching.frame(({ sessionId }) => sessionId === "task:T2");
    expect(born).toMatchObject({ type: "@xstate.actor", name: "task:T2" });
    await yard.wvo("task", "cancel", "T1");
    const told = await watching.frame(
      ({ type, sessionId }) => type === "@xstate.event" && sessionId === "task:T1",
    );
    expect(told).toMatchObject({ event: { type: "cancel" } });
    watching.child.kill("SIGINT");
    expect(await watching.ended).toBe(130);
    expect(watching.said.stderr).toBe("");
  },
);

test(
  "it ends with the program that reads it, and without a word",
  { timeout: SLOW_MS },
  async () => {
    const yard = await imported();
    const watching = goOn(yard, "inspect", "--json", "--follow");
    await watching.frame(({ type }) => type === "@xstate.snapshot");
    watching.child.stdout?.destroy();
    await yard.wvo("task", "add", "Two");
    expect(await watching.ended).toBe(130);
    expect(watching.said.stderr).toBe("");
  },
);

/** Connects as Node's own client does. */
function connect(url: string) {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  const has = (isIt: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(isIt);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { frames, has, closed };
}

test(
  "it serves the film to whoever has the token, live, and leaves nothing behind",
  { timeout: SLOW_MS },
  async () => {
    const yard = await imported();
    const serving = goOn(yard, "inspect");
    const [, url = ""] =
      /^frames: (ws:\/\/127\.0\.0\.1:\d+\/frames)$/.exec(await serving.line()) ?? [];
    const [, file = ""] = /^ {2}the token: (.+)$/.exec(await serving.line()) ?? [];
    const { port } = new URL(url);
    expect(file).toBe(join(yard.repo, "state", `inspect-${port}.token`));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = readFileSync(file, "utf8").trim();
    expect(serving.said.stderr).not.toContain(token);
    const stranger = connect(`${url}?token=x`);
    expect(await stranger.closed).toBe(1006);
    expect(stranger.frames).toEqual([]);
    const reader = connect(`${url}?token=${token}`);
    await reader.has(
      ({ type, sessionId }) => type === "@xstate.snapshot" && sessionId === "task:T1",
    );
    expect(reader.frames[0]).toMatchObject({ type: "@xstate.actor", name: "budget" });
    await yard.wvo("task", "cancel", "T1");
    const told = await reader.has(({ type, sessionId, ...rest }) => {
      const isTask = type === "@xstate.event" && sessionId === "task:T1";
      return isTask && (rest as { event?: { type: string } }).event?.type === "cancel";
    });
    expect(told).toMatchObject({ event: { reason: expect.any(String) } });
    expect(yard.git("status", "--porcelain", "state")).toBe("");
    serving.child.kill("SIGTERM");
    expect(await reader.closed).toBe(1001);
    expect(await serving.ended).toBe(130);
    expect(existsSync(file)).toBe(false);
    expect(serving.said.stderr).toContain("refused a reader: wrong token");
    expect(serving.said.stderr).not.toContain(token);
  },
);

test(
  "--stately warns before anything else, and says which page to open",
  { timeout: SLOW_MS },
  async () => {
    const yard = await imported();
    const serving = goOn(yard, "inspect", "--stately");
    await serving.line();
    expect(serving.said.stderr).toMatch(/^warning: https:\/\/stately\.ai\/inspect is a website/);
    const [, file = ""] = /^ {2}the token: (.+)$/.exec(await serving.line()) ?? [];
    const [, page = "", token] =
      /^ {2}the inspector: (http:.*)#(.+)$/.exec(await serving.line()) ?? [];
    expect(token).toBe(readFileSync(file, "utf8").trim());
    const answer = await fetch(page);
    expect(await answer.text()).toContain("<iframe");
    serving.child.kill("SIGINT");
    expect(await serving.ended).toBe(130);
  },
);

test("a port that is taken is told", { timeout: SLOW_MS }, async () => {
  const yard = await imported();
  const serving = goOn(yard, "inspect");
  const { port } = new URL((await serving.line()).replace("frames: ", ""));
  const ran = await yard.wvo("inspect", "--port", port);
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  for (const word of [`127.0.0.1:${port}`, "EADDRINUSE", "--port"])
    expect(ran.stderr).toContain(word);
});

test("a wrong command line is refused before anything else", { timeout: SLOW_MS }, async () => {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  const wrong = [
    ["--json", "--port", "1"],
    ["--json", "--stately"],
    ["--follow"],
    ["--port", "http"],
    ["--port", "65536"],
    ["--json", "--after", "-1"],
    ["--json", "--after", ""],
  ];
  for (const args of wrong) {
    const ran = await yard.wvo("inspect", ...args);
    expect(ran, args.join(" ")).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("expected");
  }
});

test("without a database there is nothing to watch", { timeout: SLOW_MS }, async () => {
  const yard = makeWorkspace({ roadmap, agent: ["/bin/true"] });
  for (const args of [[], ["--json"]]) {
    expect(await yard.wvo("inspect", ...args)).toMatchObject({ code: 3, stdout: "" });
  }
});
