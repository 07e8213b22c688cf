/**
 * Who may write. A term ends by release or with the owner's process; a later term has a later
 * epoch, and whoever carries an earlier one is fenced.
 */
import { FaultError } from "../../fault.ts";
import { isAlive } from "../../processes/identity.ts";
import type { ProcessIdentity } from "../../processes/identity.ts";
import { Fenced } from "../port.ts";
import type { Fence, Owner } from "../port.ts";
import type { Connection } from "./database.ts";

interface OwnerRow {
  readonly epoch: number;
  readonly name: string | null;
  readonly process: string | null;
}

const ownerOf = ({ name, process }: OwnerRow): Owner | null =>
  name === null || process === null
    ? null
    : { name, process: JSON.parse(process) as ProcessIdentity };

export function openOwner(db: Connection) {
  const read = db.prepare<[], OwnerRow>("SELECT epoch, name, process FROM owner");
  const write = db.prepare(
    "UPDATE owner SET epoch = epoch + 1, name = ?, process = ? RETURNING epoch",
  );
  const clear = db.prepare("UPDATE owner SET name = NULL, process = NULL WHERE epoch = ?");
  const row = (): OwnerRow => read.get() ?? { epoch: 0, name: null, process: null };
  return {
    present(): (Owner & { epoch: number; alive: boolean }) | null {
      const found = row();
      const owner = ownerOf(found);
      return owner && { ...owner, epoch: found.epoch, alive: isAlive(owner.process) };
    },
    take({ name, process }: Owner, takeOver: boolean): Fence {
      const owner = ownerOf(row());
      if (owner !== null && !takeOver && isAlive(owner.process)) throw held(owner, db.name);
      const { epoch } = write.get(name, JSON.stringify(process)) as { epoch: number };
      return { epoch, owner: name };
    },
    release({ epoch }: Fence): void {
      clear.run(epoch);
    },
    /** Throws Fenced unless the fence is of the present term. */
    verify({ epoch, owner }: Fence): void {
      const present = row().epoch;
      if (present !== epoch) throw new Fenced(`${owner} has epoch ${epoch}, now is ${present}`);
    },
  };
}
export type OwnerTable = ReturnType<typeof openOwner>;

const held = (owner: Owner, path: string): FaultError =>
  new FaultError({
    code: "store.held",
    where: path,
    found: `${owner.name} at work on it (pid ${owner.process.pid})`,
    expected: "no other WeatherVane writing to this workspace",
    next: `wait for it, or end it with: kill ${owner.process.pid}`,
  });
