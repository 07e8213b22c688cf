/**
 * A host that is closed and opened again, or taken over, at any time. A caller whom it leaves
 * without an answer asks the next one, with the same key.
 */
import type { Answer } from "../../src/host/answer.ts";
import type { Chart } from "../../src/host/charts.ts";
import { Host } from "../../src/host/host.ts";
import { ownerHere } from "../../src/host/owner.ts";
import type { Happening } from "../../src/host/record.ts";
import type { MovedClock } from "../../src/proof/moved-clock.ts";
import { Fenced } from "../../src/store/port.ts";
import type { Store } from "../../src/store/port.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { breakStore } from "../crash/breakages.ts";
import type { Breakage } from "../crash/breakages.ts";
import { withLateDeliveries } from "./late-deliveries.ts";
import type { LateStore } from "./late-deliveries.ts";

export interface Call {
  readonly key: string;
  readonly happening: Extract<Happening, { kind: "start" | "event" }>;
}

export interface OfficeSetting {
  readonly path: string;
  readonly clock: MovedClock;
  readonly chart: Chart;
  readonly actor: string;
  /** The store may break a promise on purpose. */
  readonly breakage: Breakage | null;
}

/** A host, and the store that it owns. */
interface Present {
  readonly host: Host;
  readonly late: LateStore;
}

/** A caller asks so often; there are not that many changes at one moment. */
const TRIES_MAX = 10;

export class Office {
  readonly #setting: OfficeSetting;
  #present: Present;
  #changing: Promise<void> = Promise.resolve();

  private constructor(setting: OfficeSetting, present: Present) {
    this.#setting = setting;
    this.#present = present;
  }

  static async open(setting: OfficeSetting): Promise<Office> {
    return new Office(setting, await begin(setting));
  }

  get store(): Store {
    return this.#present.late.store;
  }

  get late(): LateStore {
    return this.#present.late;
  }

  async call(call: Call): Promise<Answer> {
    for (let turn = 0; turn < TRIES_MAX; turn += 1) {
      const answer = await this.#ask(this.#present.host, call).catch(orUnanswered);
      if (answer !== null && (answer.ok || answer.code !== "closed")) return answer;
      await this.#changing;
    }
    throw new Error(`${call.key} found nobody to answer it`);
  }

  /** Resolves when nothing waits and nobody is on the way. */
  async settle(): Promise<void> {
    await this.#changing;
    await this.#present.host.quiet();
  }

  restart(): Promise<void> {
    return this.#change(async ({ host }) => {
      await host.close();
      this.#present = await begin(this.#setting);
    });
  }

  /** The old host lives on and tries to write: it must not get through. */
  takeOver(input: object): Promise<void> {
    return this.#change(async ({ host: old }) => {
      this.#present = await begin(this.#setting, true);
      const ghost = `${this.#setting.chart.name}:ghost`;
      const answer = await old.start(ghost, input).catch(orUnanswered);
      if (answer?.ok === true) throw new Error("a host wrote after it was taken over");
      await old.close();
    });
  }

  close(): Promise<void> {
    return this.#present.host.close();
  }

  #change(act: (present: Present) => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(() => act(this.#present));
    return this.#changing;
  }

  #ask(host: Host, { key, happening }: Call): Promise<Answer> {
    const { actor } = this.#setting;
    return happening.kind === "start"
      ? host.start(actor, happening.input, { key })
      : host.send(actor, happening.event, { key });
  }
}

/** The host was taken over before it could answer. */
function orUnanswered(thrown: unknown): null {
  if (thrown instanceof Fenced) return null;
  throw thrown;
}

async function begin(setting: OfficeSetting, takeOver = false): Promise<Present> {
  const { path, clock, chart, breakage } = setting;
  const late = withLateDeliveries(breakStore(openStore(path, clock), breakage));
  const { parseEvent: _door, ...open } = chart;
  const owner = ownerHere("a property");
  const parts = { store: late.store, clock, owner, charts: [open], handlers: {}, takeOver };
  return { host: await Host.open(parts), late };
}
