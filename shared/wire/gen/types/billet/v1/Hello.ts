// Original file: proto/billet/v1/agent.proto

import type { Inventory as _billet_v1_Inventory, Inventory__Output as _billet_v1_Inventory__Output } from '../../billet/v1/Inventory.ts';
import type { MachineReport as _billet_v1_MachineReport, MachineReport__Output as _billet_v1_MachineReport__Output } from '../../billet/v1/MachineReport.ts';

export interface Hello {
  'protocol'?: (number);
  'agent_version'?: (string);
  'boot_id'?: (string);
  'inventory'?: (_billet_v1_Inventory | null);
  'report'?: (_billet_v1_MachineReport | null);
  'peer_address'?: (string);
}

export interface Hello__Output {
  'protocol': (number);
  'agent_version': (string);
  'boot_id': (string);
  'inventory': (_billet_v1_Inventory__Output | null);
  'report': (_billet_v1_MachineReport__Output | null);
  'peer_address': (string);
}
