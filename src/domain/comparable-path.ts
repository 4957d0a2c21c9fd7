const ENCODED = /(?:%[\da-f]{2})+/gi;

/**
 * A URL's path as it is compared with others: decoded, lowercase, without a final slash. An encoded slash stays encoded, since it is
 * no boundary. Encodings that stand together count by themselves: such as are no UTF-8, or a bare `%`, keep none elsewhere from being
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
