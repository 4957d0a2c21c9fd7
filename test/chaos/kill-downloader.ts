import { parseArgs } from "node:util";
import { PROGRAMS, playBackEnd } from "./back-end.ts";
import { FILE_PROGRAMS, playFiles, VICTIMS } from "./back-end-files.ts";
import { playDownloader } from "./downloader.ts";

/*
 * Kills the built-in downloader at random moments, seed after seed. Run: npm run chaos:downloader -- --seeds 1-20
 * In front of a program that downloads, with both killed: npm run chaos:downloader -- --seeds 1-10 --backend qbittorrent
 * The compiled bot, with the real yt-dlp: npm run chaos:downloader -- --seeds 1 --kills 200 --program dist/dwld-bot --yt-dlp yt-dlp
 * One of the two (bridge, program) killed, with an aria2 that fetches files: npm run chaos:downloader -- --backend aria2 --files program
 * The same with the fake of MeTube or YTPTube: npm run chaos:downloader -- --backend metube --files bridge --seeds 1 --kills 100
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-20" },
    kills: { type: "string", default: "10" },
    program: { type: "string" },
    backend: { type: "string" },
    files: { type: "string" },
    "yt-dlp": { type: "string" },
  },
});
const [, first, last = first] = /^([1-9]\d*)(?:-(\d+))?$/.exec(values.seeds) ?? [];
if (first === undefined) {
  say("--seeds takes one number from 1, or two with a dash: 1-200");
  process.exit(64);
}

const { backend, program, "yt-dlp": ytDlp } = values;
const victim = VICTIMS.find((one) => one === values.files);
if (values.files !== undefined && victim === undefined) {
  say(`--files takes ${VICTIMS.join(" or ")}`);
  process.exit(64);
}
const kinds = Object.keys(victim === undefined ? PROGRAMS : FILE_PROGRAMS);
if ((backend !== undefined || victim !== undefined) && !kinds.includes(backend ?? "")) {
  say(`--backend takes ${kinds.join(", ")}`);
  process.exit(64);
}
const play = (seed: number) =>
  victim !== undefined
    ? playFiles(backend as keyof typeof FILE_PROGRAMS, { seed, kills: Number(values.kills), victim, program })
    : backend === undefined
      ? playDownloader(seed, Number(values.kills), { program, ytDlp })
      : playBackEnd(backend, seed, Number(values.kills));

let failed = 0;
for (let seed = Number(first); seed <= Number(last); seed += 1) {
  const { broken, kills, links, output, copies = 0 } = await play(seed);
  const left = copies > 0 ? `, ${copies} extra files` : "";
  say(`seed ${seed}: ${broken.length === 0 ? "holds" : "BROKEN"} (${links} links, ${kills} kills${left})`);
  for (const what of broken) say(`  ${what}`);
  if (broken.length === 0) continue;
  say(output);
  failed += 1;
}
say(`${Number(last) - Number(first) + 1 - failed} seeds hold, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
