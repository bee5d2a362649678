// Original file: proto/billet/v1/inventory.proto

import type { HardwareIdentity as _billet_v1_HardwareIdentity, HardwareIdentity__Output as _billet_v1_HardwareIdentity__Output } from '../../billet/v1/HardwareIdentity.ts';
import type { Processor as _billet_v1_Processor, Processor__Output as _billet_v1_Processor__Output } from '../../billet/v1/Processor.ts';
import type { MemoryModule as _billet_v1_MemoryModule, MemoryModule__Output as _billet_v1_MemoryModule__Output } from '../../billet/v1/MemoryModule.ts';
import type { Disk as _billet_v1_Disk, Disk__Output as _billet_v1_Disk__Output } from '../../billet/v1/Disk.ts';
import type { NetworkInterface as _billet_v1_NetworkInterface, NetworkInterface__Output as _billet_v1_NetworkInterface__Output } from '../../billet/v1/NetworkInterface.ts';
import type { Gpu as _billet_v1_Gpu, Gpu__Output as _billet_v1_Gpu__Output } from '../../billet/v1/Gpu.ts';
import type { Long } from '@grpc/proto-loader';

export interface Inventory {
  'manufacturer'?: (string);
  'product'?: (string);
  'hardware'?: (_billet_v1_HardwareIdentity | null);
  'processor'?: (_billet_v1_Processor | null);
  'memory_bytes'?: (number | string | Long);
  'memory_modules'?: (_billet_v1_MemoryModule)[];
  'disks'?: (_billet_v1_Disk)[];
  'network_interfaces'?: (_billet_v1_NetworkInterface)[];
  'gpus'?: (_billet_v1_Gpu)[];
  'bios'?: (string);
  'distribution'?: (string);
  'kernel'?: (string);
  'hostname'?: (string);
  'architecture'?: (string);
  'digest'?: (string);
}

export interface Inventory__Output {
  'manufacturer': (string);
  'product': (string);
  'hardware': (_billet_v1_HardwareIdentity__Output | null);
  'processor': (_billet_v1_Processor__Output | null);
  'memory_bytes': (number);
  'memory_modules': (_billet_v1_MemoryModule__Output)[];
  'disks': (_billet_v1_Disk__Output)[];
  'network_interfaces': (_billet_v1_NetworkInterface__Output)[];
  'gpus': (_billet_v1_Gpu__Output)[];
  'bios': (string);
  'distribution': (string);
  'kernel': (string);
  'hostname': (string);
  'architecture': (string);
  'digest': (string);
}
