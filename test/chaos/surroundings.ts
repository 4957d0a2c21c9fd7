import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { BinaryRig } from "../support/binary.ts";
import { type FakeDownloader, startDownloader } from "../support/downloader.ts";
import { type Forwarder, startForwarder } from "../support/forwarder.ts";
import { DOWNLOADERS, type Happening, MOODS } from "./plan.ts";

/** Ends a fault. */
export type Heal = () => void;

/** The surroundings of the bot: downloaders behind proxies, Telegram and the disk. */
export interface Surroundings extends AsyncDisposable {
  readonly fleet: readonly FakeDownloader[];
  /** When another program had locked the database, in epoch ms. */
  readonly locks: readonly { readonly from: number; until: number }[];
  /** Causes the fault, and returns the function that ends it; undefined if it is not a fault of the surroundings. */
  befall(happening: Happening): Heal | undefined;
  /** Registers a downloader, with the present address of its proxy. */
  register(who: number, botAddress: string): Promise<void>;
}

interface Placed {
  readonly downloader: FakeDownloader;
  proxy: Forwarder;
  /** The number of faults that keep it down. */
  down: number;
}

/** Starts three downloaders and their proxies. `heard` is called for what reaches them. */
export async function createSurroundings(
  rig: BinaryRig,
  heard: { accepted(link: string): void; called(): void },
): Promise<Surroundings> {
  const placed: readonly Placed[] = await Promise.all(
    DOWNLOADERS.map(async (name) => {
      const downloader = await startDownloader({ name, onAccept: heard.accepted, onCall: heard.called });
      return { downloader, proxy: startForwarder({ leadsTo: downloader.port }), down: 0 };
    }),
  );
  const at = (who: number): Placed => {
    const one = placed[who];
    if (one === undefined) throw new Error(`There is no downloader ${who}`);
    return one;
  };
  const locks: { from: number; until: number }[] = [];

  /** Undefined if the bot is writing at this very moment. */
  function lock(): Heal | undefined {
    const other = new Database(join(rig.folder, "dwld-bot.db"));
    try {
      other.run("pragma busy_timeout = 100");
      other.run("begin immediate");
    } catch {
      other.close();
      return undefined;
    }
    const held = { from: Date.now(), until: Number.POSITIVE_INFINITY };
    locks.push(held);
    return () => {
      other.run("rollback");
      other.close();
      held.until = Date.now();
    };
  }

  function move(one: Placed): void {
    one.proxy.cut();
    one.proxy = startForwarder({ leadsTo: one.downloader.port });
  }

  return {
    fleet: placed.map(({ downloader }) => downloader),
    locks,
    befall(happening) {
      switch (happening.do) {
        case "lock":
          return lock();
        case "answers": {
          const { downloader } = at(happening.who);
          downloader.mode = happening.mode;
          return () => {
            downloader.mode = "ok";
            downloader.release();
          };
        }
        case "no list": {
          const { downloader } = at(happening.who);
          downloader.queueMode = "hang";
          return () => {
            downloader.queueMode = "ok";
          };
        }
        case "silence": {
          const { proxy } = at(happening.who);
          proxy.fallsSilent();
          return () => proxy.speaks();
        }
        case "refusal": {
          const one = at(happening.who);
          one.down += 1;
          if (one.down === 1) one.downloader.closes();
          return () => {
            one.down -= 1;
            if (one.down === 0) void one.downloader.opens().catch(() => undefined);
          };
        }
        case "reset":
          at(happening.who).proxy.resets();
          return undefined;
        case "move":
          move(at(happening.who));
          return undefined;
        case "telegram": {
          const fault = rig.api.fail(happening.method, MOODS[happening.mood]);
          return () => fault.release();
        }
        default:
          return undefined;
      }
    },
    async register(who, botAddress) {
      const { downloader, proxy } = at(who);
      await downloader.register(botAddress, { port: proxy.port });
    },
    async [Symbol.asyncDispose]() {
      for (const { proxy } of placed) proxy.cut();
      await Promise.all(placed.map(({ downloader }) => downloader[Symbol.asyncDispose]()));
    },
  };
}
