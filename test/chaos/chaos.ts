import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judge } from "./judge.ts";
import { play } from "./play.ts";

/*
 * Plays seeds, one after another, and judges each. Run: npm run chaos -- --seeds 1-200
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values } = parseArgs({ options: { seeds: { type: "string", default: "1-20" } } });
const [, first, last = first] = /^([1-9]\d*)(?:-(\d+))?$/.exec(values.seeds) ?? [];
if (first === undefined) {
  say("--seeds takes one number from 1, or two with a dash: 1-200");
  process.exit(64);
}

const sums = { seeds: 0, failed: 0, links: 0, doubled: 0, orphans: 0 };
for (let seed = Number(first); seed <= Number(last); seed += 1) {
  const broken = await judged(seed).catch((error) => [String(error)]);
  for (const what of broken) say(`  ${what}`);
  sums.seeds += 1;
  if (broken.length > 0) sums.failed += 1;
}
say(`${sums.links} links, ${sums.doubled} doubled and told to be dropped, ${sums.orphans} prompts without an owner.`);
say(`${sums.seeds - sums.failed} seeds hold, ${sums.failed} failed`);
process.exit(sums.failed === 0 ? 0 : 1);

async function judged(seed: number): Promise<readonly string[]> {
  const again = `again: npm run chaos -- --seeds ${seed}`;
  const history = await play(seed).catch((error) => {
    say(`seed ${seed}: BROKEN; ${again}`);
    throw error;
  });
  const { broken, links, doubledAndKnown, orphans } = judge(history);
  sums.links += links;
  sums.doubled += doubledAndKnown;
  sums.orphans += orphans;
  const late = `the rig was ${Math.round(history.lateMs)} ms late at worst`;
  const seen = `${links} links, ${history.lives.length} lives, ${doubledAndKnown} doubled and told to be dropped, ${late}`;
  if (broken.length === 0) say(`seed ${seed}: holds (${seen}); ${again}`);
  else {
    const file = join(tmpdir(), `dwld-bot-chaos-${seed}.log`);
    writeFileSync(
      file,
      history.lives.map(({ output, by, code }) => `${output}── ${by ?? "itself"}: ${code}\n`).join(""),
    );
    say(`seed ${seed}: BROKEN (${seen}); ${again}; what the bot said: ${file}`);
  }
  return broken;
}
