import { InlineKeyboard } from "gramio";

/** One button. */
export interface Choice {
  readonly label: string;
  /** Its callback data or, if it copies, the text that it copies. */
  readonly press: string;
  readonly copies?: boolean;
  readonly chosen?: boolean;
  /** Bot API: a colour, if the app knows it; the label says what it means as well. */
  readonly style?: "primary" | "danger";
}

/** Buttons that belong together; at most `width` of them are side by side. */
export interface Row {
  readonly choices: readonly Choice[];
  readonly width?: number;
}

/** The longest text that a button copies (Bot API: `CopyTextButton.text`, 1–256 characters). */
export const LONGEST_COPIED = 256;
const BUTTONS_PER_ROW = 3;

/** Rows of buttons, broken where they get too wide for a phone; chosen ones are marked. */
export function keyboardOf(rows: readonly Row[]): InlineKeyboard {
  const buttons = new InlineKeyboard();
  for (const { choices, width = BUTTONS_PER_ROW } of rows) {
    for (const [index, { label, press, copies = false, chosen = false, style }] of choices.entries()) {
      if (index % width === 0) buttons.row();
      const options = style === undefined ? undefined : { style };
      if (copies) buttons.copy(label, press, options);
      else buttons.text(`${chosen ? "✅ " : ""}${label}`, press, options);
    }
  }
  return buttons;
}
