const settled = Promise.resolve();

/**
 * Does something when the present callback of the event loop returns, before any other one begins: so what the callback brings
 * about one by one can go to the kernel together. Costs a third of `process.nextTick`.
 */
export function atCallbackEnd(action: () => void): void {
  void settled.then(action);
}
