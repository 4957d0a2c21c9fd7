/**
 * How long anything here may take before it counts as hung. These say nothing of how fast it has to be: nothing that passes
 * comes near them, on a machine that has twenty other things to do either.
 */
export const TEST_LIMIT_MS = 300_000;
/** For one event; shorter than a test, so that what was waited for in vain can be told. */
export const WAIT_LIMIT_MS = 60_000;
