import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { JoinAttempt, JoinOutcome } from "../domain/joining.ts";
import type { Log } from "../domain/log.ts";
import { answering } from "./answer.ts";
import { parsePeer } from "./caller.ts";
import { fromJoinRequest, toJoinReply } from "./join-wire.ts";
import type { NetworkRules } from "./networks.ts";

/** `dwld_bot.v1.Join`: machines that present a code become servers (reliability.md §2.6). Errors of `join` become INTERNAL. */
export function createJoinService({
  join,
  networks,
  log,
}: {
  readonly join: (attempt: JoinAttempt) => JoinOutcome;
  readonly networks: Pick<NetworkRules, "refuseCaller">;
  readonly log: Log;
}): UntypedServiceImplementation {
  return {
    Join: answering((call) => {
      const caller = parsePeer(call.getPeer());
      const refuse = (code: number, details: string) => {
        log.warn("Did not let a machine join", { caller, problem: details });
        return { ok: false, code, details } as const;
      };
      const notFromThere = networks.refuseCaller(caller);
      if (notFromThere !== undefined) return refuse(status.PERMISSION_DENIED, notFromThere);
      const attempt = fromJoinRequest(call.request);
      if (attempt === undefined) return refuse(status.INVALID_ARGUMENT, "The request to join cannot be understood");
      const outcome = join(attempt);
      if (outcome.ok) log.info(`"${outcome.name}" has joined`, { caller });
      else log.warn("Did not let a machine join", { caller, problem: `its code is ${outcome.why}` });
      return { ok: true, reply: toJoinReply(outcome.ok ? undefined : outcome.why) };
    }, log),
  };
}
