import { expect, test } from "bun:test";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDispatching } from "../../../src/app/dispatching.ts";
import { openFoundation } from "../../../src/app/foundation.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { reservePort } from "../../support/reserved-port.ts";

const CONFIG = {
  DWLD_BOT_TELEGRAM_TOKEN: "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
  DWLD_BOT_TELEGRAM_ADMINS: "1",
  DWLD_BOT_DISPATCH_DELAY: "0s",
};

test("that everything due has been handed over, or waits, is told to the rest of the bot", async () => {
  await using parts = new AsyncDisposableStack();
  const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-test-"));
  parts.defer(() => rmSync(cwd, { recursive: true, force: true }));
  // Nobody listens there.
  const { port } = parts.use(reservePort());
  const foundation = parts.use(openFoundation(loadConfig({ cwd, env: CONFIG }), { log: createRecordingLog() }));
  const dispatching = parts.use(createDispatching(foundation, { keepsMessages: () => false }));
  const isAllHandedOver = once(foundation.events, "allHandedOver");
  await dispatching.registry.register({ name: "away", host: "127.0.0.1", port, roots: ["youtube.com"] });
  const of = { chatId: 1, threadId: null, messageId: null, sender: "ann", quality: "best", folder: null } as const;
  const links = ["youtube.com/1", "youtube.com/2"].map((key) => ({ url: `https://${key}`, key }));
  dispatching.enqueue({ ...of, links });
  await dispatching.dispatcher.tick();
  expect(await isAllHandedOver).toEqual([]);
});
