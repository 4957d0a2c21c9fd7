import { breakagesOf, type Mutant } from "./mutant.ts";

const PEOPLE = "test/e2e/people.test.ts";
const GROUPS = "test/e2e/group-admins.test.ts";
const FOREIGN = "test/e2e/foreign-presses.test.ts";
const CHANGES = "test/unit/service/access/access-changes.test.ts";
const PAIRING = "test/unit/service/access/pairing.test.ts";
const HELD = "test/unit/service/access/held-messages.test.ts";

export const people: readonly Mutant[] = [
  ...breakagesOf(
    "src/service/access/pairing.ts",
    [PAIRING],
    [
      ["tries do not end a pairing", "tries: begun.tries - 1 }, now()) === 0", "tries: 0 }, now()) === 0"],
      [
        "a code that was used makes another admin",
        '    end();\n    return { kind: "paired" };',
        '    return { kind: "paired" };',
      ],
      [
        "an admin's code stays good",
        '    end();\n      return { kind: "already" };',
        '    return { kind: "already" };',
      ],
      ["any code will do", "if (!isCodeOf(text, begun)) {", "if (false) {"],
    ],
  ),
  ...breakagesOf(
    "src/store/pairing-file.ts",
    ["test/unit/store/pairing-file.test.ts"],
    [["a try is not kept for the next life", 'writeSync(file, "x");', ""]],
  ),
  ...breakagesOf(
    "src/store/own-file.ts",
    ["test/unit/store/pairing-file.test.ts"],
    [["others read the digest", '"wx", 0o600', '"wx", 0o644']],
  ),
  ...breakagesOf(
    "src/telegram/access/pairing-messages.ts",
    ["test/e2e/pairing.test.ts"],
    [["the code stays in the chat", "if (isTaken) replies.discard(context.chatId, message.message_id);", ""]],
  ),
  ...breakagesOf(
    "src/telegram/commands/users.ts",
    ["test/e2e/pairing.test.ts"],
    [["the last admin puts himself out", "DEMOTIONS.has(action) && isLastAdmin(id)", "false"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/settings.ts",
    [GROUPS],
    [["anybody in a group changes its settings", "if (!(await mayChoose(context)))", "if (false)"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/settings.ts",
    ["test/e2e/time-zones.test.ts"],
    [["anybody in a group types its time zone", "if (!isAllowed)", "if (false)"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/cancel.ts",
    [FOREIGN],
    [
      [
        "anybody in a group cancels another's download",
        "looked && (await refusal(deps.mayPress, context, [looked]))",
        "undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/news.ts",
    [FOREIGN],
    [["anybody's OK takes another's news away", "if (own.length === all.length) await read", "if (true) await read"]],
  ),
  ...breakagesOf(
    "src/telegram/access/group-admins.ts",
    [GROUPS],
    [["who is no admin any more stays one for minutes", "void known.delete(chat.id)", "undefined"]],
  ),
  ...breakagesOf(
    "src/service/chats/preferences.ts",
    ["test/unit/service/chats/preferences.test.ts"],
    [["a group's language flips with each who speaks", "if (isGroup(chatId) && seenIn(chatId)) return;", ""]],
  ),
  ...breakagesOf(
    "src/service/access/access-changes.ts",
    [CHANGES],
    [
      ["an undo brings back the role without the links", "store.links.restoreAllOf(id, undo.until);", "{}"],
      ["a clock that was set back leaves the undo open", " && now() >= undo.until - undoMs)", ")"],
      ["a guest of a month hears every few seconds that the end is near", "access.revise(id, { warned: true });", ""],
    ],
  ),
  ...breakagesOf(
    "src/store/bulk-changes.ts",
    [CHANGES],
    [["what is being sent is removed under it", "not in ('removed', 'sending', 'uncertain')", "not in ('removed')"]],
  ),
  ...breakagesOf(
    "src/telegram/telegram.ts",
    [PEOPLE],
    [
      [
        "who has no access any more is told that the file is ready",
        "chatId > 0 && requests.isRefused(chatId)",
        "false",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/access/held-messages.ts",
    [HELD],
    [["a stranger fills the disk", "open + links > MOST_HELD_LINKS || ", ""]],
  ),
  ...breakagesOf(
    "src/telegram/access/held-links.ts",
    [PEOPLE],
    [["what a stranger sent is taken again and again", "hold.drop(held);", ""]],
  ),
];
