import type { Button, LiveMessage } from "../../support/bot-api/message.ts";
import { FormattedText } from "./formatted-text.tsx";
import type { Words } from "./words.ts";

/** One message with its keyboard. */
export function Bubble(of: {
  message: LiveMessage;
  words: Words;
  written: (text: string) => void;
  pressed: (button: Button) => void;
  replied: () => void;
}) {
  const { message, words } = of;
  return (
    <li class={message.byBot ? "by-bot" : "by-person"} data-message={message.id}>
      <div class="text">
        <FormattedText text={message.text} entities={message.entities} written={of.written} />
      </div>
      <p class="marks" lang={words.language}>
        {message.rang && (
          <span class="bell" role="img" aria-label={words.rang} title={words.rang}>
            🔔
          </span>
        )}
        {message.reactions.map((emoji) => (
          <span key={emoji} role="img" aria-label={`${words.reacted}: ${emoji}`} title={words.reacted}>
            {emoji}
          </span>
        ))}
        {message.editedAt !== undefined && <span>{words.edited}</span>}
        <button type="button" class="reply" onClick={of.replied}>
          {words.reply}
        </button>
      </p>
      {message.buttons.map((row, at) => (
        <div key={at} class="row">
          {row.map((button) => (
            <KeyboardButton key={button.text} button={button} pressed={of.pressed} />
          ))}
        </div>
      ))}
    </li>
  );
}

function KeyboardButton({ button, pressed }: { button: Button; pressed: (button: Button) => void }) {
  if (button.url !== undefined) {
    return (
      <a class="button" href={button.url} target="_blank" rel="noreferrer">
        {button.text}
      </a>
    );
  }
  return (
    <button type="button" data-style={button.style} onClick={() => pressed(button)}>
      {button.text}
    </button>
  );
}
