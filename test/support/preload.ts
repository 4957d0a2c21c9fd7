import { setDefaultTimeout } from "bun:test";
import { TEST_LIMIT_MS } from "./patience.ts";
import "./without-proxy.ts";

// For bun test's `preload`: what may differ between machines and people, and is nothing that a test is about.
setDefaultTimeout(TEST_LIMIT_MS);
// Others have to read what some tests put down for them.
process.umask(0o022);
// The programs that tests call speak to their callers in English.
process.env.LC_ALL = "C.UTF-8";
