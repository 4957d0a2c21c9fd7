import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MOST_LINKS, parseLinksRequest } from "../../../src/http/links-request.ts";

const A = "https://youtube.com/a";
const B = "https://youtube.com/b";

describe("parseLinksRequest()", () => {
  test.each<[unknown, unknown[]]>([
    [{ links: [{ link: A, folder: "films" }, { link: B }] }, [{ link: A, folder: "films" }, { link: B }]],
    [{ links: [A, B] }, [{ link: A }, { link: B }]],
    [
      [A, { link: B, quality: 720, chat: -5 }],
      [{ link: A }, { link: B, quality: 720, chat: -5 }],
    ],
    [{ link: A, quality: "best", folder: null }, [{ link: A, quality: "best", folder: null }]],
    [A, [{ link: A }]],
    [{ links: [] }, []],
  ])("accepts %j", (body, entries) => {
    expect(parseLinksRequest(body)).toEqual({ ok: true, entries: entries as never });
  });

  test.each<[unknown, string]>([
    [null, "links[0]"],
    [17, "links[0]"],
    [{}, "links[0].link"],
    [{ links: "x" }, "links:"],
    [{ links: null }, "links:"],
    [{ links: [A, { link: 5 }] }, "links[1].link"],
    [{ links: [{ link: A, folder: 5 }] }, "links[0].folder"],
    [{ links: [{ link: A, quality: true }] }, "links[0].quality"],
    [{ links: [{ link: A, chat: 1.5 }] }, "links[0].chat"],
    [{ links: [{ link: A, chat: "1" }] }, "links[0].chat"],
    [{ links: [{ link: A, foldr: "films" }] }, "links[0].foldr"],
  ])("says where %j is wrong", (body, place) => {
    const parsed = parseLinksRequest(body);
    expect(parsed).toMatchObject({ ok: false, why: expect.stringContaining(place) });
  });

  test("accepts a hundred links and refuses one more, with both numbers", () => {
    expect(parseLinksRequest(Array(MOST_LINKS).fill(A))).toMatchObject({ ok: true });
    const parsed = parseLinksRequest(Array(MOST_LINKS + 1).fill(A));
    expect(parsed).toMatchObject({ ok: false, why: "links: There are 101, more than 100." });
  });

  test("never throws, whatever JSON it is given", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const parsed = parseLinksRequest(body);
        expect(parsed.ok ? parsed.entries.length <= MOST_LINKS : parsed.why).toBeTruthy();
      }),
    );
  });
});
