import type { Watch } from "../watch.ts";
import type { Params } from "./parameters.ts";

/** The response to the bot; `status` 0 means that the connection was dropped. */
export interface Answer {
  readonly status: number;
  /** The JSON value that was sent, or the raw text of a fault. */
  readonly body: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** A test wanted this answer: see `Fault`. */
  readonly armed?: boolean;
}

/** One request of the bot. */
export interface Call {
  readonly method: string;
  readonly params: Params;
  /** Epoch ms. */
  readonly at: number;
  /** Undefined while the request is in progress: a long poll, or a fault that holds it. */
  response: Answer | undefined;
}

/** Every call in order of arrival. */
export interface Journal {
  readonly calls: readonly Call[];
  /** Records a request. */
  begin(method: string, params: Params): Call;
  /** Records the answer, and only then lets waiters look, so that they see its effect. */
  end(call: Call, answer: Answer): void;
  /** The last calls in words, for the message of a failed wait. */
  account(): string;
}

const LAST = 15;

/** `now` in epoch ms; `onCall` is called with every call after it is answered. */
export function createJournal(now: () => number, watch: Watch, onCall: (call: Call) => void): Journal {
  const calls: Call[] = [];
  return {
    calls,
    begin(method, params) {
      const call: Call = { method, params, at: now(), response: undefined };
      calls.push(call);
      return call;
    },
    end(call, answer) {
      call.response = answer;
      onCall(call);
      watch.changed();
    },
    account() {
      const lines = calls.slice(-LAST).map(inWords);
      return lines.length === 0 ? "The bot called nothing." : `The last of ${calls.length} calls:\n${lines.join("\n")}`;
    },
  };
}

function inWords({ method, params, response }: Call): string {
  const answer = response === undefined ? "under way" : `${response.status} ${shorten(JSON.stringify(response.body))}`;
  return `  ${method} ${shorten(JSON.stringify(params))} → ${answer}`;
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "";
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
