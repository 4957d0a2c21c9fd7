import type { LiveMessage } from "../support/bot-api/message.ts";
import { type BotApi, startBotApi } from "../support/bot-api.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { type Guest, PATIENCE_MS } from "./emulator.ts";
import { NETWORK } from "./image.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

export const TOKEN = "123456789:TEST-token-that-must-never-be-printed-anywhere";

/** The surroundings of the machine: Telegram, a site with films, and Ann, its owner. */
export interface World extends AsyncDisposable {
  readonly guest: Guest;
  readonly told: Transcript;
  /** Telegram's address, as seen from the machine. */
  readonly apiRoot: string;
  readonly api: BotApi;
  /** Writes to the bot, and resolves with the first answer that is as wanted. Adds both to the transcript. */
  ask(text: string, wanted: (message: LiveMessage) => boolean): Promise<LiveMessage>;
  /** Resolves with a message to her that is as wanted, and adds it to the transcript. */
  hear(wanted: (message: LiveMessage) => boolean): Promise<LiveMessage>;
  press(message: LiveMessage, button: string): void;
  /** Serves a film, and returns its link. */
  film(name: string): string;
  /** Serves a page with this title and a film on it, and returns its link. */
  page(title: string): string;
}

export async function createWorld(guest: Guest, { write }: { write: (line: string) => void }): Promise<World> {
  const api = startBotApi({ token: TOKEN });
  const site: FileServer = await startFileServer();
  const told = createTranscript(guest, { write });
  const ann = api.user({ id: 1, username: "ann", firstName: "Ann", languageCode: "en" });
  const seenFromGuest = (root: string, host: string) => root.replace("127.0.0.1", host);
  const link = (path: string) => `${seenFromGuest(site.root, NETWORK.name)}${path}`;
  const serveFilm = (path: string) => site.serves(path, { bytes: Buffer.alloc(1_000_000, path) });

  async function hear(wanted: (message: LiveMessage) => boolean): Promise<LiveMessage> {
    const message = await api.message(ann, (message) => message.byBot && wanted(message), { withinMs: PATIENCE_MS });
    told.note(`bot: ${message.text}`);
    return message;
  }

  return {
    guest,
    told,
    api,
    apiRoot: seenFromGuest(api.root, NETWORK.host),
    hear,
    ask(text, wanted) {
      told.note(`Ann: ${text}`);
      const { message_id } = ann.sends(text);
      // A link that comes soon after another may join its prompt.
      const [, link] = /^https?:\/\/(.+)$/.exec(text) ?? [];
      const answers = (message: LiveMessage) =>
        message.id > message_id || (link !== undefined && message.text.includes(link));
      return hear((message) => answers(message) && wanted(message));
    },
    press(message, button) {
      told.note(`Ann presses ${button}`);
      void ann.presses(message.id, button);
    },
    film(name) {
      serveFilm(`/${name}`);
      return link(`/${name}`);
    },
    page(title) {
      const html = `<!doctype html><title>${title}</title><video src="/on-a-page.mp4"></video>`;
      serveFilm("/on-a-page.mp4");
      site.serves("/page", { bytes: Buffer.from(html), type: "text/html; charset=utf-8" });
      return link("/page");
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}
