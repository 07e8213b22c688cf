/**
 * One actor in a real host on a real file, to which anything is done at any time. After each moment
 * it is looked at; a promise that is broken is thrown.
 */
import type { PlainEvent } from "../../machines/chart.ts";
import type { Answer } from "../../src/host/answer.ts";
import { Charts } from "../../src/host/charts.ts";
import type { Chart } from "../../src/host/charts.ts";
import { Kernel, recordOf } from "../../src/host/kernel.ts";
import { findDrift } from "../../src/host/parity.ts";
import { stateText } from "../../src/host/record.ts";
import { replayAll } from "../../src/host/replay.ts";
import { MovedClock } from "../../src/proof/moved-clock.ts";
import type { Candidate } from "../../src/proof/plan.ts";
import { LeaseLost } from "../../src/store/port.ts";
import type { Claim } from "../../src/store/port.ts";
import type { Breakage } from "../crash/breakages.ts";
import type { Cued } from "../crash/birth.ts";
import { chosen, eventsOf, resultOf } from "./choices.ts";
import type { AskedEffect } from "./choices.ts";
import type { Command } from "./commands.ts";
import { Office } from "./office.ts";
import type { Call } from "./office.ts";
import { ANYTHING, compare, expectSame, NOTHING } from "./expected.ts";
import type { Expected } from "./expected.ts";
import { lackOf, takePhoto, toldIn } from "./photo.ts";
import type { Photo } from "./photo.ts";
import { isStale } from "./stale.ts";

export interface YardSetting {
  readonly candidate: Candidate;
  readonly chart: Chart;
  readonly path: string;
  readonly breakage?: Breakage;
}

export class Yard {
  readonly #setting: YardSetting;
  readonly #actor: string;
  readonly #kinds: readonly string[];
  readonly #kernel: Kernel;
  readonly #clock: MovedClock;
  readonly #office: Office;
  readonly #calls: Call[] = [];
  /** Results of effects by their key, and what was told first. */
  readonly #results = new Map<string, string>();
  /** Every effect and timer that there ever was. */
  readonly #effects = new Map<string, AskedEffect>();
  readonly #timers = new Map<string, { readonly timer: string; readonly setBy: number }>();
  #count = 0;

  private constructor(setting: YardSetting, office: Office, clock: MovedClock) {
    const { candidate } = setting;
    this.#setting = setting;
    this.#actor = candidate.cases.actor ?? candidate.name;
    this.#kinds = Object.keys(candidate.machine.implementations.actors);
    this.#kernel = new Kernel(candidate.machine);
    this.#clock = clock;
    this.#office = office;
  }

  /** An actor that has come where the script leads. */
  static async open(setting: YardSetting, script: readonly Cued[]): Promise<Yard> {
    const { candidate, chart, path, breakage = null } = setting;
    const clock = new MovedClock();
    const actor = candidate.cases.actor ?? candidate.name;
    const office = await Office.open({ path, clock, chart, actor, breakage });
    const yard = new Yard(setting, office, clock);
    for (const cued of script) await yard.#play(cued);
    return yard;
  }

  async #play({ happening, atMs }: Cued): Promise<void> {
    this.#clock.advance(Math.max(0, atMs - this.#clock.now()));
    if (happening.kind === "start" || happening.kind === "event") await this.#call(happening);
    if (happening.kind === "done" || happening.kind === "failed") {
      const claim = (await this.#look()).claims.find(({ effect }) => effect === happening.effect);
      if (claim !== undefined) await this.#finish(claim, JSON.stringify(happening));
    }
    await this.#office.settle();
    await this.#look();
  }

