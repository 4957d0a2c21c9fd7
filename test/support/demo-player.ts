import type { Seat } from "../demo/state.ts";
import type { Player } from "../demo/tour.ts";
import type { LiveMessage } from "./bot-api/message.ts";
import type { DemoWindow } from "./demo-window.ts";

/** Plays through what the page's server offers, without a browser. */
export async function createPlayer(window: DemoWindow): Promise<Player> {
  const seats = await window.sees((state) => state.seats, "the people");
  const idOf = (role: Seat["role"]) => seats.find((seat) => seat.role === role)?.id ?? 0;
  return {
    writes: async (role, text) => void (await window.asks({ act: "write", person: idOf(role), text })),
    presses: async (role, { id }, button) =>
      void (await window.asks({ act: "press", person: idOf(role), message: id, button })),
    sees: (role, ...words) =>
      window.seesIn(role, ({ messages }) => messages.find((message) => says(message, words)), words.join(", ")),
    async seesFile(name) {
      await window.sees(
        ({ files, samples }) =>
          files.find(({ path, bytes }) => path.endsWith(name) && samples.some((sample) => sample.bytes === bytes)),
        name,
      );
    },
    async killsBot() {
      await window.asks({ act: "kill" });
      await window.sees(({ bot }) => (bot.runs && bot.starts > 1) || undefined, "the bot to be back");
    },
  };
}

function says({ byBot, text, buttons }: LiveMessage, words: readonly string[]): boolean {
  const all = [text, ...buttons.flat().map((button) => button.text)].join("\n");
  return byBot && words.every((word) => all.includes(word));
}
