// Original file: proto/billet/v1/power.proto

import type { PowerState as _billet_v1_PowerState, PowerState__Output as _billet_v1_PowerState__Output } from '../../billet/v1/PowerState.ts';
import type { NextBoot as _billet_v1_NextBoot, NextBoot__Output as _billet_v1_NextBoot__Output } from '../../billet/v1/NextBoot.ts';
import type { Long } from '@grpc/proto-loader';

export interface PowerStatus {
  'machine'?: (string);
  'state'?: (_billet_v1_PowerState);
  'next_boot'?: (_billet_v1_NextBoot);
  'vendor'?: (string);
  'manufacturer'?: (string);
  'model'?: (string);
  'serial'?: (string);
  'uuid'?: (string);
  'bios_version'?: (string);
  'health'?: (string);
  'processors'?: (number);
  'memory_bytes'?: (number | string | Long);
  'reset_types'?: (string)[];
  'system'?: (string);
}

export interface PowerStatus__Output {
  'machine': (string);
  'state': (_billet_v1_PowerState__Output);
  'next_boot': (_billet_v1_NextBoot__Output);
  'vendor': (string);
  'manufacturer': (string);
  'model': (string);
  'serial': (string);
  'uuid': (string);
  'bios_version': (string);
  'health': (string);
  'processors': (number);
  'memory_bytes': (number);
  'reset_types': (string)[];
  'system': (string);
}
