import { breakagesOf, type Mutant } from "./mutant.ts";

const INCOMING = "test/unit/domain/incoming.test.ts";
const URLS = "test/unit/domain/url.test.ts";

/** What is a link, and which of them are taken. */
export const links: readonly Mutant[] = [
  ...breakagesOf(
    "src/domain/network.ts",
    ["test/unit/domain/network.test.ts", URLS],
    [
      ["a cloud's metadata is a site", 'linkLocal: ["169.254.0.0/16", ', "linkLocal: ["],
      [
        "an address that carries another one is a site",
        "isSpecial(address) || isMapped(address)",
        "isSpecial(address)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/domain/incoming.ts",
    [INCOMING],
    [
      ["a forum's mark is a part of a link", '.replace(CLOSING_TAG, "")', ""],
      ["what a forum's link is called is a part of it", '.replace(UNOPENED, "$1")', ""],
      ["what stands in an ed2k address is a link", "/^ed2k:/i.test(match) ? [] : ", ""],
      ["a link ends where its page may break it", "|[\\u200B\\uFEFF](?=[\\w/?&=#%.-])", ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/url.ts",
    [URLS],
    [
      ["a private name is a site", "...PRIVATE_SUFFIXES, ", ""],
      ["a name outside the DNS is a site", "...NO_SITES, ", ""],
      ["a name that spells a private address is a site", ", ...SPELT_ADDRESSES", ""],
      ["a router at home is a site", "...ROUTERS, ", ""],
      ["a link is cut where its page may break it", '.replace(UNSEEN_WITHIN, "")', ""],
      ["a scheme pasted twice is a private address", '.replace(SCHEME_BEFORE, "")', ""],
      ["passwords are handed on", 'if (url.username !== "" || url.password !== "") return refused("credentials");', ""],
      ["a link that was shared twice is two links", 'name.startsWith("utm_") || ', ""],
    ],
  ),
];
