import { describe, expect, test } from "bun:test";
import { ask } from "../../support/bot-api/ask.ts";
import { startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";

const button = (callback_data: string, text = "b") => ({ inline_keyboard: [[{ text, callback_data }]] });

const LONG = { text: "x".repeat(50), callback_data: "y".repeat(40) };
const crowd = (count: number) => Array.from({ length: count }, () => [{ text: "b", callback_data: "x" }]);
const refusals: readonly [method: string, params: object, code: number, description: string][] = [
  ["sendMessage", { chat_id: 7 }, 400, "Bad Request: message text is empty"],
  ["sendMessage", { chat_id: 7, text: " \n " }, 400, "Bad Request: message text is empty"],
  ["sendMessage", { chat_id: 7, text: "<b> </b>", parse_mode: "HTML" }, 400, "Bad Request: message text is empty"],
  ["sendMessage", { chat_id: 7, text: "й".repeat(4097) }, 400, "Bad Request: message is too long"],
  ["sendMessage", { chat_id: 7, text: "👍".repeat(2049) }, 400, "Bad Request: message is too long"],
  ["sendMessage", { text: "x" }, 400, "Bad Request: chat_id is empty"],
  ["sendMessage", { chat_id: 404, text: "x" }, 400, "Bad Request: chat not found"],
  ["sendMessage", { chat_id: 8, text: "x" }, 403, "Forbidden: bot can't initiate conversation with a user"],
  ["sendMessage", { chat_id: 9, text: "x" }, 403, "Forbidden: bot was blocked by the user"],
  ["sendMessage", { chat_id: 10, text: "x" }, 403, "Forbidden: user is deactivated"],
  ["sendMessage", { chat_id: -11, text: "x" }, 403, "Forbidden: bot was kicked from the group chat"],
  ["sendMessage", { chat_id: 7, text: "x", message_thread_id: 5 }, 400, "Bad Request: message thread not found"],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_parameters: { message_id: 99 } },
    400,
    "Bad Request: message to be replied not found",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_markup: button("й".repeat(33)) },
    400,
    "Bad Request: BUTTON_DATA_INVALID",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_markup: button("") },
    400,
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_markup: button("x", "") },
    400,
    "Bad Request: inline keyboard button text must be non-empty",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_markup: { inline_keyboard: crowd(101) } },
    400,
    "Bad Request: reply markup is too long",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "x", reply_markup: { inline_keyboard: [Array.from({ length: 90 }, () => LONG)] } },
    400,
    "Bad Request: reply markup is too long",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "<i>x</b>", parse_mode: "HTML" },
    400,
    `Bad Request: can't parse entities: Unmatched end tag at byte offset 4, expected "</i>", found "</b>"`,
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "й<int>", parse_mode: "HTML" },
    400,
    `Bad Request: can't parse entities: Unsupported start tag "int" at byte offset 2`,
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "<b>x", parse_mode: "HTML" },
    400,
    `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "hello", entities: [{ type: "bold", offset: 0, length: 100 }] },
    400,
    "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "hello", entities: [{ type: "huge", offset: 0, length: 1 }] },
    400,
    "Bad Request: can't parse MessageEntity: Unsupported type specified",
  ],
  [
    "sendMessage",
    {
      chat_id: 7,
      text: "hello",
      entities: [{ type: "text_link", offset: 0, length: 5, url: `https://a.example/${"x".repeat(9_500)}` }],
    },
    400,
    "Bad Request: ENTITIES_TOO_LONG",
  ],
  [
    "sendMessage",
    { chat_id: 7, text: "hello", entities: [{ type: "text_link", offset: 0, length: 5, url: "https://a.example:0/" }] },
    400,
    "Bad Request: entity URL 'https://a.example:0/' is invalid: Wrong port number specified in the URL",
  ],
  ["editMessageText", { chat_id: 7, message_id: 99, text: "x" }, 400, "Bad Request: message to edit not found"],
  ["editMessageText", { chat_id: 7, message_id: 1, text: "x" }, 400, "Bad Request: message can't be edited"],
  ["editMessageText", { chat_id: 10, message_id: 1, text: "x" }, 403, "Forbidden: user is deactivated"],
  ["editMessageText", { chat_id: -11, message_id: 1, text: "x" }, 403, "Forbidden: bot was kicked from the group chat"],
  ["deleteMessage", { chat_id: -11, message_id: 1 }, 403, "Forbidden: bot was kicked from the group chat"],
  ["deleteMessage", { chat_id: 7, message_id: 99 }, 400, "Bad Request: message to delete not found"],
  ["deleteMessages", { chat_id: 7, message_ids: [] }, 400, "Bad Request: message identifiers are not specified"],
  [
    "deleteMessages",
    { chat_id: 7, message_ids: Array.from({ length: 101 }, (_, index) => index + 1) },
    400,
    "Bad Request: too many message identifiers specified",
  ],
  [
    "answerCallbackQuery",
    { callback_query_id: "1" },
    400,
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
  ],
  [
    "setMessageReaction",
    { chat_id: 7, message_id: 1, reaction: [{ type: "emoji", emoji: "✅" }] },
    400,
    "Bad Request: REACTION_INVALID",
  ],
  ["getFile", { file_id: "none" }, 400, "Bad Request: invalid file_id"],
  ["getChatMember", { chat_id: -11, user_id: 7 }, 403, "Forbidden: bot was kicked from the group chat"],
  ["sendChatAction", { chat_id: 7, action: "dancing" }, 400, "Bad Request: wrong parameter action in request"],
  ["setMyCommands", { commands: [{ command: "Bad-Name", description: "x" }] }, 400, "Bad Request: BOT_COMMAND_INVALID"],
  [
    "setMyCommands",
    { commands: [{ command: "ok", description: "x".repeat(257) }] },
    400,
    "Bad Request: command description length must not exceed 256",
  ],
  ["setMyCommands", { commands: [], scope: { type: "chat", chat_id: 404 } }, 400, "Bad Request: chat not found"],
  [
    "setMyCommands",
    { commands: [], scope: { type: "chat", chat_id: -11 } },
    403,
    "Forbidden: bot was kicked from the group chat",
  ],
];

describe("the fake refuses what the real Bot API refuses:", () => {
  test.each(refusals)("%s %j → %d %s", async (method, params, code, description) => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7 }).sends("hello");
    api.user({ id: 8 });
    api.user({ id: 9 }).blocks();
    api.user({ id: 10 }).vanishes();
    api.group({ id: -11, title: "Old friends" }).expels();
    expect<object>(await ask(api, method, params)).toEqual({ status: code, ok: false, error_code: code, description });
  });
});
