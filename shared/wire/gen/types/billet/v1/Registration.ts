// Original file: proto/billet/v1/registration.proto

import type { RegisteredHardware as _billet_v1_RegisteredHardware, RegisteredHardware__Output as _billet_v1_RegisteredHardware__Output } from '../../billet/v1/RegisteredHardware.ts';
import type { RegistrationState as _billet_v1_RegistrationState, RegistrationState__Output as _billet_v1_RegistrationState__Output } from '../../billet/v1/RegistrationState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Registration {
  'name'?: (string);
  'hardware'?: (_billet_v1_RegisteredHardware | null);
  'labels'?: ({[key: string]: string});
  'hardware_class'?: (string);
  'state'?: (_billet_v1_RegistrationState);
  'machine'?: (string);
  'user'?: (string);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'enrol_time'?: (_google_protobuf_Timestamp | null);
  'revision'?: (number | string | Long);
}

export interface Registration__Output {
  'name': (string);
  'hardware': (_billet_v1_RegisteredHardware__Output | null);
  'labels': ({[key: string]: string});
  'hardware_class': (string);
  'state': (_billet_v1_RegistrationState__Output);
  'machine': (string);
  'user': (string);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'enrol_time': (_google_protobuf_Timestamp__Output | null);
  'revision': (number);
}
