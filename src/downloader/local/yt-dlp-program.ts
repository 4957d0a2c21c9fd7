import { homedir } from "node:os";
import { join } from "node:path";

/** From this version on, an argument says that nothing is to be loaded that was not named. */
const TAKES_NO_PLUGIN_DIRS = "2025.03.21";
const ANSWERS_WITHIN_MS = 60_000;

/** What keeps a program from reading what happens to be there: arguments, and its whole environment. */
export interface Isolation {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** In lower case: Python heeds all of these, and ffmpeg knows no others. */
const PROXIES = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy"];

/**
 * Keeps yt-dlp of this version (undefined: unknown) from using configs and plugins that it finds by itself, proxies of the environment,
 * which would bypass ours, and the bot's own variables. Older versions always look for plugins in their home, so they get the empty folder
 * `home` instead. What an operator sets with `--yt-dlp-arg` still counts. `proxy` goes into the environment: older versions would use
 * `--proxy` for HTTP only, and pages and redirects may lead to FTP.
 */
export function isolationFor(of: {
  readonly path: string;
  readonly version: string | undefined;
  readonly home: string;
  readonly proxy?: string | undefined;
}): Isolation {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^((https?|all|no)_proxy$|DWLD_BOT_|PYTHON)/i.test(name),
  );
  const proxies = of.proxy === undefined ? [] : PROXIES.map((name) => [name, of.proxy] as const);
  const all = [...kept, ...proxies];
  const env = Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const args = ["--ignore-config"];
  if (of.version !== undefined && of.version >= TAKES_NO_PLUGIN_DIRS)
    return { args: [...args, "--no-plugin-dirs"], env };
  const home = homeOfUser(env.HOME);
  // If it was installed in the home, it finds its own parts nowhere else.
  const packages: Record<string, string> =
    home !== undefined && of.path.startsWith(`${home}/`)
      ? { PYTHONUSERBASE: join(home, ".local") }
      : { PYTHONNOUSERSITE: "1" };
  const cache = env.XDG_CACHE_HOME ?? join(home ?? of.home, ".cache");
  const places = { HOME: of.home, XDG_CONFIG_HOME: of.home, XDG_CACHE_HOME: cache };
  return { args, env: { ...env, ...places, ...packages, YTDLP_NO_PLUGINS: "1" } };
}

/** `said`: `$HOME`. Undefined if nobody knows it: a container may run as a user that its system has never heard of. */
export function homeOfUser(said: string | undefined, ask: () => string = homedir): string | undefined {
  try {
    return said || ask();
  } catch {
    return undefined;
  }
}

/** Asks the program for its version; undefined if it does not say, or cannot be started. */
export async function versionOfYtDlp(path: string, home: string): Promise<string | undefined> {
  const { args, env } = isolationFor({ path, version: undefined, home });
  try {
    const child = Bun.spawn([path, ...args, "--version"], {
      cwd: home,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      timeout: ANSWERS_WITHIN_MS,
    });
    const text = await new Response(child.stdout).text();
    return /^\d{4}\.\d\d\.\d\d\S*/.exec(text)?.[0];
  } catch {
    return undefined;
  }
}
