import { breakagesOf, type Mutant } from "./mutant.ts";

const INCOMING = "test/unit/domain/incoming.test.ts";
const URLS = "test/unit/domain/url.test.ts";

/** What counts as a link, and which links are accepted. */
export const links: readonly Mutant[] = [
  ...breakagesOf(
    "src/domain/network.ts",
    ["test/unit/domain/network.test.ts", URLS],
    [
      ["a cloud's metadata address counts as a site", 'linkLocal: ["169.254.0.0/16", ', "linkLocal: ["],
      [
        "an address that embeds a private one counts as a site",
        "isSpecial(address) || isMapped(address)",
        "isSpecial(address)",
      ],
    ],
  ),
  ...breakagesOf(
    "src/domain/incoming.ts",
    [INCOMING],
    [
      ["a forum's closing tag becomes part of a link", '.replace(CLOSING_TAG, "")', ""],
      ["the title of a forum's link becomes part of it", '.replace(UNOPENED, "$1")', ""],
      ["a link is found inside an ed2k address", "/^ed2k:/i.test(match) ? [] : ", ""],
      ["a link ends at an invisible break", "|[\\u200B\\uFEFF](?=[\\w/?&=#%.-])", ""],
    ],
  ),
  ...breakagesOf(
    "src/domain/url.ts",
    [URLS],
    [
      ["a private name counts as a site", "...PRIVATE_SUFFIXES, ", ""],
      ["a name outside the DNS counts as a site", "...NO_SITES, ", ""],
      ["a name that spells a private address counts as a site", ", ...SPELT_ADDRESSES", ""],
      ["a home router counts as a site", "...ROUTERS, ", ""],
      ["an invisible break stays within a link", '.replace(UNSEEN_WITHIN, "")', ""],
      ["a link with its scheme pasted twice counts as a private address", '.replace(SCHEME_BEFORE, "")', ""],
      [
        "a link with a password is accepted",
        'if (url.username !== "" || url.password !== "") return refused("credentials");',
        "",
      ],
      ["tracking parameters make one link two", 'name.startsWith("utm_") || ', ""],
    ],
  ),
];
