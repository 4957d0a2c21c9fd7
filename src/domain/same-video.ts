/**
 * Raise it whenever a rule below, or one of `keyOf`, changes: then the stored keys are brought up to date once
 * (`service/queue/stored-keys.ts`).
 */
export const KEY_RULES = 1;

/** A site whose videos have several addresses. `page` returns the one that stands for all of them, without a scheme. */
interface Site {
  /** Without `www.`. */
  readonly hosts: readonly string[];
  /** Undefined for anything that is not certainly one video. */
  readonly page: (path: string, query: URLSearchParams, host: string) => string | undefined;
}

/** Players without a video of their own: the query says what they play. */
const NO_VIDEO = new Set(["videoseries", "live_stream"]);

const SITES: readonly Site[] = [
  {
    hosts: ["youtube.com", "m.youtube.com", "music.youtube.com", "gaming.youtube.com", "youtube-nocookie.com"],
    // A video in a list is that video; a list on its own is something else.
    page(path, query) {
      const [, shown] = /^\/(?:shorts|live|embed|v|e)\/([\w-]+)\/?$/.exec(path) ?? [];
      const video = /^\/watch\/?$/.test(path) ? idIn(query, "v") : shown;
      if (video !== undefined && !NO_VIDEO.has(video)) return `youtube.com/watch?v=${video}`;
      const list = /^\/(?:playlist|embed\/videoseries)\/?$/.test(path) ? idIn(query, "list") : undefined;
      return list && `youtube.com/playlist?list=${list}`;
    },
  },
  {
    hosts: ["youtu.be"],
    page: (path) => page`youtube.com/watch?v=${/^\/([\w-]+)\/?$/.exec(path)}`,
  },
  {
    hosts: ["vk.com", "m.vk.com", "new.vk.com", "vk.ru", "m.vk.ru", "vkvideo.ru", "m.vkvideo.ru"],
    // A clip is a video with the same number, and so is one that is shown over a page by `z=`.
    page(path, query) {
      // A key to a video with restricted access: without it the address leads nowhere.
      if (query.get("list")?.startsWith("ln-") || query.has("hash")) return undefined;
      const over = /^(?:video|clip)(-?\d+_\d+)(?![\w-])/.exec(query.get("z") ?? "");
      if (over !== null) return page`vk.com/video${over}`;
      if (path === "/video_ext.php")
        return page`vk.com/video${/^-?\d+_\d+$/.exec(`${query.get("oid")}_${query.get("id")}`)}`;
      return page`vk.com/video${/^\/(?:playlist\/-?\d+_\d+\/)?(?:video|clip)(-?\d+_\d+)\/?$/.exec(path)}`;
    },
  },
  {
    hosts: ["rutube.ru", "m.rutube.ru"],
    page: (path, query) =>
      query.has("p")
        ? undefined
        : page`rutube.ru/video/${/^\/(?:video|shorts|play\/embed|live\/video)\/(\w+)\/?$/.exec(path)}/`,
  },
  {
    hosts: ["tiktok.com", "m.tiktok.com"],
    page: (path) =>
      page`tiktok.com/video/${/^\/(?:@[\w.-]*\/(?:video|photo)|v|video|share\/video|embed(?:\/v\d)?|player\/v1)\/(\d+)(?:\.html)?\/?$/.exec(path)}`,
  },
  {
    hosts: ["ok.ru", "m.ok.ru", "odnoklassniki.ru", "m.odnoklassniki.ru"],
    page: (path) => page`ok.ru/video/${/^\/(?:video|videoembed)\/(\d+)\/?$/.exec(path)}`,
  },
  {
    hosts: ["dzen.ru", "m.dzen.ru", "zen.yandex.ru"],
    page: (path) => page`dzen.ru/video/watch/${/^\/video\/watch\/(\w+)\/?$/.exec(path)}`,
  },
  {
    hosts: ["vimeo.com", "player.vimeo.com"],
    // An unlisted video has a second number, without which nobody may see it.
    page(path, query) {
      const [, video, hidden = query.get("h")] =
        /^\/(?:(?:video|channels\/[\w-]+|groups\/[\w-]+\/videos)\/)?(\d+)(?:\/([0-9a-f]+))?\/?$/.exec(path) ?? [];
      return video && `vimeo.com/${video}${hidden ? `/${hidden}` : ""}`;
    },
  },
  {
    hosts: ["dailymotion.com", "m.dailymotion.com", "touch.dailymotion.com"],
    page: (path) => page`dailymotion.com/video/${/^\/(?:embed\/)?video\/([a-z0-9]+)(?:_[^/]*)?\/?$/i.exec(path)}`,
  },
  {
    hosts: ["dai.ly"],
    page: (path) => page`dailymotion.com/video/${/^\/([a-z0-9]+)\/?$/i.exec(path)}`,
  },
  {
    hosts: ["twitch.tv", "m.twitch.tv", "clips.twitch.tv", "player.twitch.tv"],
    page(path, query, host) {
      const player = host === "player.twitch.tv" ? /^v?(\d+)$/.exec(query.get("video") ?? "") : null;
      if (player !== null) return page`twitch.tv/videos/${player}`;
      if (host !== "clips.twitch.tv") {
        const recording = /^\/(?:videos|\w+\/v(?:ideo)?)\/(\d+)\/?$/.exec(path);
        if (recording !== null) return page`twitch.tv/videos/${recording}`;
        return page`clips.twitch.tv/${/^\/(?:\w+\/)?clip\/([\w-]+)\/?$/.exec(path)}`;
      }
      const clip = path === "/embed" ? /^([\w-]+)$/.exec(query.get("clip") ?? "") : /^\/([\w-]+)\/?$/.exec(path);
      return page`clips.twitch.tv/${clip}`;
    },
  },
  {
    hosts: ["instagram.com", "m.instagram.com"],
    page: (path) =>
      page`instagram.com/p/${/^\/(?:[\w.]+\/)?(?:p|reels?|tv)\/(?!audio\b)([\w-]+)(?:\/embed(?:\/captioned)?)?\/?$/.exec(path)}`,
  },
  {
    hosts: ["twitter.com", "mobile.twitter.com", "m.twitter.com", "x.com", "mobile.x.com"],
    // If a post has several videos, the second and later ones have their own addresses.
    page: (path) =>
      page`x.com/i/status/${/^\/(?:i\/web|\w+)\/status(?:es)?\/(\d+)(?:\/(?:video|photo)\/1)?\/?$/.exec(path)}`,
  },
  {
    hosts: ["facebook.com", "m.facebook.com", "web.facebook.com", "mbasic.facebook.com"],
    page(path, query) {
      const [, inPath] = /^\/(?:reel|[\w.-]+\/videos(?:\/[^/]+)?)\/(\d+)\/?$/.exec(path) ?? [];
      const video = /^\/(?:watch\/?|video\.php)$/.test(path) ? idIn(query, "v") : inPath;
      return video && `facebook.com/watch/?v=${video}`;
    },
  },
  {
    hosts: ["bilibili.com", "m.bilibili.com"],
    // A video may have parts.
    page: (path, query) =>
      (query.get("p") ?? "1") === "1" ? page`bilibili.com/video/${/^\/video\/(BV\w+)\/?$/.exec(path)}/` : undefined,
  },
];

const BY_HOST = new Map(SITES.flatMap((site) => site.hosts.map((host) => [host, site] as const)));

/**
 * The one address, without a scheme, that stands for all known addresses of a video; undefined for anything else, and for every site that
 * is not in the table: nothing is guessed. `host` is without `www.`. An address that `page` returns stands for itself.
 */
export function videoPage(host: string, url: URL): string | undefined {
  return url.port === "" ? BY_HOST.get(host)?.page(url.pathname, url.searchParams, host) : undefined;
}

/** An address around what was found; undefined if nothing was. */
function page([before = "", after = ""]: TemplateStringsArray, found: RegExpExecArray | null): string | undefined {
  return found === null ? undefined : `${before}${found[1] ?? found[0]}${after}`;
}

function idIn(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name) ?? "";
  return /^[\w-]+$/.test(value) ? value : undefined;
}
