/** The configuration in force: environment over file over defaults, every value with its origin. */
import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { isInside, loadConfig } from "../../src/config/load.ts";
import { emptyFolder } from "../support/workbench.ts";

function workspaceWith(text: string): string {
  const workspace = emptyFolder();
  writeFileSync(join(workspace, "weathervane.yaml"), text);
  return workspace;
}

describe("where a value comes from", () => {
  const workspace = () => workspaceWith("target: trunk\nagents: 5\n\nwip_limit: 4\n");

  test("the file stands above the default, the environment above both", () => {
    const config = loadConfig(workspace(), { WVO_AUTOPILOT_WIP_LIMIT: "9", WVO_GATES: "3" });
    expect(config).toMatchObject({ target: "trunk", agents: 5, wip_limit: 9, gates: 3 });
    expect(config.origins).toEqual({
      version: "default",
      target: "weathervane.yaml:1",
      roadmap: "default",
      state_root: "default",
      worktree_root: "default",
      agents: "weathervane.yaml:2",
      wip_limit: "environment WVO_AUTOPILOT_WIP_LIMIT",
      gates: "environment WVO_GATES",
      providers: "default",
      sandbox: "default",
      budget: "default",
      prices: "default",
      estimates: "default",
      checks: "default",
      routes: "default",
    });
  });

  test("a value that is the default is still the file's, where it stands there", () => {
    const { agents, origins } = loadConfig(workspaceWith("agents: 3\n"), {});
    expect([agents, origins.agents]).toEqual([3, "weathervane.yaml:1"]);
  });

  test("a mistake in either is a fault", () => {
    expect(() => loadConfig(workspaceWith("agents: no\n"), {})).toThrow("weathervane.yaml:1");
    expect(() => loadConfig(workspace(), { WVO_GATES: "x" })).toThrow("WVO_GATES");
  });
});

describe("paths", () => {
  test("are absolute, taken from the workspace", () => {
    const workspace = workspaceWith("roadmap: plan/roadmap.yaml\nworktree_root: ../trees\n");
    expect(loadConfig(workspace, { WVO_STATE_ROOT: "here/state" })).toMatchObject({
      workspace,
      roadmap: join(workspace, "plan/roadmap.yaml"),
      state_root: join(workspace, "here/state"),
      worktree_root: join(workspace, "../trees"),
    });
    expect(loadConfig(workspace, { WVO_STATE_ROOT: "/srv/state" }).state_root).toBe("/srv/state");
  });

  test("worktrees lie beside a state folder that is outside the workspace and the temp folder", () => {
    const { worktree_root } = loadConfig(emptyFolder(), { WVO_STATE_ROOT: "/srv/wvo" });
    expect(worktree_root).toBe("/srv/wvo/worktrees");
    // The agents' files are nothing for the editor and the tools of the workspace.
    const inside = loadConfig("/srv/project", { XDG_STATE_HOME: "/srv/mine" });
    expect(inside.worktree_root).toMatch(/^\/srv\/mine\/weathervane\/worktrees\/project-/);
  });

  test.each([
    ["in the workspace", {}],
    ["in the temp folder", { WVO_STATE_ROOT: "../other/state" }],
  ])(
    "else, with the state %s, in the user's own, one folder a workspace",
    (_title, environment) => {
      const workspace = emptyFolder();
      const rootWith = (more: object): string =>
        loadConfig(workspace, { ...environment, ...more }).worktree_root;
      const name = new RegExp(`/weathervane/worktrees/${basename(workspace)}-[0-9a-f]{8}$`);
      expect(rootWith({})).toMatch(name);
      expect(isInside(rootWith({}), join(homedir(), ".local/state"))).toBe(true);
      expect(rootWith({ XDG_STATE_HOME: "/srv/mine" })).toMatch(/^\/srv\/mine\/weathervane\//);
      // The specification wants it absolute; anything else is to be ignored.
      expect(rootWith({ XDG_STATE_HOME: "mine" })).toBe(rootWith({}));
      expect(loadConfig(emptyFolder(), environment).worktree_root).not.toBe(rootWith({}));
    },
  );

  test("two workspaces of one name do not share their worktrees", () => {
    const [one, other] = [1, 2].map(() => {
      const folder = join(emptyFolder(), "project");
      return loadConfig(folder, {}).worktree_root;
    });
    expect(one).not.toBe(other);
  });
});

test.each([
  ["/a/b", "/a/b", true],
  ["/a/b/c", "/a/b", true],
  ["/a/b/c", "/a/b/", true],
  ["/a/bc", "/a/b", false],
  ["/a", "/a/b", false],
  ["/a", "/", true],
])("%s is in %s: %s", (path, folder, isIt) => {
  expect(isInside(path, folder)).toBe(isIt);
});
