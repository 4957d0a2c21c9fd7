import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Button, LiveMessage } from "../../support/bot-api/message.ts";
import type { Act, Answer, Seat, State } from "../state.ts";
import { Bubble } from "./bubble.tsx";
import type { Words } from "./words.ts";

const SHOWN_MS = 6000;

/** One person's chat with the bot. */
export function Chat(of: { seat: Seat; state: State; words: Words; act: (act: Act) => Promise<Answer> }) {
  const { seat, state, words, act } = of;
  const [draft, setDraft] = useState("");
  const [replyTo, setReplyTo] = useState<LiveMessage>();
  const [answer, tell] = useAnswer();
  const log = useRef<HTMLDivElement>(null);
  const writing = useRef<HTMLTextAreaElement>(null);
  const lastId = seat.messages.at(-1)?.id;
  useLayoutEffect(() => log.current?.scrollTo({ top: log.current.scrollHeight }), [lastId]);

  async function write(text: string): Promise<void> {
    if (text.trim() === "") return;
    setDraft("");
    setReplyTo(undefined);
    tell((await act({ act: "write", person: seat.id, text, ...(replyTo && { replyTo: replyTo.id }) })).text);
  }
  async function press(message: LiveMessage, button: Button): Promise<void> {
    const { callback_data: data, copy_text: copied } = button;
    if (copied !== undefined) {
      await navigator.clipboard.writeText(copied.text);
      tell(words.copied);
    } else if (data !== undefined) {
      tell((await act({ act: "press", person: seat.id, message: message.id, button: data })).text);
    }
  }
  return (
    <section class="chat" aria-label={seat.name} data-role={seat.role}>
      <header>
        <h2>{seat.name}</h2>
        <p>
          {words.role[seat.role]} · {seat.language} · {words.deleted(seat.deleted)}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div ref={log} role="log" aria-label={seat.name} lang={seat.language} tabIndex={0}>
        <ol>
          {seat.messages.map((message) => (
            <Bubble
              key={message.id}
              message={message}
              words={words}
              written={write}
              pressed={(button) => press(message, button)}
              replied={() => {
                setReplyTo(message);
                writing.current?.focus();
              }}
            />
          ))}
        </ol>
      </div>
      <p class="answer" role="status" lang={seat.language}>
        {answer}
      </p>
      <details open>
        <summary>{words.links}</summary>
        {state.samples.map(({ path, bytes }) => (
          <button key={path} type="button" onClick={() => write(path)}>
            {path.split("/").at(-1)} · {words.size(bytes)}
          </button>
        ))}
      </details>
      <details>
        <summary>{words.commands}</summary>
        <div lang={seat.language}>
          {seat.commands.map(({ command, description }) => (
            <button key={command} type="button" title={description} onClick={() => write(`/${command}`)}>
              /{command}
            </button>
          ))}
        </div>
      </details>
      {replyTo !== undefined && (
        <p class="reply-to">
          {words.replyTo(replyTo.text.slice(0, 60))}{" "}
          <button type="button" onClick={() => setReplyTo(undefined)}>
            {words.cancel}
          </button>
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write(draft);
        }}
      >
        <textarea
          ref={writing}
          aria-label={words.message}
          placeholder={words.message}
          rows={2}
          value={draft}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void write(draft);
          }}
        />
        <button type="submit">{words.send}</button>
      </form>
    </section>
  );
}

/** A text that goes away by itself, as the bot's answers to presses do. */
function useAnswer(): [string, (text: string) => void] {
  const [answer, setAnswer] = useState("");
  const timer = useRef<number>(undefined);
  return [
    answer,
    (text) => {
      window.clearTimeout(timer.current);
      setAnswer(text);
      timer.current = window.setTimeout(() => setAnswer(""), SHOWN_MS);
    },
  ];
}
