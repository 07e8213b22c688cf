/** What the artifacts of a task are walked with: three names for two places, and new contents. */
import type { ArtifactsContext } from "../../../machines/artifacts.ts";
import type { ArtifactsEvent, ArtifactsInput } from "../../../machines/visits.ts";
import type { Cases } from "../../../src/proof/cases.ts";

const input: ArtifactsInput = { taskId: "T1", placesMax: 2 };
const told = { bytes: 3, mediaType: "text/plain", author: "worker-01", runId: "T1.1" };
const HASHES = ["a".repeat(64), "b".repeat(64)];

export const cases: Cases<ArtifactsContext, ArtifactsEvent> = {
  actor: "artifacts:T1",
  inputs: [input],
  events: () =>
    ["log", "report", "trace"].flatMap((name) =>
      HASHES.map((sha256): ArtifactsEvent => ({ type: "store", name, sha256, ...told })),
    ),
  essence: ({ kept }) => kept.map(({ name, sha256 }) => `${name} ${sha256}`).toSorted(),
};
