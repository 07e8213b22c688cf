/**
 * The page that shows Stately's inspector and hands it the frames. The inspector is a website; this
 * page holds it in a frame, and is what the library's own server would give a browser, with three
 * differences: it is served to this machine only, it hands frames to that site and to no other, and
 * it asks for them once the site is ready, so that none is lost.
 */
import { FRAMES_PATH } from "./door.ts";
import { HOST } from "./server.ts";
import type { Page } from "./server.ts";

export const INSPECTOR_URL = "https://stately.ai/inspect";
const SITE = new URL(INSPECTOR_URL).origin;

/**
 * The token comes in the address behind the #, which no browser sends to anybody. The site says
 * "@statelyai.connected" each time it starts anew, and then gets the film from its beginning.
 */
export const BRIDGE = `"use strict";
const inspector = document.getElementById("inspector");
const note = document.getElementById("note");
const token = location.hash.slice(1);
let socket = null;

function connect() {
  if (socket !== null) socket.close();
  const film = new WebSocket("ws://" + location.host + "${FRAMES_PATH}?token=" + token);
  socket = film;
  film.onmessage = ({ data }) => {
    if (film === socket) inspector.contentWindow.postMessage(JSON.parse(data), "${SITE}");
  };
  film.onclose = ({ code, reason }) => {
    if (film === socket) note.textContent = "No more frames (" + code + "): " + (reason || "wvo inspect is gone, or the token is wrong");
  };
}

window.addEventListener("message", (event) => {
  const isInspector = event.source === inspector.contentWindow && event.origin === "${SITE}";
  if (isInspector && event.data && event.data.type === "@statelyai.connected") connect();
});
inspector.src = "${INSPECTOR_URL}";
`;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>WeatherVane: inspection</title>
<style>html, body { height: 100%; margin: 0 } body { display: flex; flex-direction: column }
p { margin: 0; padding: 4px 8px; font: 13px sans-serif } iframe { flex: 1; border: 0 }</style>
<p id="note">Everything shown below is handed to ${SITE}, which is a website.</p>
<iframe id="inspector" title="Stately inspector" referrerpolicy="no-referrer"></iframe>
<script src="/bridge.js"></script>
</html>
`;

/** What the server gives a browser, by path. */
export function statelyPages(port: number): Readonly<Record<string, Page>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    `frame-src ${SITE}`,
    `connect-src ws://${HOST}:${port}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
  return {
    "/": { type: "text/html; charset=utf-8", text: PAGE, policy },
    "/bridge.js": { type: "text/javascript; charset=utf-8", text: BRIDGE, policy },
  };
}
