/** This process as an owner of the store. */
import { identityOf } from "../processes/identity.ts";
import type { Owner } from "../store/port.ts";

export function ownerHere(name: string): Owner {
  const self = identityOf(process.pid);
  if (self === null) throw new Error("this process is not in the process table");
  return { name, process: self };
}
