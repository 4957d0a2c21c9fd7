import { expect, test } from "bun:test";
import { call, connect } from "../../support/downloader/channel.ts";
import { startDownloader } from "../../support/downloader.ts";
import { startForwarder } from "../../support/forwarder.ts";

test("a silent forwarder holds everything back until it speaks again", async () => {
  await using downloader = await startDownloader({ name: "nas" });
  using forwarder = startForwarder({ leadsTo: downloader.port });
  using channel = connect(forwarder);
  expect((await channel.call("Healtheck")).error).toBeUndefined();
  const heard = downloader.calls.length;
  forwarder.fallsSilent();
  const held = channel.call("Healtheck");
  const heldAnew = call(forwarder, "Healtheck");
  expect((await call(downloader, "Status")).error).toBeUndefined();
  expect(downloader.calls.slice(heard).map(({ method }) => method)).toEqual(["Status"]);
  forwarder.speaks();
  expect((await held).error).toBeUndefined();
  expect((await heldAnew).error).toBeUndefined();
});

test("a forwarder that resets drops open connections, and takes new ones", async () => {
  await using downloader = await startDownloader({ name: "nas", mode: "hang" });
  using forwarder = startForwarder({ leadsTo: downloader.port });
  const held = call(forwarder, "SetToQueue", { link: "https://example.com/1" });
  await downloader.waitFor(({ method }) => method === "SetToQueue");
  forwarder.resets();
  expect((await held).error?.details).toContain("dropped");
  expect((await call(forwarder, "Healtheck")).error).toBeUndefined();
});
