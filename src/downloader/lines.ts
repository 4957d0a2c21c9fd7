/** Longer ones are cut: nobody needs to keep what a broken program writes. */
const LONGEST = 64 * 1024;

/** Tells `take` each whole line of a stream; resolves when it has ended. */
export async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST);
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
}
