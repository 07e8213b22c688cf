/** The bytes of artifacts: whole or not there, called by their hash, readable by their owner alone. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { artifactsBeginning, putArtifact, readArtifact } from "../../src/store/artifact-files.ts";
import { emptyFolder } from "../support/workbench.ts";

/** Of the bytes `passed`, as `sha256sum` has it. */
const PASSED = "284d1e8c4918248233df17642bbb940c001e1fa856c18aab86ba6dbe7813eb13";

test("what was put is read by its hash, and put again it is the same file", () => {
  const root = emptyFolder();
  const sha256 = putArtifact(root, Buffer.from("passed"));
  expect(putArtifact(root, Buffer.from("passed"))).toBe(sha256);
  expect(readArtifact(root, sha256)?.toString()).toBe("passed");
  const folder = join(root, "artifacts", sha256.slice(0, 2));
  expect(readdirSync(folder)).toEqual([sha256]);
  expect(statSync(join(folder, sha256)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(sha256).toBe(PASSED);
});

test("what is damaged is not there, and is put anew", () => {
  const root = emptyFolder();
  const sha256 = putArtifact(root, Buffer.from("passed"));
  writeFileSync(join(root, "artifacts", sha256.slice(0, 2), sha256), "failed");
  expect(readArtifact(root, sha256)).toBeNull();
  expect(putArtifact(root, Buffer.from("passed"))).toBe(sha256);
  expect(readArtifact(root, sha256)?.toString()).toBe("passed");
});

test.each(["", "28", "../../orchestrator.db", "0".repeat(64)])("%j names nothing", (sha256) => {
  const root = emptyFolder();
  putArtifact(root, Buffer.from("passed"));
  expect(readArtifact(root, sha256)).toBeNull();
});

test("hashes are found by how they begin, also before there are any", () => {
  const root = emptyFolder();
  expect(artifactsBeginning(root, "")).toEqual([]);
  const all = ["a", "b", "c"].map((text) => putArtifact(root, Buffer.from(text))).toSorted();
  expect(artifactsBeginning(root, "")).toEqual(all);
  for (const sha256 of all) {
    expect(artifactsBeginning(root, sha256.slice(0, 1))).toContain(sha256);
    expect(artifactsBeginning(root, sha256.slice(0, 10))).toEqual([sha256]);
  }
  expect(artifactsBeginning(root, "../")).toEqual([]);
});
