import { percentDecoded } from "./percent.ts";

const ENCODED = /(?:%[\da-f]{2})+/gi;

/**
 * The path of a URL in a form for comparing: decoded, lowercase, without a final slash. An encoded slash stays encoded, because it is no
 * boundary. Sequences of encodings are decoded separately: one that is not UTF-8, or a bare `%`, does not prevent others from being
 * decoded.
 */
export function comparablePath(pathname: string): string {
  const decoded = pathname.includes("%")
    ? pathname.replace(ENCODED, (run) => percentDecoded(run)?.replaceAll("/", "%2F") ?? run)
    : pathname;
  return decoded.toLowerCase().replace(/\/+$/, "");
}
