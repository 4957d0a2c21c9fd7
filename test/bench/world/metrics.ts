import type { Life } from "../../support/binary/life.ts";

/** One figure of `GET /metrics`; those of the loop's lag count from the previous scrape. */
export async function metric(life: Life, name: string): Promise<number> {
  const { port } = (await life.logs("Serving links, health and metrics")).fields;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}
