import { setDefaultTimeout } from "bun:test";
import { TEST_LIMIT_MS } from "./patience.ts";
import "./without-proxy.ts";

// For bun test's `preload`: removes differences between machines and people that no test is about.
setDefaultTimeout(TEST_LIMIT_MS);
// Other users must be able to read files that some tests write for them.
process.umask(0o022);
// The programs that tests call print English.
process.env.LC_ALL = "C.UTF-8";
// Bun prints none of the errors that it joins in one: why a test failed would be lost if its end fails as well.
Object.defineProperty(SuppressedError.prototype, "message", {
  get(this: SuppressedError) {
    return `Two errors.\nThe first: ${Bun.inspect(this.suppressed)}\nThen: ${Bun.inspect(this.error)}`;
  },
});
