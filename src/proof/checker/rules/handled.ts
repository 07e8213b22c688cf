/** An event that is told to a chart which has no transition for it is a signal nobody hears. */
import { chartNameOf } from "../../../host/charts.ts";
import type { Problem } from "../problem.ts";
import type { Subject } from "../subject.ts";
import type { Told } from "../survey.ts";

export function checkHandled(subject: Subject): readonly Problem[] {
  const told = subject.survey.told.flatMap((each) => unheard(subject, each));
  const sent = Object.keys(subject.facts.sentBy ?? {}).filter((type) => !hears(subject, type));
  const raised = subject.anatomy.raised.filter((type) => !hears(subject, type));
  return [
    ...told,
    ...raised.map((about): Problem => {
      const found = `it raises ${about} and no state handles it`;
      return { code: "unhandled", chart: subject.name, about, found, next: NEXT };
    }),
    ...sent.map((about): Problem => {
      const found = `${about} is sent to it and no state handles it`;
      return { code: "unhandled", chart: subject.name, about, found, next: NEXT };
    }),
  ];
}

const NEXT = "add a transition for it where it matters, or do not send it";

/** Of a chart alone it can only be said whether it hears itself. */
function unheard(subject: Subject, { to, type }: Told): readonly Problem[] {
  const { circle, facts, name } = subject;
  const receiver = circle.find((each) => each.name === chartNameOf(to));
  const isForeign = circle.length === 1 || facts.elsewhere?.includes(to) === true;
  const about = type ?? to;
  if (receiver === undefined) {
    if (isForeign) return [];
    const found = `it tells ${to} ${type ?? "to start"}, and there is no chart ${to}`;
    const next = "check the receiver's id, or name the chart in `elsewhere`";
    return [{ code: "unhandled", chart: name, about, found, next }];
  }
  if (type === null || hears(receiver, type)) return [];
  const found = `it tells ${to} ${type}, and no state of ${to} handles it`;
  return [{ code: "unhandled", chart: name, about, found, next: NEXT }];
}

const hears = ({ events }: Subject, type: string): boolean =>
  events.includes(type) || events.includes("*");
