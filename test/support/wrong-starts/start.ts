import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADMIN, type BinaryRig, TOKEN } from "../binary.ts";

/** The ingredients of a failing start; without any of them the bot would become ready. */
export interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it with a file size limit of zero, as on a full disk. */
  readonly isDiskFull?: boolean;
}

/** A failing start: its cause, its exit code, and texts that say what to do, in both languages. */
export interface WrongStart {
  readonly name: string;
  readonly prepare: (rig: BinaryRig) => Start | undefined | Promise<Start | undefined>;
  readonly code: 64 | 75 | 78;
  readonly en: RegExp;
  readonly ru: RegExp;
  /** It only fails for users who may not do everything. */
  readonly forOrdinaryUsers?: boolean;
}

/** Writes a different config; what is not given is valid. */
export function config(rig: BinaryRig, changes: Readonly<Record<string, object | string>>): undefined {
  const telegram = { token: TOKEN, admins: [ADMIN], api_roots: [rig.api.root] };
  const anyPort = { listen: "127.0.0.1:0" };
  const whole = { telegram, grpc: anyPort, http: anyPort, ...changes };
  writeFileSync(join(rig.folder, "config.yaml"), JSON.stringify(whole), { mode: 0o600 });
}

/** The same with a different `telegram` section. */
export const telegram = (rig: BinaryRig, changes: Readonly<Record<string, unknown>>) =>
  config(rig, { telegram: { admins: [ADMIN], api_roots: [rig.api.root], ...changes } });

/** A file in the rig's folder, whatever the umask. */
export function file(rig: BinaryRig, name: string, text: string, mode = 0o600): string {
  const path = join(rig.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** The same for a folder. */
export function folder(rig: BinaryRig, name: string, mode = 0o700): string {
  const path = join(rig.folder, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

/** A running bot, and its addresses. */
export async function another(rig: BinaryRig): Promise<{ grpc: string; http: string }> {
  const life = await rig.start();
  const { fields } = await life.logs("Serving links, health and metrics");
  return { grpc: await life.address(), http: `127.0.0.1:${fields.port}` };
}
