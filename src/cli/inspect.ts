/**
 * `wvo inspect`: every step of every actor as frames of the Stately inspector, from the journal's
 * beginning and as it goes on: over a WebSocket on this machine, or as lines on standard output.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { catalog } from "../catalog/catalog.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/load.ts";
import { FaultError } from "../fault.ts";
import { Charts } from "../host/charts.ts";
import type { StoreReader } from "../store/port.ts";
import { FRAMES_PATH } from "../watch/door.ts";
import { film } from "../watch/film.ts";
import { HOST, InspectionServer } from "../watch/server.ts";
import { INSPECTOR_URL, statelyPages } from "../watch/stately-page.ts";
import { makeToken, writeToken } from "../watch/token.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { reading } from "./reading.ts";
import { terminal } from "./terminal.ts";
import { loadHere } from "./workspace.ts";

interface Options {
  readonly port?: string;
  readonly after?: string;
  readonly follow?: boolean;
  readonly stately?: boolean;
  readonly json?: boolean;
}

export const inspectCommand = () =>
  command<Options>(
    { name: "inspect", summary: "every step as frames of the Stately inspector" },
    async ({ out, options }) => {
      refuseMixtures(options);
      const after = numberOf("--after", options.after, Number.MAX_SAFE_INTEGER);
      const port = numberOf("--port", options.port, PORT_MAX);
      const { json = false, follow = false, stately = false } = options;
      const config = loadHere();
      return reading(config, (store) =>
        json
          ? print(store, out, { after, follow })
          : serve(config, out, { store, after, port, stately }),
      );
    },
  )
    .option("--port <n>", "the port to serve on; by default any that is free")
    .option("--after <seq>", "begin after this row of the journal", "0")
    .option("--follow", "with --json: go on with what happens from now on")
    .option("--stately", "also serve a page that hands everything to the website stately.ai");

const PORT_MAX = 65_535;

function refuseMixtures({ json, follow, stately, port }: Options): void {
  const found = [
    ...(port === undefined ? [] : ["--port"]),
    ...(stately === true ? ["--stately"] : []),
  ];
  if (json === true && found.length > 0) {
    const expected = "without --json: lines on standard output need no server";
    throw usage(`${found.join(" and ")} with --json`, { found: "both", expected });
  }
  if (json !== true && follow === true) {
    const expected = "with --json: a server follows in any case";
    throw usage("--follow", { found: "no --json", expected });
  }
}

function numberOf(option: string, text: string | undefined, max: number): number {
  const given = text ?? "0";
  if (/^\d+$/.test(given) && Number(given) <= max) return Number(given);
  throw usage(option, { found: given, expected: `a whole number up to ${max}` });
}

const usage = (option: string, words: { readonly found: string; readonly expected: string }) =>
  new FaultError({
    code: "cli.usage",
    kind: "usage",
    where: `wvo inspect ${option}`,
    ...words,
    next: "wvo inspect --help explains it",
  });

/** One frame a line; ends where the journal does, or by a signal. */
async function print(
  store: StoreReader,
  out: Output,
  { after, follow }: { readonly after: number; readonly follow: boolean },
): Promise<number> {
  const ending = new AbortController();
  const { signal } = ending;
  const unlisten = follow ? terminal().onSignal(() => ending.abort()) : nothing;
  const setting = { store, charts: new Charts(catalog), after };
  const frames = film(follow ? { ...setting, follow: { clock: systemClock, signal } } : setting);
  for await (const frame of frames) {
    if (signal.aborted) break;
    out.line(frame, () => "");
  }
  unlisten();
  return signal.aborted ? EXIT.interrupted : EXIT.ok;
}

const nothing = (): void => {};

interface Serving {
  readonly store: StoreReader;
  readonly after: number;
  readonly port: number;
  readonly stately: boolean;
}

async function serve(config: Config, out: Output, serving: Serving): Promise<number> {
  const { store, port, stately } = serving;
  const ended = Promise.withResolvers<void>();
  const unlisten = terminal().onSignal(ended.resolve);
  const charts = new Charts(catalog);
  const token = makeToken();
  if (stately) out.progress(WARNING);
  const server = await InspectionServer.open({
    port,
    token,
    clock: systemClock,
    film: (after, signal) =>
      film({
        store,
        charts,
        after: after ?? serving.after,
        follow: { clock: systemClock, signal },
      }),
    ...(stately ? { pages: statelyPages } : {}),
    onNews: (text) => out.progress(text),
  });
  const file = join(config.state_root, `inspect-${server.port}.token`);
  try {
    writeToken(file, token);
    const address = `${HOST}:${server.port}`;
    const page = stately ? [`  the inspector: http://${address}/#${token}`] : [];
    out.result(null, () =>
      [`frames: ws://${address}${FRAMES_PATH}`, `  the token: ${file}`, ...page].join("\n"),
    );
    await ended.promise;
  } finally {
    rmSync(file, { force: true });
    await server.close();
    unlisten();
  }
  return EXIT.interrupted;
}

const WARNING = `warning: ${INSPECTOR_URL} is a website of other people. A page served by this
command shows it and hands it every frame: the charts, and each event and each actor's whole memory:
titles, descriptions and acceptance of tasks, what checks and agents found wrong, names of branches,
commits, files and programs. What the website does with them nobody here can see. They are handed
over once that page is open in a browser, and no sooner.`;
