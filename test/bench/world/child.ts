import { eachLine } from "../../support/output.ts";
import { SERVICE_ENV } from "./service-env.ts";

/** A part of the world, or a bare loop, as a separate process that obeys commands (`obey`). */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with the command's result; rejects if the process ends first. */
  ask<T>(command: { readonly do: string } & Readonly<Record<string, unknown>>): Promise<T>;
}

/** Starts a script with the same Bun that runs this, and with the service's environment; resolves once it takes commands. */
export async function startChild(script: string, args: readonly string[] = []): Promise<Child> {
  const env = { ...process.env, ...SERVICE_ENV };
  const child = Bun.spawn([process.execPath, script, ...args], {
    env,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ready = Promise.withResolvers<void>();
  let last = 0;
  void eachLine(child.stdout, (line) => {
    const { id, result } = JSON.parse(line);
    if (id === undefined) return ready.resolve();
    waiting.get(id)?.resolve(result);
    waiting.delete(id);
  }).then(() => {
    const error = new Error(`${script} has ended`);
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
  });
  await ready.promise;
  return {
    pid: child.pid,
    ask<T>(command: object) {
      const answer = Promise.withResolvers<unknown>();
      last += 1;
      waiting.set(last, answer);
      child.stdin.write(`${JSON.stringify({ id: last, ...command })}\n`);
      child.stdin.flush();
      return answer.promise as Promise<T>;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
