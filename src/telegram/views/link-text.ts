import { type FormattableString, link as linkTo } from "gramio";
import { foreign, plain } from "../../domain/text.ts";

const LONGEST_SHOWN = 300;

/** A link in a text: as it is or, when it is very long, short to read and whole to press. */
export function linkText(url: string): FormattableString | string {
  if (url.length <= LONGEST_SHOWN) return foreignUnlessPlain(url);
  return linkedTo(url, foreignUnlessPlain(plain(url, LONGEST_SHOWN)));
}

/** What Telegram lets the host of a link be of (td, `HttpUrl.cpp`), with a dot in it. */
const HOST = /^(?=.*\.)[\w.!$&'()*+,;=~-]+$/;

/** Whether Telegram lets a text lead to the address, and makes a preview of it: http or https, such a host, any port but 0. */
export function isLinkable(url: string): boolean {
  const { protocol = "", hostname = "", port = "" } = URL.parse(url) ?? {};
  return /^https?:$/.test(protocol) && HOST.test(hostname) && port !== "0";
}

/** A text to press that opens the address, where Telegram allows that. */
export function linkedTo(url: string, text: string): FormattableString | string {
  return isLinkable(url) ? linkTo(text, url) : text;
}

/** A parsed link is ASCII, which needs no isolation; anything else a person wrote does. */
function foreignUnlessPlain(text: string): string {
  return /^[\x21-\x7e…]*$/.test(text) ? text : foreign(text);
}
