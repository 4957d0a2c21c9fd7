import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { progressBar, progressLines } from "../../../../src/telegram/views/progress.ts";

const progress = {
  url: "https://a.com/1",
  filename: "Film.mp4",
  quality: 720,
  percentage: 42.9,
  status: "WORK",
  currentSize: 120.44,
  totalSize: 300,
  remark: undefined,
};
const bare = (text: string) => text.replace(/[\u2068\u2069]/g, "");

describe("progressBar()", () => {
  test("fills with the percentage, completely only at 100", () => {
    expect([0, 9.9, 10, 55, 99.9, 100].map(progressBar)).toEqual([
      "░░░░░░░░░░",
      "░░░░░░░░░░",
      "▓░░░░░░░░░",
      "▓▓▓▓▓░░░░░",
      "▓▓▓▓▓▓▓▓▓░",
      "▓▓▓▓▓▓▓▓▓▓",
    ]);
  });
});

describe("progressLines()", () => {
  test("show the percentage, the size and the name in the person's language", () => {
    expect(bare(progressLines(progress, texts.en))).toBe("▓▓▓▓░░░░░░ 42 % · 120.4 of 300 MB · Film.mp4");
    const large = { ...progress, currentSize: 1536, totalSize: 3072 };
    expect(bare(progressLines(large, texts.ru))).toBe("▓▓▓▓░░░░░░ 42 % · 1,5 из 3 ГБ · Film.mp4");
  });

  test("leave out unknown sizes, and show the link where there is no name", () => {
    const unknown = { ...progress, filename: "", currentSize: 0, totalSize: 0 };
    expect(bare(progressLines(unknown, texts.en))).toBe("▓▓▓▓░░░░░░ 42 % · https://a.com/1");
  });

  test("show what the downloader is doing, and mark what goes wrong", () => {
    const saying = (kind: "activity" | "trouble", text: string) =>
      bare(progressLines({ ...progress, remark: { kind, text } }, texts.en)).split("\n")[1];
    expect(saying("activity", "converting [mp4]")).toBe("converting [mp4]");
    expect(saying("trouble", "ERROR: no space")).toBe("⚠️ ERROR: no space");
  });

  test("stay short, and on two lines at most, whatever the downloader says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.constantFrom("activity" as const, "trouble" as const),
        (filename, text, kind) => {
          const lines = progressLines({ ...progress, filename, remark: { kind, text } }, texts.en);
          expect(lines.length).toBeLessThanOrEqual(400);
          expect(lines.split("\n").length).toBeLessThanOrEqual(2);
        },
      ),
    );
  });
});
