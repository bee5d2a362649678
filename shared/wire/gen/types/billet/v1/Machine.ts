// Original file: proto/billet/v1/machine.proto

import type { MachineState as _billet_v1_MachineState, MachineState__Output as _billet_v1_MachineState__Output } from '../../billet/v1/MachineState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Connection as _billet_v1_Connection, Connection__Output as _billet_v1_Connection__Output } from '../../billet/v1/Connection.ts';
import type { Cordon as _billet_v1_Cordon, Cordon__Output as _billet_v1_Cordon__Output } from '../../billet/v1/Cordon.ts';
import type { Condition as _billet_v1_Condition, Condition__Output as _billet_v1_Condition__Output } from '../../billet/v1/Condition.ts';
import type { Inventory as _billet_v1_Inventory, Inventory__Output as _billet_v1_Inventory__Output } from '../../billet/v1/Inventory.ts';
import type { HandBackReport as _billet_v1_HandBackReport, HandBackReport__Output as _billet_v1_HandBackReport__Output } from '../../billet/v1/HandBackReport.ts';
import type { HeldBack as _billet_v1_HeldBack, HeldBack__Output as _billet_v1_HeldBack__Output } from '../../billet/v1/HeldBack.ts';
import type { PlacementFailure as _billet_v1_PlacementFailure, PlacementFailure__Output as _billet_v1_PlacementFailure__Output } from '../../billet/v1/PlacementFailure.ts';
import type { Long } from '@grpc/proto-loader';

export interface Machine {
  'name'?: (string);
  'hostname'?: (string);
  'state'?: (_billet_v1_MachineState);
  'state_reason'?: (string);
  'state_time'?: (_google_protobuf_Timestamp | null);
  'connection'?: (_billet_v1_Connection);
  'connection_time'?: (_google_protobuf_Timestamp | null);
  'cordon'?: (_billet_v1_Cordon | null);
  'conditions'?: (_billet_v1_Condition)[];
  'labels'?: ({[key: string]: string});
  'hardware_class'?: (string);
  'inventory'?: (_billet_v1_Inventory | null);
  'epoch'?: (number | string | Long);
  'placement'?: (string);
  'tenant'?: (string);
  'identity_generation'?: (number | string | Long);
  'agent_version'?: (string);
  'address'?: (string);
  'boot_id'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'revision'?: (number | string | Long);
  'last_hand_back'?: (_billet_v1_HandBackReport | null);
  'held_back'?: (_billet_v1_HeldBack | null);
  'placement_failures'?: (_billet_v1_PlacementFailure)[];
  'registration'?: (string);
}

export interface Machine__Output {
  'name': (string);
  'hostname': (string);
  'state': (_billet_v1_MachineState__Output);
  'state_reason': (string);
  'state_time': (_google_protobuf_Timestamp__Output | null);
  'connection': (_billet_v1_Connection__Output);
  'connection_time': (_google_protobuf_Timestamp__Output | null);
  'cordon': (_billet_v1_Cordon__Output | null);
  'conditions': (_billet_v1_Condition__Output)[];
  'labels': ({[key: string]: string});
  'hardware_class': (string);
  'inventory': (_billet_v1_Inventory__Output | null);
  'epoch': (number);
  'placement': (string);
  'tenant': (string);
  'identity_generation': (number);
  'agent_version': (string);
  'address': (string);
  'boot_id': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'revision': (number);
  'last_hand_back': (_billet_v1_HandBackReport__Output | null);
  'held_back': (_billet_v1_HeldBack__Output | null);
  'placement_failures': (_billet_v1_PlacementFailure__Output)[];
  'registration': (string);
}
