/** `wvo agent tail ID`: what an agent says and does, readable, and with `--follow` as it comes. */
import { join } from "node:path";
import { tell } from "../../agents/telling.ts";
import type { Told } from "../../agents/telling.ts";
import { watchFolder } from "../../processes/folder-watch.ts";
import { LineSplitter } from "../../processes/lines.ts";
import { OutputReader } from "../../processes/output-reader.ts";
import { FILE, readExit, readSpec } from "../../processes/run-folder.ts";
import { hasEnded } from "../../processes/supervise.ts";
import { command } from "../command.ts";
import { countOf } from "../option-values.ts";
import type { Output } from "../output.ts";
import { reading } from "../reading.ts";
import { loadHere } from "../workspace.ts";
import { meantRun } from "./runs.ts";

export const tailCommand = () =>
  command<{ follow?: boolean; lines: string }>(
    { name: "tail", summary: "what an agent says and does" },
    async ({ out, args, options }) => {
      const [id = ""] = args;
      const lines = countOf("--lines", options.lines);
      const config = loadHere();
      const { folder, runId } = await reading(config, ({ views }) => meantRun(config, views, id));
      await showTail(out, { folder, runId, lines, follow: options.follow === true });
    },
  )
    .argument("<id>", "an agent, a task or a run")
    .option("--follow", "go on until the run has ended")
    .option("--lines <n>", "begin with so many lines of what there is", "40");

export interface Tail {
  readonly runId: string;
  readonly folder: string;
  readonly lines: number;
  readonly follow: boolean;
}

/** What no file announces, such as the death of a runner, is looked for this often. */
const POLL_MS = 500;
/** A tool's result stands in one line; a longer one is left out. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

export async function showTail(out: Output, { folder, runId, lines, follow }: Tail): Promise<void> {
  const teller = new Teller(folder);
  const begun = teller.news();
  for (const told of lines === 0 ? [] : begun.slice(-lines)) show(out, told);
  if (begun.length === 0 && !follow) out.progress(`${runId} has said nothing`);
  if (follow) await goOn(out, teller, { folder, runId });
  teller.close();
}

async function goOn(out: Output, teller: Teller, run: Pick<Tail, "folder" | "runId">) {
  const { folder, runId } = run;
  if (!teller.isOver) out.progress(`following ${runId} until it has ended`);
  while (!teller.isOver) {
    const watch = { pollMs: POLL_MS, files: [FILE.stdout, FILE.exit] };
    const news = await watchFolder(folder, () => teller.newsOrEnd(), watch);
    for (const told of news ?? []) show(out, told);
  }
  out.progress(`${runId} has ended: ${readExit(folder)?.detail ?? "without a record"}`);
}

/** The output of one run, told as it comes. */
class Teller {
  readonly #folder: string;
  readonly #reader: OutputReader;
  readonly #lines = new LineSplitter(LINE_BYTES_MAX);
  readonly #tellsEvents: boolean;
  isOver: boolean;

  constructor(folder: string) {
    this.#folder = folder;
    this.#reader = new OutputReader(join(folder, FILE.stdout));
    this.#tellsEvents = readSpec(folder)?.signs === "events";
    this.isOver = hasEnded(folder);
  }

  news(): readonly Told[] {
    const told = this.#told(this.#reader.news());
    return this.isOver ? [...told, ...this.#last()] : told;
  }

  /** Null while there is nothing new. */
  newsOrEnd(): readonly Told[] | null {
    const isOver = hasEnded(this.#folder); // asked first: then nothing can come any more
    const news = this.news();
    if (!isOver) return news.length === 0 ? null : news;
    this.isOver = true;
    const exit = readExit(this.#folder);
    const rest = exit === null || exit.lacksEnd === true ? [] : this.#reader.rest(exit.stdoutBytes);
    return [...news, ...this.#told(rest), ...this.#last()];
  }

  close(): void {
    this.#reader.close();
  }

  #told(chunks: Iterable<Uint8Array>): readonly Told[] {
    const told: Told[] = [];
    for (const chunk of chunks) told.push(...this.#each(this.#lines.push(chunk)));
    return told;
  }

  #last(): readonly Told[] {
    return this.#each(this.#lines.end());
  }

  #each(lines: readonly string[]): readonly Told[] {
    return lines.flatMap((line) => tell(line, this.#tellsEvents));
  }
}

const SIGNS = { text: "", tool: "$ ", file: "+ ", note: "- ", trouble: "! " } as const;
const STYLES = { tool: "cyan", file: "green", note: "dim", trouble: "yellow" } as const;

function show(out: Output, told: Told): void {
  out.line(told, () => {
    const text = `${SIGNS[told.kind]}${told.text}`;
    return told.kind === "text" ? text : out.paint(STYLES[told.kind], text);
  });
}
