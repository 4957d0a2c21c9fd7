const ENCODED = /(?:%[\da-f]{2})+/gi;

/**
 * The path of a URL in a form for comparing: decoded, lowercase, without a final slash. An encoded slash stays encoded, because it is no
 * boundary. Sequences of encodings are decoded separately: one that is not UTF-8, or a bare `%`, does not prevent others from being
 * decoded.
 */
export function comparablePath(pathname: string): string {
  const decoded = pathname.includes("%") ? pathname.replace(ENCODED, decodedRun) : pathname;
  return decoded.toLowerCase().replace(/\/+$/, "");
}

function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run).replaceAll("/", "%2F");
  } catch {
    return run;
  }
}
