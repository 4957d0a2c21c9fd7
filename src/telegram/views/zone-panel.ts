import { bold, format } from "gramio";
import { COMMON_ZONES } from "../../domain/zone.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { settingsButton } from "./callback-data.ts";
import { keyboardOf } from "./keyboard.ts";

/** What a button carries for "as the config says". */
export const USUAL = "-";

/** What the other buttons of the panel do. */
export const ZONE_STEPS = ["open", "ask", "back"] as const;

/** The panel of `/settings` with the time zones; `line` says which one it is now, `own` is the one that the chat has chosen. */
export function zonePanel({ own, line }: { own: string | null; line: string }, { settings, panels }: Texts): Content {
  const step = (choice: (typeof ZONE_STEPS)[number], label: string) => ({
    label,
    press: settingsButton.pack({ action: "zones", choice }),
  });
  const zone = (choice: string, label: string) => ({
    label,
    press: settingsButton.pack({ action: "zone", choice }),
    chosen: choice === (own ?? USUAL),
  });
  const { button, zones } = settings;
  return {
    text: format`${bold(settings.title)}\n${line}`,
    keyboard: keyboardOf([
      { choices: [zone(USUAL, button.usualZone)] },
      { choices: COMMON_ZONES.map((name) => zone(name, zones[name])) },
      { choices: [step("ask", button.otherZone), step("back", panels.button.back)] },
    ]),
  };
}
