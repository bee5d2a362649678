// Original file: proto/billet/v1/agent_service.proto

import type { Hello as _billet_v1_Hello, Hello__Output as _billet_v1_Hello__Output } from '../../billet/v1/Hello.ts';
import type { MachineReport as _billet_v1_MachineReport, MachineReport__Output as _billet_v1_MachineReport__Output } from '../../billet/v1/MachineReport.ts';
import type { SampleSchema as _billet_v1_SampleSchema, SampleSchema__Output as _billet_v1_SampleSchema__Output } from '../../billet/v1/SampleSchema.ts';
import type { Sample as _billet_v1_Sample, Sample__Output as _billet_v1_Sample__Output } from '../../billet/v1/Sample.ts';
import type { Inventory as _billet_v1_Inventory, Inventory__Output as _billet_v1_Inventory__Output } from '../../billet/v1/Inventory.ts';
import type { CommandReport as _billet_v1_CommandReport, CommandReport__Output as _billet_v1_CommandReport__Output } from '../../billet/v1/CommandReport.ts';
import type { CommandChunk as _billet_v1_CommandChunk, CommandChunk__Output as _billet_v1_CommandChunk__Output } from '../../billet/v1/CommandChunk.ts';
import type { LogChunk as _billet_v1_LogChunk, LogChunk__Output as _billet_v1_LogChunk__Output } from '../../billet/v1/LogChunk.ts';
import type { SampleChanges as _billet_v1_SampleChanges, SampleChanges__Output as _billet_v1_SampleChanges__Output } from '../../billet/v1/SampleChanges.ts';
import type { KernelEvents as _billet_v1_KernelEvents, KernelEvents__Output as _billet_v1_KernelEvents__Output } from '../../billet/v1/KernelEvents.ts';
import type { Long } from '@grpc/proto-loader';

export interface SessionRequest {
  'hello'?: (_billet_v1_Hello | null);
  'report'?: (_billet_v1_MachineReport | null);
  'schema'?: (_billet_v1_SampleSchema | null);
  'sample'?: (_billet_v1_Sample | null);
  'inventory'?: (_billet_v1_Inventory | null);
  'command'?: (_billet_v1_CommandReport | null);
  'command_chunk'?: (_billet_v1_CommandChunk | null);
  'log_chunk'?: (_billet_v1_LogChunk | null);
  'heartbeat'?: (number | string | Long);
  'changes'?: (_billet_v1_SampleChanges | null);
  'kernel_events'?: (_billet_v1_KernelEvents | null);
  'message'?: "hello"|"report"|"schema"|"sample"|"inventory"|"command"|"command_chunk"|"log_chunk"|"heartbeat"|"changes"|"kernel_events";
}

export interface SessionRequest__Output {
  'hello'?: (_billet_v1_Hello__Output | null);
  'report'?: (_billet_v1_MachineReport__Output | null);
  'schema'?: (_billet_v1_SampleSchema__Output | null);
  'sample'?: (_billet_v1_Sample__Output | null);
  'inventory'?: (_billet_v1_Inventory__Output | null);
  'command'?: (_billet_v1_CommandReport__Output | null);
  'command_chunk'?: (_billet_v1_CommandChunk__Output | null);
  'log_chunk'?: (_billet_v1_LogChunk__Output | null);
  'heartbeat'?: (number);
  'changes'?: (_billet_v1_SampleChanges__Output | null);
  'kernel_events'?: (_billet_v1_KernelEvents__Output | null);
  'message'?: "hello"|"report"|"schema"|"sample"|"inventory"|"command"|"command_chunk"|"log_chunk"|"heartbeat"|"changes"|"kernel_events";
}
