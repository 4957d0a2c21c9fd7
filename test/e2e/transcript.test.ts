import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { startTestApp } from "../support/app.ts";
import { createPlay } from "../support/transcript/play.ts";

const [BEN, ANNA, MIA, FAMILY] = [1, 1001, 1002, -1_001_234_567_890];
const SONG = "https://youtube.com/watch?v=song";
const FILM = "https://vimeo.com/film";
const SERIES = ["https://vimeo.com/series/1", "https://vimeo.com/series/2"];
const MINUTE_MS = 60_000;

test("a day in the chats of a family reads well", async () => {
  // 18:00 in Moscow.
  let now = Date.UTC(2026, 10, 23, 15, 0, 10);
  await using app = await startTestApp(
    {
      DWLD_BOT_TELEGRAM_ADMINS: String(BEN),
      DWLD_BOT_TELEGRAM_USERS: `${ANNA},${MIA},${FAMILY}`,
      DWLD_BOT_TIME_ZONE: "Europe/Moscow",
      DWLD_BOT_DISPATCH_DELAY: "1m",
      DWLD_BOT_DISPATCH_BACKOFF_FIRST: "10m",
      DWLD_BOT_DISPATCH_BACKOFF_CAP: "6h",
    },
    { now: () => now, random: () => 0.5 },
  );
  const { api } = app;
  const people = {
    Anna: api.user({ id: ANNA, username: "anna", languageCode: "ru" }),
    Ben: api.user({ id: BEN, username: "ben", languageCode: "en", started: true }),
    Mia: api.user({ id: MIA, username: "mia", languageCode: "ru" }),
  };
  const family = api.group({ id: FAMILY, title: "Family", forum: true });
  const films = family.topic("Films");
  const {
    says,
    presses,
    opens,
    reads,
    note,
    lines: transcribed,
  } = createPlay(api, { people, groups: { Family: family } });
  const nas = await app.downloader({ name: "nas" });
  const abroad = await app.downloader({ name: "abroad", roots: ["youtube.com"] });

  const later = (ms: number, when: string) => {
    now += ms;
    note(`— ${when} —`);
  };
  const { Anna, Ben } = people;

  says("Anna", "привет");
  await reads(Anna, "Присылайте ссылки");
  says("Anna", `${SONG}&si=abc`);
  const song = await reads(Anna, SONG, "Уйдёт в 18:01");
  await opens("Anna", song, "Качество");
  await presses("Anna", song, "720p");
  await reads(Anna, "Качество: 720p");
  await opens("Anna", song, "Ещё");
  await presses("Anna", song, "abroad");
  await reads(Anna, "сервер: abroad");
  await presses("Anna", song, "Ночью, 02:00");
  await reads(Anna, "Уйдёт в 02:00");
  says("Anna", SONG);
  await reads(Anna, "Эта ссылка уже в очереди");
  await presses("Anna", song, "🗑 Убрать");
  await reads(Anna, "🗑 Ссылка убрана");
  await presses("Anna", song, "↩️ Вернуть");
  await reads(Anna, SONG, "Уйдёт в 02:00");

  nas.mode = { code: status.UNKNOWN, details: "disk is full" };
  says("Ben", FILM);
  const film = await reads(Ben, FILM, "Sends at 18:01");
  await presses("Ben", film, "▶️ Now");
  await reads(Ben, "Could not send it (1 try). “nas” answered: ");
  nas.mode = "ok";
  later(15 * MINUTE_MS, "a quarter of an hour later");
  await nas.accepts(FILM);
  await api.gone(Ben, film.id);
  says("Ben", FILM);
  await reads(Ben, "“nas” is already downloading it");
  nas.finish(FILM);
  later(2 * MINUTE_MS, "the film is there");
  await reads(Ben, "vimeo.com/film", "nas", "✅");

  const message = says("Mia", SERIES.join("\n"), { in: family, threadId: films });
  const both = await reads(family, SERIES[0] ?? "", SERIES[1] ?? "", "2 ссылки");
  await presses("Anna", both, "🗑 Убрать", { in: family });
  await opens("Mia", both, "Одна из них", { in: family });
  await presses("Mia", both, "2. vimeo.com", { in: family });
  await reads(family, "Ссылка 2 из 2");
  await presses("Mia", both, "🗑 Убрать", { in: family });
  await reads(family, "Ссылка 2 из 2", "🗑 Ссылка убрана");
  later(UNDO_MS, "some seconds later");
  await api.message(family, ({ id, text }) => id === both.id && text.startsWith("vimeo.com/series/1"));
  await presses("Mia", both, "▶️ Сейчас", { in: family });
  await nas.accepts(SERIES[0] ?? "");
  await api.gone(family, message.message_id);

  later(8 * 60 * MINUTE_MS, "at night");
  await abroad.accepts(SONG.concat("&si=abc"));
  await api.gone(Anna, song.id);
  abroad.finish(SONG.concat("&si=abc"));
  later(2 * MINUTE_MS, "the song is there");
  await reads(Anna, "youtube.com", "abroad", "✅");
  expect(both.threadId).toBe(films);
  expect(nas.accepted).toEqual([FILM, SERIES[0] ?? ""]);

  const lines = transcribed();
  process.stdout.write(`${lines.join("\n")}\n`);
  const wanted = [
    "Anna: привет",
    "    │ ⏳ Уйдёт в 18:01",
    "    │ Качество: 720p · сервер: abroad",
    "  bot, briefly: “Уйдёт в 02:00”",
    "    │ Эта ссылка уже в очереди, вот она",
    "    │ 🗑 Ссылка убрана",
    "  bot, briefly: “Снова в очереди”",
    "    │ ⚠️ Could not send it (1 try). “nas” answered: disk is full. Next try: 18:10",
    "    │ https://vimeo.com/film — “nas” is already downloading it",
    "  bot, briefly: “Изменить может тот, кто прислал ссылку, или админ”",
    "— at night —",
  ];
  let at = 0;
  for (const line of wanted) {
    const found = lines.indexOf(line, at);
    expect({ line, found: found >= at }).toEqual({ line, found: true });
    at = found;
  }
});
