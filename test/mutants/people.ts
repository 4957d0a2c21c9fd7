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
      ["wrong codes do not end a pairing", "tries: begun.tries - 1 }, now()) === 0", "tries: 0 }, now()) === 0"],
      [
        "a used code makes another admin",
        '    end();\n    return { kind: "paired" };',
        '    return { kind: "paired" };',
      ],
      [
        "a code that an admin sends stays valid",
        '    end();\n      return { kind: "already" };',
        '    return { kind: "already" };',
      ],
      ["any code is accepted", "if (!isCodeOf(text, begun)) {", "if (false) {"],
    ],
  ),
  ...breakagesOf(
    "src/store/pairing-file.ts",
    ["test/unit/store/pairing-file.test.ts"],
    [["a wrong code is forgotten at a restart", 'writeSync(file, "x");', ""]],
  ),
  ...breakagesOf(
    "src/store/own-file.ts",
    ["test/unit/store/pairing-file.test.ts"],
    [["other users can read the digest", '"wx", 0o600', '"wx", 0o644']],
  ),
  ...breakagesOf(
    "src/telegram/access/pairing-messages.ts",
    ["test/e2e/pairing.test.ts"],
    [["the code stays in the chat", "if (isTaken) replies.discard(context.chatId, message.message_id);", ""]],
  ),
  ...breakagesOf(
    "src/telegram/commands/users.ts",
    ["test/e2e/pairing.test.ts"],
    [["the last admin can demote himself", "DEMOTIONS.has(action) && isLastAdmin(id)", "false"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/settings.ts",
    [GROUPS],
    [["anybody in a group can change its settings", "if (!(await mayChoose(context)))", "if (false)"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/settings.ts",
    ["test/e2e/time-zones.test.ts"],
    [["anybody in a group can type its time zone", "if (!isAllowed)", "if (false)"]],
  ),
  ...breakagesOf(
    "src/telegram/commands/cancel.ts",
    [FOREIGN],
    [
      [
        "anybody in a group can cancel another's download",
        "looked && (await refusal(deps.mayPress, context, [looked]))",
        "undefined",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/commands/news.ts",
    [FOREIGN],
    [["anybody's OK dismisses another's news", "if (own.length === all.length) await read", "if (true) await read"]],
  ),
  ...breakagesOf(
    "src/telegram/access/group-admins.ts",
    [GROUPS],
    [["a demoted group admin stays one for minutes", "void known.delete(chat.id)", "undefined"]],
  ),
  ...breakagesOf(
    "src/service/chats/preferences.ts",
    ["test/unit/service/chats/preferences.test.ts"],
    [["a group's language changes with each speaker", "if (isGroup(chatId) && seenIn(chatId)) return;", ""]],
  ),
  ...breakagesOf(
    "src/service/access/access-changes.ts",
    [CHANGES],
    [
      ["an undo restores the role without the links", "store.links.restoreAllOf(id, undo.until);", "{}"],
      ["a clock that is set back keeps the undo open", " && now() >= undo.until - undoMs)", ")"],
      ["a guest is warned every few seconds that the access ends", "access.revise(id, { warned: true });", ""],
    ],
  ),
  ...breakagesOf(
    "src/store/bulk-changes.ts",
    [CHANGES],
    [["a link is removed while it is being sent", "not in ('removed', 'sending', 'uncertain')", "not in ('removed')"]],
  ),
  ...breakagesOf(
    "src/telegram/telegram.ts",
    [PEOPLE],
    [["a chat without access is told that its file is ready", "chatId > 0 && requests.isRefused(chatId)", "false"]],
  ),
  ...breakagesOf(
    "src/service/access/held-messages.ts",
    [HELD],
    [["a stranger can fill the disk", "open + links > MOST_HELD_LINKS || ", ""]],
  ),
  ...breakagesOf(
    "src/telegram/access/held-links.ts",
    [PEOPLE],
    [["a stranger's held links are taken again and again", "hold.drop(held);", ""]],
  ),
  ...breakagesOf(
    "src/telegram/access/muted-groups.ts",
    ["test/e2e/muted-groups.test.ts"],
    [
      [
        "a group in which the bot may not write is silent",
        "await reactions.acknowledge(one.chatId, one.messageId)",
        "true",
      ],
      [
        "people are told in private at each link",
        "createThrottle<string>(TOLD_EVERY_MS, now)",
        "createThrottle<string>(0, now)",
      ],
      [
        "people are told in private in a language that they may not speak",
        "language(userId, languageCode)",
        "language(userId)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/access/muted-groups.ts",
    ["test/unit/telegram/access/muted-groups.test.ts"],
    [
      ["a message of yesterday gets a reaction", "if (Math.abs(now() - one.at) > ANSWERED_WITHIN_MS) continue;", ""],
      ["people without access are written to in private", "deps.isShutOut(userId) || ", ""],
      ["nobody hears that a group of anonymous admins sees nothing", "if (!isTold && !isShown) tellAdmins(one);", ""],
      [
        "whoever has thrown the bot out is asked to let it write",
        "if (one.chatId === chatId) asked.delete(one);",
        "{}",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/router.ts",
    ["test/e2e/muted-groups.test.ts"],
    [
      ["a link that was refused looks as if it had been taken", "if (!isRefused) ", ""],
      [
        "who starts the bot late never hears of their access",
        "if (context.isPrivate) chatMembership.heardFrom",
        "if (false) chatMembership.heardFrom",
      ],
    ],
  ),
  ...breakagesOf(
    "src/service/access/invites.ts",
    ["test/unit/service/access/access.test.ts"],
    [["an invite from the future lets people in until then", "|| invite.expiresAt > now() + FURTHEST_MS", ""]],
  ),
  ...breakagesOf(
    "src/telegram/access/chat-membership.ts",
    ["test/e2e/chats.test.ts", "test/e2e/group-admins.test.ts"],
    [
      [
        "a group that refuses the bot is tried at every word",
        "isAsked || chatId > 0 || mayTry(chatId) !== undefined",
        "true",
      ],
      ["talk never shows that a group is open again", "|| mayTry(chatId) !== undefined", ""],
      ["whoever makes a supergroup sets its language", "!grown.delete(chat.id) && isAdded", "isAdded"],
      ["a supergroup keeps its language for ever", "grown.delete(chat.id)", "grown.has(chat.id)"],
    ],
  ),
  ...breakagesOf(
    "src/telegram/router.ts",
    ["test/e2e/chats.test.ts"],
    [
      [
        "a link is taken before its group has moved",
        "chatMembership.finishMove(context.chatId);\n    const isAsked",
        "const isAsked",
      ],
    ],
  ),
  ...breakagesOf(
    "src/telegram/context/may-press.ts",
    ["test/e2e/foreign-presses.test.ts"],
    [["an anonymous admin may change nothing", " || speaksForChat) return true;", ") return true;"]],
  ),
];
