import type { CallbackAnswer } from "./bot-api/callbacks.ts";
import type { Group } from "./bot-api/groups.ts";
import type { Person } from "./bot-api/people.ts";
import type { BotApi } from "./bot-api.ts";

/** Opens a panel of a prompt with its button, and presses a choice there, as a person does; resolves with the answer to that press. */
export async function choose(
  api: BotApi,
  of: { person: Person; promptId: number; panel: string; choice: string; in?: Pick<Group, "id"> },
): Promise<CallbackAnswer> {
  const { person, promptId, panel, choice } = of;
  const where = of.in === undefined ? {} : { in: of.in };
  await person.presses(promptId, panel, where);
  const shown = ({ text }: { text: string }) => text.includes(choice);
  const opened = await api.message(
    of.in ?? person,
    ({ id, buttons }) => id === promptId && buttons.flat().some(shown),
    {
      what: `the choice "${choice}"`,
    },
  );
  const data = opened.buttons.flat().find(shown)?.callback_data;
  const answer = await person.presses(promptId, choice, where);
  await api.message(
    of.in ?? person,
    ({ id, buttons }) => id === promptId && buttons.flat().every(({ callback_data }) => callback_data !== data),
    { what: "the panel to close" },
  );
  return answer;
}
