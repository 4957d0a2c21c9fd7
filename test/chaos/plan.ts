import { createDice } from "../support/binary/dice.ts";
import type { Fault } from "../support/bot-api/faults.ts";
import { BAD_GATEWAY, HANG, RESET, SERVER_ERROR, tooManyRequests } from "../support/bot-api/faults.ts";
import type { Mode } from "../support/downloader/mode.ts";

export const CHATS = 4;
export const DOWNLOADERS = ["nas", "abroad", "attic"] as const;

/** The faults that Telegram may have. */
export const MOODS = {
  "too many requests": tooManyRequests(1),
  "server error": SERVER_ERROR,
  "bad gateway": BAD_GATEWAY,
  silence: HANG,
  "silence after it was done": { ...HANG, applied: true },
  reset: RESET,
  "reset after it was done": { ...RESET, applied: true },
} as const satisfies Record<string, Fault>;

/** How a downloader may respond to a link; `slow` accepts it when the mode ends: after the deadline. */
const MODES: readonly Mode[] = [
  "slow",
  "slow",
  "hang",
  "hang_after_accept",
  "drop_after_accept",
  "unauthenticated",
  { code: 14, details: "shutting down" },
  { code: 2, details: "database is locked" },
];

const METHODS = ["*", "sendMessage", "editMessageText", "deleteMessages", "getUpdates", "answerCallbackQuery"] as const;

/** One thing that people do, or that goes wrong. `lasts` counts steps; chats, downloaders and links are given by number. */
export type Happening =
  | { readonly do: "send"; readonly chat: number; readonly links: readonly number[] }
  | { readonly do: "press"; readonly chat: number; readonly nth: number; readonly isForeign: boolean }
  | { readonly do: "kill" | "stop"; readonly lasts: number }
  | { readonly do: "lock"; readonly lasts: number }
  | { readonly do: "answers"; readonly who: number; readonly mode: Mode; readonly lasts: number }
  | { readonly do: "no list" | "silence" | "refusal"; readonly who: number; readonly lasts: number }
  | { readonly do: "reset" | "move" | "register"; readonly who: number }
  | {
      readonly do: "telegram";
      readonly mood: keyof typeof MOODS;
      readonly method: (typeof METHODS)[number];
      readonly lasts: number;
    };

export interface Step {
  readonly afterMs: number;
  readonly happening: Happening;
}

const MEAN_GAP_MS = 200;
const LONGEST_FAULT = 12;
const MOST_BUTTONS = 12;
const MOST_LINKS = 3;

/** What happens, and when; the same seed gives the same plan. */
export function drawPlan(seed: number, steps: number): readonly Step[] {
  const dice = createDice(seed);
  let links = 0;
  const number = (most: number) => dice.upTo(most) - 1;
  const who = () => number(DOWNLOADERS.length);
  const lasts = () => dice.upTo(LONGEST_FAULT);
  const fresh = () => links++;
  const send = (): Happening => ({
    do: "send",
    chat: number(CHATS),
    links: Array.from({ length: dice.upTo(MOST_LINKS) }, fresh),
  });
  /** A link that is already known, in any chat, and sometimes together with a new one. */
  const sendAgain = (): Happening => {
    const known = number(Math.max(links, 1));
    links = Math.max(links, 1);
    return { do: "send", chat: number(CHATS), links: dice.upTo(3) === 1 ? [known, fresh()] : [known] };
  };
  const press = (): Happening => ({
    do: "press",
    chat: number(CHATS),
    nth: number(MOST_BUTTONS),
    isForeign: dice.upTo(4) === 1,
  });
  const draws: readonly (readonly [weight: number, draw: () => Happening])[] = [
    [8, send],
    [4, sendAgain],
    [3, press],
    [2, () => ({ do: "kill", lasts: number(3) })],
    [1, () => ({ do: "stop", lasts: number(3) })],
    [2, () => ({ do: "lock", lasts: lasts() })],
    [4, () => ({ do: "answers", who: who(), mode: dice.pick(MODES), lasts: lasts() })],
    [1, () => ({ do: dice.pick(["no list", "silence", "refusal"] as const), who: who(), lasts: lasts() })],
    [1, () => ({ do: "silence", who: who(), lasts: lasts() })],
    [2, () => ({ do: dice.pick(["reset", "move", "register"] as const), who: who() })],
    [
      2,
      () => ({
        do: "telegram",
        mood: dice.pick(Object.keys(MOODS) as (keyof typeof MOODS)[]),
        method: dice.pick(METHODS),
        lasts: lasts(),
      }),
    ],
  ];
  const urn = draws.flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw));
  return Array.from({ length: steps }, () => ({
    afterMs: dice.upTo(2 * MEAN_GAP_MS),
    happening: dice.pick(urn)(),
  }));
}
