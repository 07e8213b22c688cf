/** What is found out about a program before it is used: that it is there, its version, its login. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { openProvider } from "../../src/agents/providers.ts";
import type { Probe } from "../../src/agents/provider.ts";
import { providerSchema } from "../../src/config/providers.ts";
import { standIn } from "./lab.ts";
import type { StandIn } from "./lab.ts";

type Kind = "claude" | "codex";

/** A home without a login: whoever runs the tests may have one. */
function probe(kind: Kind, { folder, program }: StandIn, change: object = {}): Promise<Probe> {
  const nothing = { pass_env: [], program, env: { HOME: join(folder, "home") } };
  const config = providerSchema.parse({ kind, ...nothing, ...change });
  return openProvider(kind, config, folder).probe();
}

const withHome = ({ folder }: StandIn, more: object = {}) => ({
  env: { HOME: join(folder, "home"), ...more },
});

function write({ folder }: StandIn, path: string, text: string): void {
  mkdirSync(join(folder, "home", path, ".."), { recursive: true });
  writeFileSync(join(folder, "home", path), text);
}

describe("the program", () => {
  test("is found in PATH by its name", async () => {
    const place = standIn("claude", []);
    vi.stubEnv("PATH", `${place.folder}:${process.env["PATH"] ?? ""}`);
    const change = { program: ["claude"], ...withHome(place, { ANTHROPIC_API_KEY: "key" }) };
    expect(await probe("claude", place, change)).toMatchObject({
      program: join(place.folder, "claude"),
    });
    vi.unstubAllEnvs();
  });

  test("is missing", async () => {
    const place = standIn("codex", []);
    await expect(probe("codex", place, { program: ["no-such-codex"] })).rejects.toMatchObject({
      code: "agents.program-missing",
    });
  });

  test("has no version", async () => {
    const place = standIn("codex", []);
    const program = ["/bin/sh", "-c", "echo unheard of"];
    await expect(probe("codex", place, { program })).rejects.toMatchObject({
      code: "agents.no-version",
      details: { found: "the answer unheard of" },
    });
  });

  test("fails when it is asked", async () => {
    const place = standIn("codex", []);
    const program = ["/bin/sh", "-c", "echo broken >&2; exit 3"];
    await expect(probe("codex", place, { program })).rejects.toMatchObject({
      code: "agents.no-version",
      details: { found: expect.stringContaining("broken") as string },
    });
  });

  test("is older than what we know", async () => {
    const place = standIn("codex", []);
    const program = ["/bin/sh", "-c", "echo codex-cli 0.98.1"];
    const change = { program, ...withHome(place, { CODEX_API_KEY: "key" }) };
    expect(await probe("codex", place, change)).toMatchObject({
      version: "0.98.1",
      detail: "0.98.1, older than 0.169.0 that we know, logged in by CODEX_API_KEY",
    });
  });
});

describe("claude's login", () => {
  test.each([
    ["ANTHROPIC_API_KEY"],
    ["ANTHROPIC_AUTH_TOKEN"],
    ["CLAUDE_CODE_OAUTH_TOKEN"],
    ["CLAUDE_CODE_USE_BEDROCK"],
  ])("is the variable %s", async (name) => {
    const place = standIn("claude", []);
    const { version, detail } = await probe("claude", place, withHome(place, { [name]: "1" }));
    expect({ version, detail }).toEqual({
      version: "2.1.329",
      detail: `2.1.329, logged in by ${name}`,
    });
  });

  test.each([
    [".claude/.credentials.json", "{}", "logged in by itself"],
    [".claude/settings.json", '{"apiKeyHelper":"pass key"}', "logged in by its settings"],
  ])("is in %s", async (path, text, login) => {
    const place = standIn("claude", []);
    write(place, path, text);
    expect((await probe("claude", place)).detail).toBe(`2.1.329, ${login}`);
  });

  test("is in a folder of its own", async () => {
    const place = standIn("claude", []);
    write(place, "elsewhere/.credentials.json", "{}");
    const more = { CLAUDE_CONFIG_DIR: join(place.folder, "home", "elsewhere") };
    expect((await probe("claude", place, withHome(place, more))).detail).toContain("by itself");
  });

  test.runIf(process.platform === "linux")(
    "is not there: what to do about it is said",
    async () => {
      const place = standIn("claude", []);
      write(place, ".claude/settings.json", '{"theme":"dark"}');
      const empty = withHome(place, { ANTHROPIC_API_KEY: "" });
      await expect(probe("claude", place, empty)).rejects.toMatchObject({
        code: "agents.logged-out",
        details: {
          where: "provider claude in weathervane.yaml",
          next: `start it with: ${place.program.join(" ")}, and type /login; or set ANTHROPIC_API_KEY for wvo run`,
        },
      });
    },
  );
});

describe("codex's login", () => {
  test.each([
    [".codex/auth.json", "{}", "logged in by itself"],
    [".codex/config.toml", 'cli_auth_credentials_store = "keyring"\n', "its login can't be seen"],
  ])("is in %s", async (path, text, login) => {
    const place = standIn("codex", []);
    write(place, path, text);
    expect((await probe("codex", place)).detail).toBe(`0.169.0, ${login}`);
  });

  test("is not there: what to do about it is said", async () => {
    const place = standIn("codex", []);
    await expect(probe("codex", place)).rejects.toMatchObject({
      code: "agents.logged-out",
      details: {
        next: `log in with: ${place.program.join(" ")} login; or set CODEX_API_KEY for wvo run`,
      },
    });
  });

  test("is the key of its endpoint, and no other", async () => {
    const place = standIn("codex", []);
    write(place, ".codex/auth.json", "{}");
    const endpoint = { base_url: "http://127.0.0.1:1/v1", env_key: "STUB_API_KEY" };
    await expect(probe("codex", place, { endpoint })).rejects.toMatchObject({
      code: "agents.logged-out",
      details: { next: "set STUB_API_KEY, the key of http://127.0.0.1:1/v1, for wvo run" },
    });
    vi.stubEnv("STUB_API_KEY", "key");
    const { detail } = await probe("codex", place, { endpoint });
    expect(detail).toBe("0.169.0, logged in by STUB_API_KEY");
    vi.unstubAllEnvs();
  });
});
