/**
 * Runs work during which this process does nothing else, and which takes longer the more `bytes` there are to go through, in such a way
 * that whoever watches the process waits for it. `what` is for the operator.
 */
export type Unhurried = <T>(of: { readonly what: string; readonly bytes: number }, work: () => T) => T;
