import type { Methods } from "./message-methods.ts";
import { flag, text } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

/** The bot's answer to a press; `text` is "" if it only stopped the button's spinner. */
export interface CallbackAnswer {
  readonly text: string;
  readonly showAlert: boolean;
}

const LONGEST_TEXT = 200;
/** How long a press may stay unanswered; the real limit is not published. */
const ANSWERABLE_MS = 15 * 60_000;

/** The presses that the bot may answer. */
export interface Callbacks {
  /** Makes an id that can be answered from now on; `by`: the person who pressed. */
  expect(of?: { id?: string; by?: number }): string;
  /** Epoch ms; undefined if this person made no such press. */
  pressedAt(id: string, by: number): number | undefined;
  /** The first answer; undefined until there is one. */
  answerTo(id: string): CallbackAnswer | undefined;
  readonly methods: Methods;
}

/** `now` in epoch ms. */
export function createCallbacks(now: () => number): Callbacks {
  const asked = new Map<string, { readonly at: number; readonly by: number | undefined }>();
  const answers = new Map<string, CallbackAnswer>();
  let last = 4_382_000_000_000_000_000n;
  return {
    expect({ id = String(++last), by } = {}) {
      asked.set(id, { at: now(), by });
      return id;
    },
    pressedAt(id, by) {
      const press = asked.get(id);
      return press?.by === by ? press.at : undefined;
    },
    answerTo: (id) => answers.get(id),
    methods: {
      answerCallbackQuery(params) {
        const id = text(params.callback_query_id) ?? "";
        const shown = text(params.text) ?? "";
        const askedAt = asked.get(id)?.at;
        if (askedAt === undefined || now() - askedAt > ANSWERABLE_MS) {
          throw badRequest("query is too old and response timeout expired or query ID is invalid");
        }
        if (shown.length > LONGEST_TEXT) throw badRequest("MESSAGE_TOO_LONG");
        if (!answers.has(id)) answers.set(id, { text: shown, showAlert: flag(params.show_alert) });
        return true;
      },
    },
  };
}
