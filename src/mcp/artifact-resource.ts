/** Artifacts under their addresses: text as text, everything else as it is. */
import { isUtf8 } from "node:buffer";
import type { McpServer } from "@modelcontextprotocol/server";
import { ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { artifactUri } from "../app/artifacts.ts";
import { artifactsBeginning, readArtifact } from "../store/artifact-files.ts";
import type { McpHost } from "./tool.ts";

/** Names that a completion offers at most; the protocol takes no more. */
const COMPLETIONS_MAX = 100;

export function serveArtifacts(server: McpServer, { config }: Pick<McpHost, "config">): void {
  const { state_root: stateRoot } = config;
  const sha256 = (begun: string): string[] =>
    artifactsBeginning(stateRoot, begun).slice(0, COMPLETIONS_MAX);
  const template = new ResourceTemplate(artifactUri("{sha256}"), {
    list: undefined,
    complete: { sha256 },
  });
  const about = { title: "An artifact: what a run has put by" };
  server.registerResource("artifacts", template, about, async ({ href: uri }, variables) => {
    const bytes = readArtifact(stateRoot, String(variables["sha256"]));
    if (bytes === null) throw new ResourceNotFoundError(uri);
    const found = isUtf8(bytes)
      ? { uri, mimeType: "text/plain", text: bytes.toString() }
      : { uri, mimeType: "application/octet-stream", blob: bytes.toString("base64") };
    return { contents: [found] };
  });
}
