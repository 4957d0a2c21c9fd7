/** Longer ones are cut: nobody needs to keep what a broken program writes. */
const LONGEST = 64 * 1024;

/** Calls `take` with each complete line of a stream; resolves when that has ended, or no more is wanted. */
export async function eachLine(
  stream: ReadableStream<Uint8Array>,
  { take, enough }: { readonly take: (line: string) => void; readonly enough: AbortSignal },
): Promise<void> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel();
  enough.addEventListener("abort", cancel);
  const decoder = new TextDecoder();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST);
    for (const line of lines) take(line);
  }
  enough.removeEventListener("abort", cancel);
  if (rest !== "") take(rest);
}
