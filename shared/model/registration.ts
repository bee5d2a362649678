/** How much there may be of what is registered. */
export const REGISTRATION_BOUNDS = {
  /** In one request, which is carried out as a whole or not at all. */
  atOnce: 512,
  /** In all, those of machines that came included. */
  most: 25_000,
  macAddresses: 16,
  labels: 64,
} as const
