/**
 * How long anything here may take before it counts as hung. These are not performance limits: nothing that passes comes near them, even on
 * a very busy machine.
 */
export const TEST_LIMIT_MS = 300_000;
/** For one event; shorter than a test's limit, so that the error can say what did not come. */
export const WAIT_LIMIT_MS = 60_000;
