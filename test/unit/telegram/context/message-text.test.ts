import { describe, expect, test } from "bun:test";
import type { TelegramMessage, TelegramUser } from "gramio";
import { linksIn } from "../../../../src/telegram/context/message-text.ts";

const BOT: TelegramUser = { id: 42, is_bot: true, first_name: "dwld", username: "dwld_bot" };
const ANN: TelegramUser = { id: 7, is_bot: false, first_name: "Ann" };
const CHAT = { id: 7, type: "private", first_name: "Ann" } as const;
const FORWARDED = { forward_origin: { type: "hidden_user", date: 1, sender_user_name: "A channel" } } as const;
const POLL = {
  ...{
    id: "1",
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: true,
    type: "regular",
    allows_multiple_answers: false,
  },
  ...{ allows_revoting: false, members_only: false },
  question: "Which? https://a.example/1",
  options: [
    { persistent_id: "0", text: "https://a.example/2", voter_count: 0 },
    {
      persistent_id: "1",
      text: "this",
      text_entities: [{ type: "text_link", offset: 0, length: 4, url: "https://a.example/3" }],
      voter_count: 0,
    },
  ],
  explanation: "see https://a.example/4",
  description: "and https://a.example/5",
} as unknown as NonNullable<TelegramMessage["poll"]>;

const message = (content: object): TelegramMessage => ({ message_id: 1, date: 1, chat: CHAT, from: ANN, ...content });
const links = (content: object, isPrivate = true) => linksIn(message(content), { bot: BOT, isPrivate });
const keyboard = (...urls: string[]) => ({
  reply_markup: { inline_keyboard: urls.map((url) => [{ text: "Watch", url }]) },
});

describe("linksIn()", () => {
  test("reads the buttons of a forwarded post, but no links to chats", () => {
    const buttons = keyboard(
      "https://a.example/1",
      "https://t.me/channel",
      "tg://resolve?domain=x",
      "https://a.example/2",
    );
    expect(links({ text: "A film", ...FORWARDED, ...buttons })).toEqual(["https://a.example/1", "https://a.example/2"]);
    expect(links({ text: "An advertisement", ...buttons })).toEqual([]);
    const pressed = { reply_markup: { inline_keyboard: [[{ text: "x", callback_data: "y" }]] } };
    expect(links({ text: "https://a.example/3", ...FORWARDED, ...pressed })).toEqual(["https://a.example/3"]);
  });

  test("reads a poll: question, description, options and explanation", () => {
    const all = [1, 5, 2, 3, 4].map((n) => `https://a.example/${n}`);
    expect(links({ poll: POLL })).toEqual(all);
    expect(links({ poll: POLL, chat: { id: -1, type: "group", title: "Yard" } }, false)).toEqual(all);
  });

  test("reads a rich formatted message: paragraphs, lists, tables, quotations and captions", () => {
    const to = (n: number) => ({ type: "url", text: { type: "bold", text: "a film" }, url: `https://a.example/${n}` });
    const blocks = [
      { type: "heading", size: 1, text: ["See ", to(1), " and ", to(2)] },
      { type: "paragraph", text: { type: "italic", text: ["or https://a.example/", { type: "bold", text: "3" }] } },
      { type: "list", items: [{ label: "1", blocks: [{ type: "paragraph", text: to(4) }] }] },
      { type: "blockquote", blocks: [{ type: "paragraph", text: to(5) }], credit: to(6) },
      {
        type: "table",
        cells: [
          [
            { align: "left", valign: "top", text: to(7) },
            { align: "left", valign: "top" },
          ],
        ],
      },
      { type: "details", summary: to(8), blocks: [{ type: "pre", text: "https://a.example/9" }] },
      { type: "photo", photo: [], caption: { text: "no link", credit: to(10) } },
      { type: "divider" },
    ];
    const found = links({ rich_message: { blocks } });
    expect(found.toSorted()).toEqual([1, 10, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `https://a.example/${n}`));
    expect(
      links({ rich_message: { blocks: [{ type: "paragraph", text: { type: "hashtag", text: "#a.example" } }] } }),
    ).toEqual([]);
  });

  test("reads a quote from another chat: its text, its poll, its preview's address", () => {
    const origin = { type: "channel", chat: { id: -5, type: "channel", title: "Films" }, message_id: 3, date: 1 };
    const quote = { text: "see https://a.example/7", position: 0 };
    expect(links({ text: "this one", quote, external_reply: { origin } })).toEqual(["https://a.example/7"]);
    expect(links({ text: "this one", external_reply: { origin, poll: POLL } })).toHaveLength(5);
    const preview = { url: "https://a.example/8" };
    expect(links({ text: "this one", external_reply: { origin, link_preview_options: preview } })).toEqual([
      preview.url,
    ]);
  });

  test("reads nothing of what the bot itself has said, here or elsewhere", () => {
    const quote = { text: "https://a.example/7", position: 0 };
    const own = { origin: { type: "user", date: 1, sender_user: BOT } };
    expect(links({ text: "and when?", quote, external_reply: own })).toEqual([]);
    const answered = message({ from: BOT, text: "https://a.example/7" });
    expect(links({ text: "and when?", quote, reply_to_message: answered })).toEqual([]);
  });

  test("finds no links in contacts, places and the like", () => {
    expect(
      links({ contact: { phone_number: "+100", first_name: "a.example/1", vcard: "URL:https://a.example/1" } }),
    ).toEqual([]);
    expect(
      links({ venue: { location: { latitude: 1, longitude: 1 }, title: "https://a.example", address: "x" } }),
    ).toEqual([]);
  });
});
