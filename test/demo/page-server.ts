import * as v from "valibot";
import page from "./page/page.html";
import { actSchema, type State } from "./state.ts";
import type { World } from "./world.ts";

/** The page on a loopback port, for one player in any number of windows. */
export interface PageServer extends AsyncDisposable {
  /** The address to open. */
  readonly address: string;
  /** Sends the state to the page, if it has changed. */
  changed(): void;
}

/** `GET /state` is a stream of states (server-sent events), `POST /act` does what is requested: see `Act`. */
export function servePage(world: Pick<World, "state" | "act">): PageServer {
  const windows = new Set<(event: string) => void>();
  let shown = "";
  const changed = () => {
    const event = eventOf(world.state());
    if (event === shown) return;
    shown = event;
    for (const tell of windows) tell(event);
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    // A chat may be silent for a long time.
    idleTimeout: 0,
    development: false,
    routes: {
      "/": page,
      "/state": () => {
        let tell: (event: string) => void = () => undefined;
        const stream = new ReadableStream<string>({
          start(controller) {
            tell = (event) => controller.enqueue(event);
            windows.add(tell);
            tell(eventOf(world.state()));
          },
          cancel: () => void windows.delete(tell),
        });
        return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
      },
      "/act": {
        POST: async (request) => {
          // Other sites in the same browser may not play.
          const origin = request.headers.get("origin");
          if (origin !== null && origin !== new URL(request.url).origin) return new Response(null, { status: 403 });
          const asked = v.safeParse(actSchema, await request.json().catch(() => undefined));
          if (!asked.success) return new Response(null, { status: 400 });
          return world.act(asked.output).then(
            (answer) => Response.json(answer),
            // The button is gone meanwhile, or the bot is away: the page has a text for that.
            () => new Response(null, { status: 409 }),
          );
        },
      },
    },
  });
  return { address: server.url.href, changed, [Symbol.asyncDispose]: () => server.stop(true) };
}

function eventOf(state: State): string {
  return `data: ${JSON.stringify(state)}\n\n`;
}
