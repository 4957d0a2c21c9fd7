import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloaderTexts } from "../../../src/downloader/locales/locales.ts";
import { sensorLines } from "../../../src/downloader/sensors.ts";

test("sensorLines() show free space, load and the temperatures that exist", () => {
  const hwmon = mkdtempSync(join(tmpdir(), "dwld-hwmon-"));
  try {
    for (const chip of ["hwmon0", "hwmon1"]) mkdirSync(join(hwmon, chip));
    for (const [file, text] of [
      ["hwmon0/name", "coretemp\n"],
      ["hwmon0/temp1_input", "45678\n"],
      ["hwmon0/temp1_label", "Package\n"],
      ["hwmon1/name", "nvme\n"],
      ["hwmon1/temp1_input", "-2000\n"],
      ["hwmon1/temp2_input", "broken\n"],
    ] as const) {
      writeFileSync(join(hwmon, file), text);
    }
    const space = { free: 12_340_000_000, total: 100e9 };
    const [free, load, ...others] = sensorLines(space, downloaderTexts.en.sensors, hwmon).split("\n");
    expect(free).toBe("Free space: 12.3 GB of 100.0 GB");
    expect(load).toMatch(/^Load: \d+\.\d\d \d+\.\d\d \d+\.\d\d \(\d+ cores\)$/);
    expect(others).toEqual(["Package: 46 °C", "nvme: -2 °C"]);
    expect(sensorLines(space, downloaderTexts.ru.sensors, join(hwmon, "none")).split("\n")).toHaveLength(2);
  } finally {
    rmSync(hwmon, { recursive: true });
  }
});
