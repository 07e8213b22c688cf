/** The artifacts of a task, as people and clients are told of them. */
import type { ArtifactsContext } from "../../machines/artifacts.ts";
import { actorId } from "../../machines/protocol.ts";
import { isoTime } from "../clock.ts";
import type { SnapshotRecord } from "../host/record.ts";
import type { StoreReader } from "../store/port.ts";

export const artifactUri = (sha256: string): string => `wvo://artifacts/${sha256}`;

/** In the order in which they were put by. */
export async function artifactsOf(store: Pick<StoreReader, "read">, taskId: string) {
  const stored = await store.read(actorId.artifacts(taskId));
  if (stored === null) return [];
  const { context } = JSON.parse(stored.snapshot) as SnapshotRecord;
  const { kept } = context as ArtifactsContext;
  return kept.map(({ name, sha256, bytes, mediaType, runId, atMs }) => ({
    name,
    uri: artifactUri(sha256),
    bytes,
    media_type: mediaType,
    run_id: runId,
    at: isoTime(atMs),
  }));
}
