import type { Delivery } from "./delivery.ts";

/**
 * What was learned about a delivery; told once each, after it is stored.
 * - `done`: it is ready.
 * - `trouble`: its downloader says that something is wrong; it may still be done later.
 * - `lost`: its downloader does not have it any more and was not seen to finish it.
 */
export interface DeliveryEvent {
  readonly kind: "done" | "trouble" | "lost";
  /** As it is after the event. */
  readonly delivery: Delivery;
}
