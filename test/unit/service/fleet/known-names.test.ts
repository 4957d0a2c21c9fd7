import { expect, test } from "bun:test";
import { createKnownNames } from "../../../../src/service/fleet/known-names.ts";

test("a name is found exactly, else by another spelling, else by a lookalike, the earliest known first", () => {
  const names = createKnownNames();
  for (const name of ["nas", "NAS", "nаs"]) names.add(name);
  expect(names.find("NAS")).toEqual({ name: "NAS", is: "same" });
  expect(names.find("ｎas")).toEqual({ name: "nas", is: "spelling" });
  expect(names.find("nа5")).toBeUndefined();
  names.remove("nas");
  expect(names.find("nas")).toEqual({ name: "NAS", is: "spelling" });
  names.remove("NAS");
  expect(names.find("nas")).toEqual({ name: "nаs", is: "lookalike" });
  names.remove("nаs");
  expect(names.find("nas")).toBeUndefined();
});
