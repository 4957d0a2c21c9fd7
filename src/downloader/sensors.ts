import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import type { DownloaderTexts } from "./locales/locales.ts";

const GIGABYTE = 1e9;

/** What the machine can say about itself, a line each, for the bot's admins: space, load, and temperatures if it has them. */
export function sensorLines(
  { free, total }: { readonly free: number; readonly total: number },
  texts: DownloaderTexts["sensors"],
  hwmon = "/sys/class/hwmon",
): string {
  const gigabytes = (bytes: number) => texts.gigabytes((bytes / GIGABYTE).toFixed(1));
  const load = loadavg()
    .map((one) => one.toFixed(2))
    .join(" ");
  const lines = [
    texts.space(gigabytes(free), gigabytes(total)),
    texts.load(load, availableParallelism()),
    ...temperatures(hwmon),
  ];
  return lines.join("\n");
}

/** Linux: /sys/class/hwmon/hwmon…/temp…_input, in thousandths of a degree. Empty if there is none. */
function temperatures(hwmon: string): string[] {
  return namesIn(hwmon).flatMap((chip) => {
    const inputs = namesIn(join(hwmon, chip)).filter((name) => /^temp\d+_input$/.test(name));
    return inputs.flatMap((input) => {
      const path = join(hwmon, chip, input);
      const thousandths = Number(textOf(path) ?? Number.NaN);
      if (Number.isNaN(thousandths)) return [];
      const name = textOf(path.replace(/_input$/, "_label")) ?? textOf(join(hwmon, chip, "name")) ?? chip;
      return `${name}: ${Math.round(thousandths / 1000)} °C`;
    });
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
