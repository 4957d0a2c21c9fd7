/** The bot's resource usage at one moment of a soak. */
export interface Sample {
  readonly seconds: number;
  readonly sent: number;
  readonly accepted: number;
  readonly queued: number;
  readonly rssMiB: number;
  /** The part that JavaScript uses. */
  readonly heapMiB: number;
  readonly descriptors: number;
  readonly walKiB: number;
  /** Lag of the event loop since the previous sample. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
}

export interface Soak {
  /** The output of `--version`. */
  readonly version: string;
  /** As 2026-11-29. */
  readonly day: string;
  readonly seed: number;
  readonly seconds: number;
  readonly samples: readonly Sample[];
}

const PLOTS = [
  { title: "Resident memory, MiB", of: ({ rssMiB }: Sample) => rssMiB },
  { title: "JavaScript heap, which is part of it, MiB", of: ({ heapMiB }: Sample) => heapMiB },
  { title: "Open descriptors", of: ({ descriptors }: Sample) => descriptors },
  { title: "The write-ahead log, KiB", of: ({ walKiB }: Sample) => walKiB },
  { title: "Lag of the event loop, 99th percentile, ms", of: ({ lagP99Ms }: Sample) => lagP99Ms },
  { title: "Links in the queue", of: ({ queued }: Sample) => queued },
] as const;

/** A page of Markdown with a plot (Mermaid) of each figure, from the first minute to the last. */
export function soakPage({ version, day, seed, seconds, samples }: Soak): string {
  const last = samples.at(-1);
  const minutes = Math.round(seconds / 60);
  return `# In the long run

Made by \`npm run soak -- --minutes ${minutes} --page docs/soak.md\` on ${day} with ${version}, seed ${seed}: one run of the bot takes a
link a second for ${minutes} minutes, with a fault every five seconds (a locked database, silent, slow and moving downloaders, failures of
Telegram), on two cores that had other work as well. ${last?.sent} links were sent, ${last?.accepted} accepted, and ${last?.queued} waited
at the end. What matters is that no line keeps rising; its height depends on the machine.

${PLOTS.map((plot) => chart(plot, samples)).join("\n\n")}
`;
}

function chart({ title, of }: (typeof PLOTS)[number], samples: readonly Sample[]): string {
  const values = samples.map(of);
  const from = Math.round((samples[0]?.seconds ?? 0) / 60);
  const to = Math.round((samples.at(-1)?.seconds ?? 0) / 60);
  return `\`\`\`mermaid
xychart-beta
  title "${title}"
  x-axis "minutes" ${from} --> ${to}
  y-axis 0 --> ${Math.ceil(Math.max(...values, 1) * 1.1)}
  line [${values.join(", ")}]
\`\`\``;
}
