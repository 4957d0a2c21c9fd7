import { type Download, DownloaderUnreachable, type Outcome, type Submission } from "../../../src/domain/downloader.ts";
import { keyOf } from "../../../src/domain/url.ts";

/** How a downloader of the fleet behaves. */
export type Mode =
  | "up"
  | "down"
  | "refuses"
  /** Answers with an unexpected error; it has taken nothing. */
  | "breaks"
  /** Answers with the same error after it took the link. */
  | "takes then breaks"
  | "incompatible"
  /** Its answer is lost and its list cannot be read; it has taken nothing. */
  | "mute"
  /** It took the link; its answer is lost and its list cannot be read. */
  | "takes then dies"
  /** Its answer is lost; its list can be read; it has taken nothing. */
  | "forgets"
  /** Its answer is lost; its list can be read; it took the link. */
  | "takes silently"
  /** Its answer is lost; its list can be read; it takes the link at `catchUp`. */
  | "late"
  /** Answers at `release`. */
  | "hangs";

/** The methods of a downloader. */
export type Call = "submit" | "queue" | "health";

/** One downloader of the outside world: it outlives every crash of the bot. */
export interface FakeDownloader {
  mode: Mode;
  /** Links that it began to download, in order; a link that it has is not begun again. */
  readonly taken: string[];
  /** Links that its sender still lists as done. */
  readonly sent: string[];
  /** Every call that reached it. */
  readonly calls: { readonly method: Call; readonly url: string }[];
  readonly submissions: Submission[];
  /** The calls under way, and the most at any time. */
  open: number;
  mostOpen: number;
  submit(submission: Submission): Promise<Outcome>;
  queue(): Promise<readonly Download[]>;
  health(): Promise<string>;
  /** Ends the hanging calls with the outcome of the current mode. */
  release(): void;
  /** Carries out the calls of the mode `late`. */
  catchUp(): void;
}

const BROKEN: Outcome = { kind: "refused", detail: "UNKNOWN: a bug", says: "a bug", mayHaveIt: true };

/** A downloader that the test controls. */
export function createFakeDownloader(name: string): FakeDownloader {
  const waiting = new Set<() => void>();
  const late: string[] = [];

  async function called<T>(answer: () => T): Promise<T> {
    server.open++;
    server.mostOpen = Math.max(server.mostOpen, server.open);
    try {
      if (server.mode === "hangs") await new Promise<void>((resolve) => waiting.add(resolve));
      return answer();
    } finally {
      server.open--;
    }
  }

  function take(url: string): void {
    if (!server.taken.some((taken) => keyOf(taken) === keyOf(url))) server.taken.push(url);
  }

  function outcome(url: string): Outcome {
    switch (server.mode) {
      case "down":
        return { kind: "never_sent", detail: "No connection established" };
      case "refuses":
        return { kind: "refused", detail: "FAILED_PRECONDITION: no space", says: "no space", mayHaveIt: false };
      case "takes then breaks":
        take(url);
        return BROKEN;
      case "breaks":
        return BROKEN;
      case "incompatible":
        return { kind: "incompatible", detail: "UNIMPLEMENTED" };
      case "takes then dies":
      case "takes silently":
        take(url);
        return { kind: "unknown", detail: "Connection dropped" };
      case "late":
        late.push(url);
        return { kind: "unknown", detail: "DEADLINE_EXCEEDED" };
      case "up":
        take(url);
        return { kind: "accepted" };
      default:
        return { kind: "unknown", detail: "DEADLINE_EXCEEDED" };
    }
  }

  const server: FakeDownloader = {
    mode: "up",
    taken: [],
    sent: [],
    calls: [],
    submissions: [],
    open: 0,
    mostOpen: 0,
    submit(submission) {
      server.calls.push({ method: "submit", url: submission.url });
      server.submissions.push(submission);
      return called(() => outcome(submission.url));
    },
    queue() {
      server.calls.push({ method: "queue", url: "" });
      return called(() => {
        if (["down", "mute", "takes then dies", "hangs"].includes(server.mode))
          throw new DownloaderUnreachable(name, "");
        const listed = { quality: "", name: undefined, remark: undefined };
        return [
          ...server.taken.map((url) => ({ ...listed, url, status: "NEW" as const })),
          ...server.sent.map((url) => ({ ...listed, url, status: "DONE" as const })),
        ];
      });
    },
    health() {
      return called(() => {
        if (["down", "mute", "takes then dies"].includes(server.mode)) throw new DownloaderUnreachable(name, "");
        return "";
      });
    },
    release() {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    catchUp() {
      for (const url of late.splice(0)) take(url);
    },
  };
  return server;
}
