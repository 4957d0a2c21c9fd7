import type { Downloader, Registration } from "../../domain/downloader.ts";

/** Why a registration is refused: its name looks `like` another one, or no more than `most` may register. */
export type RefusedBecause = { readonly like: string } | { readonly most: number };

/** What the registry tells its listeners. */
export interface RegistryEvents {
  /** After every registration, with what had the name before; if it takes the same, its roots are the same object. */
  onRegistered(downloader: Downloader, previous: Downloader | undefined): void;
  /** After a new one was refused, even if only the table, read later, showed why. */
  onRefused?(registration: Registration, because: RefusedBecause): void;
  /** After a change of who takes links: a downloader is paused, resumed, or removed. */
  onChanged?(): void;
  /** After the first answer of a downloader that could not be reached; `endsBackOff`: it could not be connected to. */
  onBack?(name: string, how: { endsBackOff: boolean }): void;
}
