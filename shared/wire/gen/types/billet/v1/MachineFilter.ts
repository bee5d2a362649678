// Original file: proto/billet/v1/machine_service.proto

import type { MachineState as _billet_v1_MachineState, MachineState__Output as _billet_v1_MachineState__Output } from '../../billet/v1/MachineState.ts';
import type { Connection as _billet_v1_Connection, Connection__Output as _billet_v1_Connection__Output } from '../../billet/v1/Connection.ts';

export interface MachineFilter {
  'states'?: (_billet_v1_MachineState)[];
  'labels'?: ({[key: string]: string});
  'hardware_class'?: (string);
  'tenant'?: (string);
  'connection'?: (_billet_v1_Connection);
  'prefix'?: (string);
}

export interface MachineFilter__Output {
  'states': (_billet_v1_MachineState__Output)[];
  'labels': ({[key: string]: string});
  'hardware_class': (string);
  'tenant': (string);
  'connection': (_billet_v1_Connection__Output);
  'prefix': (string);
}
