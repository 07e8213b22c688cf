/**
 * Tells clients which of the resources that they watch have changed. Who watches what is kept by the
 * SDK for clients of 2026-07-28; older ones subscribe to one address after the other.
 */
import type { McpRequestContext, McpServer } from "@modelcontextprotocol/server";
import type { Commit } from "../host/loop.ts";
import type { McpHost } from "./tool.ts";

/** Addresses that one client of the older kind may watch; the oldest gives way. */
export const WATCHED_MAX = 1_000;

/** The addresses whose contents a commit has changed; how things stand changes with each. */
export function changedBy({ steps }: Commit): readonly string[] {
  const uris = steps.flatMap(({ actor }) => {
    if (actor === "roadmap") return ["wvo://roadmap"];
    const [chart, id] = [actor.slice(0, actor.indexOf(":")), actor.slice(actor.indexOf(":") + 1)];
    return chart === "task" ? [`wvo://tasks/${encodeURIComponent(id)}`] : [];
  });
  return [...new Set([...uris, "wvo://status"])];
}

/** Until the server is closed. Requests over HTTP stand for themselves and are told by their handler. */
export function serveUpdates(
  server: McpServer,
  { host }: McpHost,
  { era, requestInfo }: McpRequestContext,
): void {
  const isWatched = era === "legacy" ? serveSubscriptions(server) : () => true;
  if (era === "modern" && requestInfo !== undefined) return;
  const tell = (commit: Commit): void => {
    if (!server.isConnected()) return;
    for (const uri of changedBy(commit).filter(isWatched)) {
      // A client that has just gone is told nothing more.
      server.server.sendResourceUpdated({ uri }).catch(() => {});
    }
  };
  const unwatch = host.watch(tell);
  // It takes one listener, by assignment.
  Object.assign(server.server, { onclose: unwatch });
}

/** What a client of the older kind watches. */
function serveSubscriptions({ server }: McpServer): (uri: string) => boolean {
  const watched = new Set<string>();
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    watched.delete(uri);
    watched.add(uri);
    const [oldest] = watched;
    if (watched.size > WATCHED_MAX && oldest !== undefined) watched.delete(oldest);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    watched.delete(uri);
    return {};
  });
  return (uri) => watched.has(uri);
}