  async version(): Promise<number> {
    return (await this.#look()).version;
  }

  /** Does all of it at once, and looks what came of it. */
  async take(moment: readonly Command[]): Promise<void> {
    const before = await this.#look();
    const expected = await Promise.all(moment.map((each) => this.#do(each, before)));
    await this.#office.settle();
    const after = await this.#look();
    const [only] = expected;
    if (expected.length === 1 && only !== undefined) compare(before, after, only);
    const wrong = lackOf(after);
    if (wrong.length > 0) throw new Error(wrong.join("; "));
  }

  /** The end: all of it can be told from the journal, and nothing has vanished. */
  async end(): Promise<void> {
    const { chart } = this.#setting;
    const { store } = this.#office;
    const charts = new Charts([chart]);
    const { journal, dead } = await this.#look();
    const { discrepancies } = await replayAll(store, charts);
    const whys = new Set(dead.map(({ why }) => why));
    const letters = dead.filter(({ why }) => why === "unknown-actor");
    const told = toldIn(journal, this.#kernel);
    const fates = await Promise.all([...this.#results.keys()].map((key) => store.fate(key)));
    expectSame("replay", discrepancies, []);
    expectSame("rows", await findDrift(store, charts), []);
    expectSame("store", await store.check(), []);
    expectSame("letters", letters.map(({ envelope }) => envelope.id).toSorted(), told.toSorted());
    expectSame("poison", whys.has("poison") || whys.has("refused"), false);
    expectSame(
      "lost",
      fates.filter(({ kind }) => kind !== "taken" && kind !== "dead"),
      [],
    );
  }

  close(): Promise<void> {
    return this.#office.close();
  }

  get #inputs(): readonly object[] {
    return this.#setting.candidate.cases.inputs ?? [{}];
  }

  async #look(): Promise<Photo> {
    const photo = await takePhoto(this.#office.store, this.#actor, this.#kinds);
    for (const claim of photo.claims) this.#effects.set(claim.effect, claim);
    for (const [timer, setBy] of Object.entries(photo.record.timers)) {
      this.#timers.set(`${timer} ${setBy}`, { timer, setBy });
    }
    return photo;
  }

  async #do(command: Command, photo: Photo): Promise<Expected> {
    const { pick } = command;
    switch (command.do) {
      case "go":
        return this.#tell(this.#moving(photo), command, photo);
      case "tell":
        return this.#tell(this.#events(photo), command, photo);
      case "echo":
        return this.#echo(pick, photo);
      case "repeat":
        return this.#repeat(pick, photo);
      case "end":
        return this.#end(pick, photo);
      case "end late":
        return this.#endLate(pick, photo);
      case "end again":
        return this.#endAgain(pick);
      case "ring":
        return this.#pass(photo, 1);
      case "wait":
        return this.#pass(photo, 2);
      case "ring late":
        return this.#ringLate(pick, photo);
      case "restart":
        await this.#office.restart();
        return NOTHING;
      case "take over":
        await this.#office.takeOver(chosen(this.#inputs, pick) ?? {});
        return NOTHING;
      default:
        return command.do satisfies never;
    }
  }

  async #tell(events: readonly PlainEvent[], { pick }: Command, photo: Photo): Promise<Expected> {
    const event = chosen(events, pick);
    return event === undefined ? NOTHING : this.#hear({ kind: "event", event }, photo);
  }

  async #echo(pick: number, photo: Photo): Promise<Expected> {
    const call = chosen(this.#calls, pick);
    return call === undefined ? NOTHING : this.#hear(call.happening, photo);
  }

  async #hear(happening: Call["happening"], { record, version }: Photo): Promise<Expected> {
    const isLate = happening.kind === "event" && isStale(happening.event, record.context);
    const answer = await this.#call(happening);
    return isLate || !answer.ok || answer.version === version ? NOTHING : ANYTHING;
  }

  /** A key that the journal has is answered from it, whatever the actor would say now. */
  async #repeat(pick: number, { journal }: Photo): Promise<Expected> {
    const call = chosen(this.#calls, pick);
    if (call === undefined) return NOTHING;
    const isKnown = journal.some(({ key }) => key === call.key);
    const answer = await this.#office.call(call);
    if (isKnown && !(answer.ok && answer.repeated)) throw new Error(`${call.key} is not known`);
    return isKnown ? NOTHING : ANYTHING;
  }

  async #call(happening: Call["happening"]): Promise<Answer> {
    const call = { key: `call:${(this.#count += 1)}`, happening };
    this.#calls.push(call);
    const answer = await this.#office.call(call);
    const isFair = answer.ok || answer.code === "not-accepted" || answer.code === "exists";
    if (!isFair) throw new Error(`${JSON.stringify(happening)}: ${answer.refusal}`);
    return answer;
  }

  #events(photo: Photo): readonly PlainEvent[] {
    return eventsOf(this.#setting.candidate, photo, this.#clock.now());
  }

  #moving(photo: Photo): readonly PlainEvent[] {
    const live = this.#kernel.restore(this.#actor, photo.version, photo.record);
    const state = stateText(photo.record.value);
    return this.#events(photo).filter((event) => {
      const happening = { kind: "event", event } as const;
      const outcome = this.#kernel.step(live, happening, this.#clock.now());
      return outcome.kind === "stepped" && stateText(recordOf(outcome.next).value) !== state;
    });
  }

  async #end(pick: number, { claims }: Photo): Promise<Expected> {
    const claim = chosen(claims, pick);
    if (claim === undefined) return NOTHING;
    await this.#finish(claim, resultOf(this.#setting.candidate, claim, pick));
    return ANYTHING;
  }

  /** Of two who end the same effect one is told that it is not theirs. */
  async #finish(claim: Claim, body: string): Promise<void> {
    const { effect, actor } = claim;
    const id = `${effect}!`;
    try {
      await this.#office.store.finish(claim, { id, actor, body, cause: effect });
      this.#results.set(id, body);
    } catch (thrown) {
      if (!(thrown instanceof LeaseLost)) throw thrown;
    }
  }

  /** An effect that ended or was cancelled reports once more, as if it were news. */
  async #endLate(pick: number, { record }: Photo): Promise<Expected> {
    const waits = Object.values(record.children);
    const past = [...this.#effects.values()].filter(({ effect }) => !waits.includes(effect));
    const asked = chosen(past, pick);
    if (asked === undefined) return NOTHING;
    const id = `late:${(this.#count += 1)}`;
    const body = resultOf(this.#setting.candidate, asked, pick);
    await this.#office.store.send([{ id, actor: this.#actor, body, cause: asked.effect }]);
    return { still: true, dead: id };
  }

  async #endAgain(pick: number): Promise<Expected> {
    const [id, body] = chosen([...this.#results], pick) ?? [];
    if (id === undefined || body === undefined) return NOTHING;
    await this.#office.store.send([{ id, actor: this.#actor, body, cause: null }]);
    return NOTHING;
  }

  /** Time goes by: all that is left until the next timer, or a part of it. */
  async #pass({ timers }: Photo, part: number): Promise<Expected> {
    const leftMs = Math.min(...timers.map(({ dueMs }) => dueMs)) - this.#clock.now();
    if (!Number.isFinite(leftMs) || leftMs < 0) return NOTHING;
    const byMs = Math.floor(leftMs / part);
    this.#clock.advance(byMs);
    return byMs < leftMs ? NOTHING : ANYTHING;
  }

  async #ringLate(pick: number, { record }: Photo): Promise<Expected> {
    const past = [...this.#timers.values()].filter(
      ({ timer, setBy }) => record.timers[timer] !== setBy,
    );
    const late = chosen(past, pick);
    if (late === undefined) return NOTHING;
    const { timer, setBy } = late;
    const delivery = { from: "timer", actor: this.#actor, dueMs: this.#clock.now() } as const;
    this.#office.late.deliver({ ...delivery, timer, setBy });
    return { still: true, dead: `${this.#actor}@${setBy}~${timer}` };
  }
}
