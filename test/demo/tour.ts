import type { LiveMessage } from "../support/bot-api/message.ts";
import type { Seat, State } from "./state.ts";

type Role = Seat["role"];

/** Somebody who plays with the demo, with a browser or without. */
export interface Player {
  writes(role: Role, text: string): Promise<void>;
  /** Presses a button with this text under the message. */
  presses(role: Role, message: LiveMessage, button: string): Promise<void>;
  /** The bot's message that contains all of these words, in its text or on its buttons, now or later. */
  sees(role: Role, ...words: string[]): Promise<LiveMessage>;
  /** Resolves when the file whose path ends like this is complete. */
  seesFile(name: string): Promise<void>;
  /** Kills the bot; resolves once it is running again. */
  killsBot(): Promise<void>;
}

/** The scenes that are photographed. */
export type Scene = "prompt" | "choices" | "chosen" | "work" | "stranger" | "done" | "queue";

interface Tour {
  readonly language: "en" | "ru";
  readonly samples: State["samples"];
  /** Lets the second half of the film come. */
  readonly goOn: () => void;
  /** Resolves when the tour may continue. */
  readonly scene?: (scene: Scene) => Promise<void>;
}

/** The words by which the player recognizes what to look for. */
const WORDS = {
  en: {
    quality: "Quality",
    chosen: "Quality: 720p",
    now: "Now",
    ready: "is ready",
    noAccess: "no access",
    letIn: "Let in",
    queue: "Current:",
  },
  ru: {
    quality: "Качество",
    chosen: "Качество: 720p",
    now: "Сейчас",
    ready: "✅ Готово",
    noAccess: "доступа",
    letIn: "Впустить",
    queue: "Текущие:",
  },
} as const;

/**
 * The demo in a few minutes: a link becomes a file, a stranger is let in, the bot is killed and comes back. Resolves with the messages seen
 * on the way, in order: what the pictures of the guide are made of.
 */
export async function takeTour(player: Player, { language, samples, goOn, scene = async () => {} }: Tour) {
  const words = WORDS[language];
  const seen: LiveMessage[] = [];
  const sees = async (role: Role, ...what: string[]) => {
    const message = await player.sees(role, ...what);
    seen.push(message);
    return message;
  };
  const linkTo = (name: string) => samples.find(({ path }) => path.endsWith(name))?.path ?? "";
  // In one message or in two.
  for (const server of ["home", "attic"]) await player.sees("admin", server);

  await player.writes("user", linkTo("film.mkv"));
  const prompt = await sees("user", "film.mkv", words.now);
  await scene("prompt");
  await player.presses("user", prompt, words.quality);
  const choices = await sees("user", "film.mkv", "720p", "480p");
  await scene("choices");
  await player.presses("user", choices, "720p");
  const chosen = await sees("user", "film.mkv", words.chosen, words.now);
  await scene("chosen");
  await player.presses("user", chosen, words.now);
  await sees("user", "film.mkv", " %");
  await scene("work");

  await player.writes("stranger", linkTo("trailer.mp4"));
  await sees("stranger", words.noAccess);
  const card = await sees("admin", words.letIn);
  await scene("stranger");
  goOn();
  await sees("user", "film.mkv", words.ready);
  await player.seesFile("film.mkv");
  await scene("done");

  await player.presses("admin", card, words.letIn);
  const theirs = await sees("stranger", "trailer.mp4", words.now);
  await player.presses("stranger", theirs, words.now);
  await player.seesFile("trailer.mp4");
  // Until the bot knows that, it would say that a server already has the same link.
  await player.sees("stranger", "trailer.mp4", words.ready);

  await player.writes("user", `${linkTo("song.flac")} ${linkTo("trailer.mp4")}`);
  await sees("user", "song.flac", "trailer.mp4");
  await player.writes("user", "/queue");
  await sees("user", "song.flac", "trailer.mp4", words.queue);
  await scene("queue");
  await player.killsBot();
  return seen;
}
