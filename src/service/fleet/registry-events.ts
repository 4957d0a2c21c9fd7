import type { Downloader, Registration } from "../../domain/downloader.ts";

/** Why a registration is refused: its name looks `like` that of another one, or there is no room for more than `most`. */
export type RefusedBecause = { readonly like: string } | { readonly most: number };

/** What the registry tells whoever acts on it. */
export interface RegistryEvents {
  /** After every registration, with what the name stood for before; where it takes the same, its roots are the same object. */
  onRegistered(downloader: Downloader, previous: Downloader | undefined): void;
  /** After a new one was refused, also when only the table, read later, showed why. */
  onRefused?(registration: Registration, because: RefusedBecause): void;
  /** After a change of who takes links: a downloader is paused, goes on, or is removed. */
  onChanged?(): void;
  /** After the first answer of a downloader that could not be reached; `endsBackOff` when it could not be connected to. */
  onBack?(name: string, how: { endsBackOff: boolean }): void;
}
