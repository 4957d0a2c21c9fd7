import { call } from "../support/downloader/channel.ts";
import { startDownloader } from "../support/downloader.ts";
import { WAIT_LIMIT_MS } from "../support/patience.ts";

/** A downloader with its sender, and what a scene makes happen to them; each resolves once `Queue` or `Status` shows it. */
export interface Program extends AsyncDisposable {
  /** Where the downloader listens, on this machine. */
  readonly port: number;
  /** yt-dlp works on the link until it is told how that ends. */
  begins(link: string): Promise<void>;
  /** yt-dlp fails with this on stderr, after its usual warning. */
  fails(link: string, error: string): Promise<void>;
  /** yt-dlp is done, and the sender has the file. */
  comesToSender(link: string): Promise<void>;
  /** The file is in its folder. */
  arrives(link: string): Promise<void>;
  senderStops(): Promise<void>;
  senderStarts(): Promise<void>;
}

/** The names and statuses of what a downloader lists, asked over the wire as the bot does. */
export async function listedBy({ port }: { port: number }): Promise<readonly string[]> {
  const { reply } = await call({ port }, "Queue", {}, WAIT_LIMIT_MS);
  const tasks = Array.isArray(reply?.tasks) ? reply.tasks : [];
  return tasks.map(({ link, status }) => `${link} ${status}`);
}

/** The fake, which does what wire.md says about the programs, registered as `nas`. */
export async function startFake(bot: string): Promise<Program> {
  const nas = await startDownloader({ name: "nas" });
  await nas.register(bot);
  const handedOver: string[] = [];
  /** Resolves when the link was handed over once more than before: a link that the sender has is taken again. */
  const taken = async (link: string) => {
    const before = handedOver.filter((other) => other === link).length;
    handedOver.push(link);
    const calls = () => nas.calls.filter(({ method, request }) => method === "SetToQueue" && request.link === link);
    await nas.waitFor(() => calls().length > before, { what: `"nas" to be handed ${link} once more` });
  };
  const isLook = ({ method }: { method: string }) => method === "Queue";
  /** Resolves when the bot has read the present list and noted it. */
  const looked = async () => {
    const first = await nas.waitFor(isLook, { after: nas.calls.length });
    await nas.waitFor(isLook, { after: nas.calls.indexOf(first) + 1 });
  };
  return {
    port: nas.port,
    async begins(link) {
      await taken(link);
      nas.work(link, { percentage: 40 });
    },
    async fails(link, error) {
      nas.fail(link, error);
    },
    async comesToSender(link) {
      nas.change(link, { status: "SENDING", message: "download complete on stage #1" });
      await looked();
    },
    async arrives(link) {
      nas.finish(link);
    },
    async senderStops() {
      nas.senderAnswers(false);
    },
    async senderStarts() {
      nas.senderAnswers(true);
    },
    [Symbol.asyncDispose]: () => nas[Symbol.asyncDispose](),
  };
}
