import { describe, expect, test } from "bun:test";
import { type BinaryRig, createBinaryRig, TOKEN } from "../support/binary.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { createPrivateMachine, hasPrivateMachines } from "../support/private-machine.ts";

const OWNER = 7;
const WRONG = "0000-1111-2222";

/** A folder whose config names no admin. */
const createRig = () => createBinaryRig({ config: { telegram: { token: TOKEN } } });

const root = (rig: BinaryRig) => ({ DWLD_BOT_TELEGRAM_API_ROOTS: rig.api.root });
const says = (rig: BinaryRig, words: string) =>
  rig.api.message(OWNER, (message) => message.byBot && isAbout(message, words), { what: `"${words}"` });

async function begin(rig: BinaryRig): Promise<string> {
  const command = rig.spawn(root(rig), ["pair"]);
  expect(await command.exited).toBe(0);
  return /^ {4}(\S+)$/m.exec(command.output)?.[1] ?? "";
}

describe("a bot whose config has only a token", () => {
  test.each([
    ["en_US.UTF-8", /This bot has no admin.* Run dwld-bot pair/],
    ["ru_RU.UTF-8", /У бота нет ни одного администратора.* Выполните dwld-bot pair/],
  ])("does not start before a pairing, and says what to run (%s)", async (LANG, words) => {
    await using rig = createRig();
    const life = rig.spawn({ ...root(rig), LANG });
    expect(await life.exited).toBe(78);
    expect(life.output).toMatch(words);
  });

  test("counts wrong tries across kills, accepts the code at the fifth try, and remembers its admin", async () => {
    await using rig = createRig();
    const code = await begin(rig);
    const owner = rig.api.user({ id: OWNER, username: "ann", firstName: "Ann", languageCode: "en" });
    const lives = [];
    for (const left of ["4 more tries", "3 more tries", "2 more tries", "One more try"]) {
      const life = await rig.start(root(rig));
      lives.push(life);
      owner.sends(WRONG);
      await says(rig, `This code is wrong. ${left}`);
      // What was answered is confirmed to Telegram by the next getUpdates.
      await rig.api.settled();
      await life.kill();
    }
    const life = await rig.start(root(rig));
    owner.sends(code);
    await says(rig, "You are an admin of this bot now.");
    expect(await life.stop()).toBe(0);
    const next = await rig.start(root(rig));
    owner.sends("/users");
    await says(rig, "with a one-time code");
    expect(await next.stop()).toBe(0);
    for (const { output } of [...lives, life, next]) expect(output).not.toContain(code);
  });

  test("accepts a code that was made while it runs, after the previous one was used up", async () => {
    await using rig = createRig();
    await begin(rig);
    const life = await rig.start(root(rig));
    const owner = rig.api.user({ id: OWNER, username: "ann", firstName: "Ann", languageCode: "en" });
    for (let tries = 0; tries < 5; tries++) owner.sends(WRONG);
    await says(rig, "This code no longer works");
    owner.sends(await begin(rig));
    await says(rig, "You are an admin of this bot now.");
    expect(await life.stop()).toBe(0);
  });
});

test.skipIf(!hasPrivateMachines)("sudo dwld-bot pair writes a file that only the service's user can read", async () => {
  using machine = createPrivateMachine();
  const said = await machine.run([
    "sh install.sh --token-file token.txt --admin 1 >&2",
    "sudo dwld-bot pair",
    "stat -c '%U:%G %a' /var/lib/dwld-bot/dwld-bot.db.pairing",
  ]);
  expect(said).toContain("Send this code to @my_bot");
  expect(said).toEndWith("\ndwld-bot:dwld-bot 600\n");
});
