import type { Life } from "../support/binary/life.ts";
import { type BinaryRig, USERS } from "../support/binary.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import type { Person } from "../support/bot-api/people.ts";
import { choose } from "../support/choosing.ts";
import type { FakeDownloader } from "../support/downloader.ts";
import type { Screen } from "./screen.ts";

/** A dead downloader that is not known to be dead is drawn first half of the time; never, this often in a row, is one in a million. */
const MOST_LINKS = 20;

interface Scene {
  readonly rig: BinaryRig;
  readonly screen: Screen;
  readonly life: Life;
  readonly fleet: readonly FakeDownloader[];
  readonly ann: Person;
}

/** Plays everything, and throws with an explanation if something did not happen as told. */
export async function tellStory(rig: BinaryRig, screen: Screen): Promise<void> {
  screen.title("dwld-bot: a link on its way from a chat to a downloader");
  const life = await rig.start();
  screen.line(
    "bot",
    `runs (${(await life.logs("dwld-bot ")).message}); downloaders register at ${await life.address()}`,
  );
  const youtube = await join(rig, screen, life, { name: "youtube", roots: ["youtube.com"] });
  const everything = await join(rig, screen, life, { name: "everything", roots: ["*"] });
  const ann = rig.api.user({ id: USERS[0], username: "ann", firstName: "Ann", languageCode: "en" });
  const scene = { rig, screen, life, fleet: [youtube, everything], ann };

  screen.act("A link that both downloaders take");
  await oneLink(scene);
  screen.act("The same, with a downloader that is down");
  const links = await withoutYoutube(scene);

  screen.act("The end");
  const code = await life.stop();
  if (code !== 0) throw new Error(`The bot ended with ${code}.\n${life.output}`);
  screen.line("bot", "SIGTERM: stopped in order, exit code 0");
  const accepted = rig.accepted();
  const left = rig.rows("select url from links");
  if (left.length > 0) throw new Error(`Still in the queue: ${JSON.stringify(left)}`);
  if (accepted.length !== links || new Set(accepted).size !== links)
    throw new Error(`Accepted: ${accepted.join(", ")}`);
  screen.line(
    "queue",
    `${links} links sent, ${accepted.length} accepted, each by one downloader; the queue is empty\n`,
  );
}

async function join(rig: BinaryRig, screen: Screen, life: Life, of: { name: string; roots: readonly string[] }) {
  const downloader = await rig.downloader(life, of);
  const { fields } = await life.logs(`Downloader "${of.name}" registered`);
  screen.line(
    "downloader",
    `${of.name} has registered: takes ${fields.roots}, listens on ${fields.host}:${fields.port}`,
  );
  return downloader;
}

async function oneLink(scene: Scene): Promise<void> {
  const { rig, screen, ann } = scene;
  const url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ";
  const message = ann.sends(url);
  screen.line("you", `${message.text}`);
  const prompt = await promptFor(rig, ann, url);
  const [row = {}] = rig.rows("select id, url, chat_id, message_id, quality, state, send_at from links");
  screen.line("queue", "has a new row");
  screen.fields({ ...row, send_at: new Date(Number(row.send_at)).toISOString() });
  screen.line("chat", "the bot's prompt for this link");
  screen.message(prompt);

  const choice = { person: ann, promptId: prompt.id, panel: "Quality", choice: "720p" };
  const { text = "" } = await choose(rig.api, choice);
  screen.line("you", `press [ Quality: best ], then [ 720p ]; the bot answers “${text}” and edits the prompt`);
  const isMarked = ({ id, buttons }: LiveMessage) =>
    id === prompt.id && buttons.flat().some((button) => button.text === "Quality: 720p");
  screen.message(await rig.api.message(ann, isMarked));
  screen.line("queue", `the row now: ${JSON.stringify(rig.rows("select quality, prompt_id, state from links")[0])}`);

  const { names, match, call } = await handedOver(scene, Number(row.id), url);
  screen.line("bot", `calls SetToQueue of ${names[0]}`);
  screen.fields(call.request);
  screen.line("downloader", `${match.name} accepts the link`);
  await gone({ rig, ann, messageIds: [message.message_id, prompt.id] });
  const [delivery = {}] = rig.rows("select link_id, downloader, state from deliveries");
  screen.line("queue", `the link has left it; its delivery is recorded: ${JSON.stringify(delivery)}`);
  screen.line("chat", `your message and the prompt are deleted; messages in the chat: ${rig.api.messages(ann).length}`);
}

