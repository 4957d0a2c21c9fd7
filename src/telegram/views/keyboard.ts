import { InlineKeyboard } from "gramio";

/** One button. */
export interface Choice {
  readonly label: string;
  /** Its callback data. */
  readonly press: string;
  readonly chosen?: boolean;
}

/** Buttons that belong together; at most `width` of them stand side by side. */
export interface Row {
  readonly choices: readonly Choice[];
  readonly width?: number;
}

const BUTTONS_PER_ROW = 3;

/** Rows of buttons, each broken where it gets too wide for a phone; chosen ones are marked. */
export function keyboardOf(rows: readonly Row[]): InlineKeyboard {
  const buttons = new InlineKeyboard();
  for (const { choices, width = BUTTONS_PER_ROW } of rows) {
    for (const [index, { label, press, chosen = false }] of choices.entries()) {
      if (index % width === 0) buttons.row();
      buttons.text(`${chosen ? "✅ " : ""}${label}`, press);
    }
  }
  return buttons;
}
