/** Runs a command to its end; throws with its output unless it exits with 0. */
export async function succeed(command: readonly string[], { cwd = "/", env = process.env } = {}): Promise<void> {
  const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [said, complained, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${said}${complained}`);
}
