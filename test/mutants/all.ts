import { backEnds } from "./back-ends.ts";
import { downloader } from "./downloader.ts";
import { edges } from "./edges.ts";
import { following } from "./following.ts";
import { handingOver } from "./handing-over.ts";
import { inWork } from "./in-work.ts";
import { keeping } from "./keeping.ts";
import { links } from "./links.ts";
import { operator } from "./operator.ts";
import { people } from "./people.ts";
import { queue } from "./queue.ts";
import { telegram } from "./telegram.ts";

export const mutants = [
  ...handingOver,
  ...queue,
  ...following,
  ...keeping,
  ...telegram,
  ...people,
  ...edges,
  ...links,
  ...inWork,
  ...downloader,
  ...operator,
  ...backEnds,
];
