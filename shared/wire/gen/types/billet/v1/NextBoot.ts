// Original file: proto/billet/v1/power.proto

export const NextBoot = {
  NEXT_BOOT_UNSPECIFIED: 0,
  NEXT_BOOT_NETWORK: 1,
  NEXT_BOOT_NETWORK_ALWAYS: 2,
  NEXT_BOOT_NONE: 3,
} as const;

export type NextBoot =
  | 'NEXT_BOOT_UNSPECIFIED'
  | 0
  | 'NEXT_BOOT_NETWORK'
  | 1
  | 'NEXT_BOOT_NETWORK_ALWAYS'
  | 2
  | 'NEXT_BOOT_NONE'
  | 3

export type NextBoot__Output = typeof NextBoot[keyof typeof NextBoot]
