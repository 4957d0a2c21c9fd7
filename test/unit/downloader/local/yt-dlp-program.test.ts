import { expect, test } from "bun:test";
import { homeOfUser } from "../../../../src/downloader/local/yt-dlp-program.ts";

test.each([
  ["what the environment says", "/home/ann", "/home/ann"],
  ["the system's, without that", undefined, "/root"],
  ["the system's, if that is empty", "", "/root"],
])("a user's home is %s", (_, said, home) => {
  expect(homeOfUser(said, () => "/root")).toBe(home);
});

test("a user that the system does not know has no home", () => {
  const unknown = () => {
    throw Object.assign(new Error("ENOENT: no such file or directory, uv_os_homedir"), { code: "ENOENT" });
  };
  expect(homeOfUser(undefined, unknown)).toBeUndefined();
});
