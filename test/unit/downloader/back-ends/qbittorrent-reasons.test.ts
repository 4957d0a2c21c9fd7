import { describe, expect, test } from "bun:test";
import { harmless, notUnderstood } from "../../../../src/downloader/back-ends/answers.ts";
import { createReasons, reasonIn } from "../../../../src/downloader/back-ends/qbittorrent-reasons.ts";

const { signal } = new AbortController();
const path = "/films/[ann]/film (1).bin";

/** As 4.5.2 says it in two languages. */
const english = (name: string, words: string) =>
  `File error alert. Torrent: "${name}". File: "${path}". Reason: "${name} file_write (${path}) error: ${words}"`;
const russian = (name: string, words: string) =>
  `Предупреждение об ошибке файла. Торрент: «${name}». Файл: «${path}». Причина: «${name} file_open (${path}) error: ${words}»`;

describe("reasonIn()", () => {
  test.each([english, russian])("finds the system's words and the path, in any language of qBittorrent: %p", (told) => {
    const words = "No space left on device";
    expect(reasonIn(told("film (1).bin", words), "film (1).bin")).toBe(`${words} (${path})`);
    expect(reasonIn(told('a "film"', words), 'a "film"')).toBe(`${words} (${path})`);
  });

  test("takes no other torrent's message, and none about something else", () => {
    expect(reasonIn(english("film 2", "Permission denied"), "film")).toBeUndefined();
    expect(reasonIn(english("a film", "Permission denied"), "film")).toBeUndefined();
    expect(reasonIn('Added new torrent. Torrent: "film"', "film")).toBeUndefined();
  });
});

describe("createReasons()", () => {
  test("tells the latest reason of each torrent", async () => {
    const said = [english("film", "Permission denied"), english("film", "No space left on device"), english("b", "?")];
    const reasonsFor = createReasons({ get: async <T>() => said.map((message) => ({ message })) as T });
    expect(await reasonsFor(["film", "other"], signal)).toEqual(
      new Map([["film", `No space left on device (${path})`]]),
    );
  });

  test("tells none if the log is not understood, which must not hide the torrents", async () => {
    const failing = (error: Error) => createReasons({ get: async () => Promise.reject(error) });
    expect(await failing(notUnderstood("HTTP 404"))(["film"], signal)).toEqual(new Map());
    await expect(failing(harmless("HTTP 429"))(["film"], signal)).rejects.toThrow("HTTP 429");
  });
});
