import { expect, test } from "bun:test";
import { tokenExposure } from "../../../src/downloader/token-exposure.ts";

const botCa = Buffer.from("");

test.each([
  ["127.0.0.1", "none"],
  ["::1", "none"],
  ["localhost", "none"],
  ["192.168.1.2", "network"],
  ["fd00::1", "network"],
  ["bot", "network"],
  ["nas.local", "network"],
  ["8.8.8.8", "internet"],
  ["2001:db8::1", "network"],
  ["2a00:1450::1", "internet"],
  ["bot.example.org", "internet"],
] as const)("a token on its way to %s can be read by: %s", (host, who) => {
  const bot = { host, port: 9999 };
  expect(tokenExposure({ token: "sesame", botCa: undefined, bot })).toBe(who);
  expect(tokenExposure({ token: "sesame", botCa, bot })).toBe("none");
  expect(tokenExposure({ token: undefined, botCa: undefined, bot })).toBe("none");
});