/** Until it is skipped, at its turn or before; resolves with the total number of links. */
async function withoutYoutube(scene: Scene): Promise<number> {
  const { rig, screen, life, fleet, ann } = scene;
  const [dead] = fleet;
  dead?.closes();
  screen.line("downloader", `${dead?.name} is down: nothing listens on ${dead?.host}:${dead?.port} any more`);
  for (let id = 2; id <= MOST_LINKS; id += 1) {
    const url = `https://www.youtube.com/watch?v=${id}`;
    const message = ann.sends(url);
    screen.line("you", url);
    const prompt = await promptFor(rig, ann, url);
    const { text = "" } = await ann.presses(prompt.id, "Now");
    screen.line("you", `press [ ▶️ Now ]; the bot answers “${text}”`);
    const { names, match, isUncertain } = await handedOver(scene, id, url);
    const asked = names[0] === dead?.name;
    // Meanwhile it is asked for its downloads: whether that or a link comes first is left to chance.
    const isKnownDown = !names.includes(dead?.name ?? "");
    if (asked && !isUncertain) {
      const { fields } = await life.logs(`Cannot hand a link to "${dead?.name}"`);
      screen.line("bot", `cannot hand it to ${dead?.name} (${fields.detail}), so tries the next one`);
    }
    screen.line("downloader", `${match.name} accepts the link`);
    await gone({ rig, ann, messageIds: [message.message_id, prompt.id] });
    screen.line(
      "chat",
      `your message and the prompt are deleted; messages in the chat: ${rig.api.messages(ann).length}`,
    );
    if (isKnownDown) screen.line("bot", `found before that ${dead?.name} cannot be reached, and left it out`);
    if (asked || isKnownDown) return id;
    screen.line("bot", `${dead?.name} was drawn second and not asked: once more`);
  }
  throw new Error(`${dead?.name} was drawn second in ${MOST_LINKS} links in a row`);
}

/** Waits until a link was due and accepted; resolves with the downloaders that matched. */
async function handedOver({ rig, screen, life, fleet }: Scene, id: number, url: string) {
  const names = String((await life.logs(`Link ${id} is due`)).fields.order).split(", ");
  screen.line("bot", `the link is due. Matching downloaders, in the order drawn at random: ${names.join(", ")}`);
  const isUncertain = (await life.logs(`Submitted link ${id}`)).fields.result === "uncertain";
  if (isUncertain) {
    const holder = fleet.find(({ name }) => name === names[0]);
    screen.line("bot", `the connection broke during the call: ${holder?.name} may have the link, so it is asked first`);
    await holder?.opens();
    screen.line("downloader", `${holder?.name} is up again, and has no such link`);
  }
  const match = await rig.acceptedBy(url);
  const call = await match.waitFor(({ method, request }) => method === "SetToQueue" && request.link === url);
  await life.logs(`Handed link ${id} to "${match.name}"`);
  return { names, match, call, isUncertain };
}

function promptFor(rig: BinaryRig, ann: Person, url: string): Promise<LiveMessage> {
  return rig.api.message(ann, (message) => message.byBot && isAbout(message, url) && message.buttons.length > 0);
}

async function gone(of: { rig: BinaryRig; ann: Person; messageIds: readonly number[] }): Promise<void> {
  for (const messageId of of.messageIds) await of.rig.api.gone(of.ann, messageId);
}
