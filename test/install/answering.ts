/** The questions to expect, in order, each by a part of its text, with the answer to type. */
export type Answers = readonly (readonly [question: string, answer: string])[];

/** Answers a program at a terminal: types each answer once its question is shown. Resolves with all that was shown. */
export async function answering(
  { stdin, stdout }: { readonly stdin: unknown; readonly stdout: ReadableStream<Uint8Array> },
  answers: Answers,
): Promise<string> {
  const decoder = new TextDecoder();
  const keyboard = stdin as Bun.FileSink;
  const left = [...answers];
  let shown = "";
  let from = 0;
  for await (const chunk of stdout) {
    shown += decoder.decode(chunk, { stream: true });
    for (let [next] = left; next !== undefined && shown.includes(next[0], from); [next] = left) {
      from = shown.indexOf(next[0], from) + next[0].length;
      left.shift();
      keyboard.write(`${next[1]}\n`);
      await keyboard.flush();
    }
  }
  if (left.length > 0) shown += `\nNever asked: ${left.map(([question]) => question).join(" ")}`;
  return shown.replaceAll("\r", "");
}
