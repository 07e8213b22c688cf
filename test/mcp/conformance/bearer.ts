/**
 * Loaded into the conformance program before it begins: each of its requests shows a token, which the
 * program itself cannot be told of.
 */
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

const token = process.env["CONFORMANCE_TOKEN"];

interface Undici {
  readonly request: { readonly addHeader: (name: string, value: string) => void };
}

const bearer = ["authorization", `Bearer ${token}`] as const;

subscribe("undici:request:create", (message) => (message as Undici).request.addHeader(...bearer));
subscribe("http.client.request.created", (message) => {
  (message as { readonly request: ClientRequest }).request.setHeader(...bearer);
});
