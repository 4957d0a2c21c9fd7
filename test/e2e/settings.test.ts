import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { settingsButton } from "../../src/telegram/views/callback-data.ts";
import { OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const NOON = Date.UTC(2026, 10, 23, 12);
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const said = (app: TestApp, part: string, chat = USER) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });
const chosen = (message: { buttons: readonly (readonly { text: string }[])[] }) =>
  message.buttons.flat().flatMap(({ text }) => (text.startsWith("✅ ") ? [text.slice(2)] : []));

function chat(app: TestApp, id = USER): Record<string, unknown> | null {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, [number]>("select * from chats where chat_id = ?").get(id);
}

describe("/settings", () => {
  test("is one message that marks every choice, and each press changes it in place", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music" }, { now: () => NOON });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends("/settings");
    const message = await said(app, "Settings of this chat");
    expect(message.text).toBe(
      [
        "Settings of this chat",
        "Default quality: best",
        "Default folder: films",
        "Language: automatic (English)",
        "My messages and your commands disappear: after 1–10 min (as the owner chose)",
        "When a file is ready: a message",
        "Quiet hours: none",
        "Time zone: UTC (as the owner chose), 12:00 now",
      ].join("\n"),
    );
    expect(chosen(message)).toEqual([
      "best",
      "📁 films",
      "🌐 Auto",
      "🧹 As the owner chose",
      "🔔 Message",
      "🌙 No quiet hours",
    ]);
    const press = async (button: string, then: string) => {
      expect((await person.presses(message.id, button)).text).not.toBe("");
      expect((await said(app, then)).id).toBe(message.id);
    };
    await press("720p", "Default quality: 720p");
    await press("music", "Default folder: music");
    await press("🧹 After 10 min", "disappear: after 10 min");
    await press("Reaction", "a reaction to your message");
    await press("🌙 Quiet 23:00–08:00", "Quiet hours, without a sound: 23:00–08:00");
    await press("Русский", "Настройки этого чата");
    const russian = await said(app, "Язык: русский");
    expect(chosen(russian)).toEqual([
      "720p",
      "📁 music",
      "🌐 Русский",
      "🧹 Через 10 мин",
      "👌 Реакция",
      "🌙 Тихо 23:00–08:00",
    ]);
    await press("🧹 Никогда", "исчезают: никогда");
    await press("🌐 Авто", "Language: automatic (English)");
    expect(chat(app)).toMatchObject({
      quality: "720",
      folder: "music",
      language: null,
      lifetime_ms: 0,
      notices: "reaction",
      quiet: "23-08",
    });
    await press("🌙 No quiet hours", "Quiet hours: none");
    expect(chat(app)).toMatchObject({ quiet: null });
    person.sends(VIDEO);
    expect((await said(app, VIDEO)).text).toContain("Quality: 720p · folder: music");
  });

  test("belong to one chat, and survive a restart", async () => {
    await using app = await startTestApp(LATER);
    const [first, second] = [
      app.api.user({ id: USER, languageCode: "ru" }),
      app.api.user({ id: OTHER, languageCode: "en" }),
    ];
    first.sends("/settings");
    const message = await said(app, "Настройки этого чата");
    await first.presses(message.id, "480p");
    await app.restart();
    second.sends(VIDEO);
    expect((await said(app, VIDEO, OTHER)).text).toContain("Quality: best");
    first.sends(VIDEO);
    expect((await said(app, VIDEO)).text).toContain("Качество: 480p");
  });

  test("has folder buttons that keep their meaning when the config lists other folders", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music,sport" });
    const person = app.api.user({ id: USER, languageCode: "en" });
    person.sends("/settings");
    const message = await said(app, "Settings of this chat");
    const press = async (label: string) => {
      const button = message.buttons.flat().find(({ text }) => text.endsWith(label));
      return (await person.presses(message.id, button?.callback_data ?? "", { forged: true })).text;
    };
    await app.restart({ DWLD_BOT_FOLDERS: "sport,music" });
    await press("music");
    await said(app, "Default folder: music");
    await app.restart({ DWLD_BOT_FOLDERS: "films,music" });
    expect(await press("sport")).toBe("This button is outdated");
    expect(chat(app)).toMatchObject({ folder: "music" });
  });

  test("refuses choices that it does not offer", async () => {
    await using app = await startTestApp(LATER);
    const person = app.api.user({ id: USER, languageCode: "en" });
    person.sends("/settings");
    const message = await said(app, "Settings of this chat");
    for (const [action, choice] of [
      ["quality", "144"],
      ["folder", "0"],
      ["language", "de"],
      ["lifetime", "1"],
      ["lifetime", "99999999999"],
      ["notices", "loud"],
      ["quiet", "08-08"],
      ["quiet", "01-02"],
      ["zone", "Mars/Olympus"],
      ["zones", "close"],
    ] as const) {
      const answer = await person.presses(message.id, settingsButton.pack({ action, choice }), { forged: true });
      expect(answer.text).toBe("This button is outdated");
    }
    expect(chat(app)).toMatchObject({ quality: null, folder: null, language: null, lifetime_ms: null, notices: null });
  });
});
