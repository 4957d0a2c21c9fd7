import { describe, expect, test } from "bun:test";
import { isNoSite } from "../../../../src/domain/network.ts";
import { createGuard, ForbiddenAddress } from "../../../../src/downloader/local/guard.ts";

/** The guarded addresses of a name that resolves to these. */
function guardedAddresses(...found: string[]) {
  const guard = createGuard({ isForbidden: isNoSite, lookup: async () => found.map((address) => ({ address })) });
  return guard.addressesOf("films.example");
}

describe("createGuard()", () => {
  test("allows a public site, also through a network's NAT64", async () => {
    const found = ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "64:ff9b::102:304"];
    expect(await guardedAddresses(...found)).toEqual(found);
  });

  test.each([
    "10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::1",
    "64:ff9b::",
    "64:ff9b:1::808:808",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
  ])("refuses a name if one of its addresses is %s", async (address) => {
    await expect(guardedAddresses("93.184.216.34", address)).rejects.toBeInstanceOf(ForbiddenAddress);
  });
});
