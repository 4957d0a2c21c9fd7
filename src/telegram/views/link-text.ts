import { type FormattableString, link as linkTo } from "gramio";
import { foreign, plain } from "../../domain/text.ts";

const LONGEST_SHOWN = 300;

/** A link in a text: as it is or, if it is very long, shortened but leading to the whole address. */
export function linkText(url: string): FormattableString | string {
  if (url.length <= LONGEST_SHOWN) return foreignUnlessPlain(url);
  return linkedTo(url, foreignUnlessPlain(plain(url, LONGEST_SHOWN)));
}

/** The hosts that Telegram allows in a link (td, `HttpUrl.cpp`), with a dot in them. */
const HOST = /^(?=.*\.)[\w.!$&'()*+,;=~-]+$/;

/** Whether Telegram lets a text lead to the address, and makes a preview of it: http or https, such a host, any port but 0. */
export function isLinkable(url: string): boolean {
  const { protocol = "", hostname = "", port = "" } = URL.parse(url) ?? {};
  return /^https?:$/.test(protocol) && HOST.test(hostname) && port !== "0";
}

/** A text that opens the address, if Telegram allows that. */
export function linkedTo(url: string, text: string): FormattableString | string {
  return isLinkable(url) ? linkTo(text, url) : text;
}

/** A parsed link is ASCII, which needs no isolation; anything else that a person wrote does. */
function foreignUnlessPlain(text: string): string {
  return /^[\x21-\x7e…]*$/.test(text) ? text : foreign(text);
}
