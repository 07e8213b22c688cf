/** A store that may deliver a timer late, as the port allows: when its actor set it anew long ago. */
import type { Delivery, Store } from "../../src/store/port.ts";

export interface LateStore {
  readonly store: Store;
  /** Delivers it with what else is due. */
  deliver(delivery: Delivery): void;
}

export function withLateDeliveries(store: Store): LateStore {
  const late: Delivery[] = [];
  const listeners = new Set<() => void>();
  return {
    store: {
      ...store,
      pull: async (fence, limit) => [...(await store.pull(fence, limit)), ...late.splice(0)],
      onWake: (wake) => {
        listeners.add(wake);
        const stop = store.onWake(wake);
        return () => {
          listeners.delete(wake);
          stop();
        };
      },
    },
    deliver: (delivery) => {
      late.push(delivery);
      for (const wake of listeners) wake();
    },
  };
}
