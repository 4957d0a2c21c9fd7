import { createInterface } from "node:readline";

/** Commands by name (`do`), with what each returns. */
export type Commands = Readonly<Record<string, (given: never) => unknown>>;

/** Obeys the commands that come on stdin, one JSON value per line, and answers each on stdout; ends when stdin does. */
export async function obey(commands: Commands): Promise<void> {
  print({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, do: name, ...given } = JSON.parse(line);
    const command = commands[name] as ((given: unknown) => unknown) | undefined;
    if (command === undefined) throw new Error(`There is no command "${name}"`);
    // A command that waits holds up no other.
    void Promise.resolve(command(given)).then((result) => print({ id, result: result ?? null }));
  }
  process.exit(0);
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
