import type { Act, Answer, Seat, State } from "../demo/state.ts";
import { eachLine } from "./output.ts";
import { createWatch } from "./watch.ts";

/** The demo's page as its server sees it, without a browser. */
export interface DemoWindow extends AsyncDisposable {
  /** The first match in any state that the page was sent, or will be. */
  sees<T>(find: (state: State) => T | undefined, what: string): Promise<T>;
  /** The same in the chat of one of the people. */
  seesIn<T>(role: Seat["role"], find: (seat: Seat) => T | undefined, what: string): Promise<T>;
  /** Does what a player does. */
  asks(act: Act, headers?: Record<string, string>): Promise<{ status: number; answer: Answer | undefined }>;
}

/** Opens the page at the address. */
export async function openDemoWindow(address: string): Promise<DemoWindow> {
  const leaving = new AbortController();
  const { body } = await fetch(`${address}state`, { signal: leaving.signal });
  if (body === null) throw new Error("The page is told nothing");
  const states: State[] = [];
  const watch = createWatch();
  const heard = eachLine(body, (line) => {
    if (!line.startsWith("data: ")) return;
    states.push(JSON.parse(line.slice("data: ".length)));
    watch.changed();
  }).catch(() => undefined);
  const sees = <T>(find: (state: State) => T | undefined, what: string) =>
    watch.until(
      () => {
        for (const state of states) {
          const found = find(state);
          if (found !== undefined) return found;
        }
      },
      { what, seen: () => JSON.stringify(states.at(-1), undefined, 1) },
    );
  return {
    sees,
    seesIn: (role, find, what) =>
      sees(({ seats }) => seats.filter((seat) => seat.role === role).map(find)[0], `${what} (${role})`),
    async asks(act, headers = {}) {
      const response = await fetch(`${address}act`, { method: "POST", headers, body: JSON.stringify(act) });
      const text = await response.text();
      return { status: response.status, answer: text === "" ? undefined : JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await heard;
      watch.close();
    },
  };
}
