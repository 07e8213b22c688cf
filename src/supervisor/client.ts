/** Finding the supervisor of a workspace from another process, and asking it. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { FaultError, faultData } from "../fault.ts";
import type { ControlHello } from "./hello.ts";
import { putLine, readLines, WORKER_LINE_BYTES_MAX } from "./lines.ts";
import { holderIn } from "./lock.ts";
import type { Holder } from "./lock.ts";
import { folderOf } from "./place.ts";
import { findRun } from "./run-place.ts";
import type { SupervisorStatus } from "./supervisor.ts";

/** The supervisor that lives, or null. */
export const findSupervisor = (stateRoot: string): Holder | null => holderIn(folderOf(stateRoot));

/** Whoever serves MCP sessions now, a `wvo run` or a supervisor; null where nobody does. */
export const findServing = (stateRoot: string): Holder | null =>
  findRun(stateRoot) ?? findSupervisor(stateRoot);

/** A socket on which the first line is still to be said. */
export async function reachSupervisor({ socket: path, process: { pid } }: Holder): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  try {
    await once(socket, "connect");
    return socket;
  } catch (cause) {
    socket.destroy();
    throw new FaultError({
      code: "supervisor.unreachable",
      where: `the supervisor (pid ${pid})`,
      found: faultData(cause).message,
      expected: `an open socket at ${path}`,
      next: "it is beginning or ending: try again; when it stays so, end its process",
      retriable: true,
      cause,
    });
  }
}

/** Asks a question that concerns the supervisor itself. */
export async function askSupervisor(
  holder: Holder,
  hello: ControlHello,
): Promise<SupervisorStatus | null> {
  const socket = await reachSupervisor(holder);
  socket.on("error", () => {});
  await putLine(socket, JSON.stringify(hello));
  const { value: line } = await readLines(socket, WORKER_LINE_BYTES_MAX).next();
  socket.destroy();
  return line?.kind === "line" ? (JSON.parse(line.text) as SupervisorStatus) : null;
}
