// Original file: proto/billet/v1/power_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ChangePowerRequest as _billet_v1_ChangePowerRequest, ChangePowerRequest__Output as _billet_v1_ChangePowerRequest__Output } from '../../billet/v1/ChangePowerRequest.ts';
import type { ChangePowerResponse as _billet_v1_ChangePowerResponse, ChangePowerResponse__Output as _billet_v1_ChangePowerResponse__Output } from '../../billet/v1/ChangePowerResponse.ts';
import type { DeleteBmcRequest as _billet_v1_DeleteBmcRequest, DeleteBmcRequest__Output as _billet_v1_DeleteBmcRequest__Output } from '../../billet/v1/DeleteBmcRequest.ts';
import type { DeleteBmcResponse as _billet_v1_DeleteBmcResponse, DeleteBmcResponse__Output as _billet_v1_DeleteBmcResponse__Output } from '../../billet/v1/DeleteBmcResponse.ts';
import type { GetBmcRequest as _billet_v1_GetBmcRequest, GetBmcRequest__Output as _billet_v1_GetBmcRequest__Output } from '../../billet/v1/GetBmcRequest.ts';
import type { GetBmcResponse as _billet_v1_GetBmcResponse, GetBmcResponse__Output as _billet_v1_GetBmcResponse__Output } from '../../billet/v1/GetBmcResponse.ts';
import type { GetPowerRequest as _billet_v1_GetPowerRequest, GetPowerRequest__Output as _billet_v1_GetPowerRequest__Output } from '../../billet/v1/GetPowerRequest.ts';
import type { GetPowerResponse as _billet_v1_GetPowerResponse, GetPowerResponse__Output as _billet_v1_GetPowerResponse__Output } from '../../billet/v1/GetPowerResponse.ts';
import type { ListBmcSensorsRequest as _billet_v1_ListBmcSensorsRequest, ListBmcSensorsRequest__Output as _billet_v1_ListBmcSensorsRequest__Output } from '../../billet/v1/ListBmcSensorsRequest.ts';
import type { ListBmcSensorsResponse as _billet_v1_ListBmcSensorsResponse, ListBmcSensorsResponse__Output as _billet_v1_ListBmcSensorsResponse__Output } from '../../billet/v1/ListBmcSensorsResponse.ts';
import type { SetBmcRequest as _billet_v1_SetBmcRequest, SetBmcRequest__Output as _billet_v1_SetBmcRequest__Output } from '../../billet/v1/SetBmcRequest.ts';
import type { SetBmcResponse as _billet_v1_SetBmcResponse, SetBmcResponse__Output as _billet_v1_SetBmcResponse__Output } from '../../billet/v1/SetBmcResponse.ts';

export interface PowerServiceClient extends grpc.Client {
  ChangePower(argument: _billet_v1_ChangePowerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  ChangePower(argument: _billet_v1_ChangePowerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  ChangePower(argument: _billet_v1_ChangePowerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  ChangePower(argument: _billet_v1_ChangePowerRequest, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  changePower(argument: _billet_v1_ChangePowerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  changePower(argument: _billet_v1_ChangePowerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  changePower(argument: _billet_v1_ChangePowerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  changePower(argument: _billet_v1_ChangePowerRequest, callback: grpc.requestCallback<_billet_v1_ChangePowerResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteBmc(argument: _billet_v1_DeleteBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  DeleteBmc(argument: _billet_v1_DeleteBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  DeleteBmc(argument: _billet_v1_DeleteBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  DeleteBmc(argument: _billet_v1_DeleteBmcRequest, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  deleteBmc(argument: _billet_v1_DeleteBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  deleteBmc(argument: _billet_v1_DeleteBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  deleteBmc(argument: _billet_v1_DeleteBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  deleteBmc(argument: _billet_v1_DeleteBmcRequest, callback: grpc.requestCallback<_billet_v1_DeleteBmcResponse__Output>): grpc.ClientUnaryCall;
  
  GetBmc(argument: _billet_v1_GetBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  GetBmc(argument: _billet_v1_GetBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  GetBmc(argument: _billet_v1_GetBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  GetBmc(argument: _billet_v1_GetBmcRequest, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  getBmc(argument: _billet_v1_GetBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  getBmc(argument: _billet_v1_GetBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  getBmc(argument: _billet_v1_GetBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  getBmc(argument: _billet_v1_GetBmcRequest, callback: grpc.requestCallback<_billet_v1_GetBmcResponse__Output>): grpc.ClientUnaryCall;
  
  GetPower(argument: _billet_v1_GetPowerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  GetPower(argument: _billet_v1_GetPowerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  GetPower(argument: _billet_v1_GetPowerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  GetPower(argument: _billet_v1_GetPowerRequest, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  getPower(argument: _billet_v1_GetPowerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  getPower(argument: _billet_v1_GetPowerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  getPower(argument: _billet_v1_GetPowerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  getPower(argument: _billet_v1_GetPowerRequest, callback: grpc.requestCallback<_billet_v1_GetPowerResponse__Output>): grpc.ClientUnaryCall;
  
  ListBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  ListBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  ListBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  ListBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  listBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  listBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  listBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  listBmcSensors(argument: _billet_v1_ListBmcSensorsRequest, callback: grpc.requestCallback<_billet_v1_ListBmcSensorsResponse__Output>): grpc.ClientUnaryCall;
  
  SetBmc(argument: _billet_v1_SetBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  SetBmc(argument: _billet_v1_SetBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  SetBmc(argument: _billet_v1_SetBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  SetBmc(argument: _billet_v1_SetBmcRequest, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  setBmc(argument: _billet_v1_SetBmcRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  setBmc(argument: _billet_v1_SetBmcRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  setBmc(argument: _billet_v1_SetBmcRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  setBmc(argument: _billet_v1_SetBmcRequest, callback: grpc.requestCallback<_billet_v1_SetBmcResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface PowerServiceHandlers extends grpc.UntypedServiceImplementation {
  ChangePower: grpc.handleUnaryCall<_billet_v1_ChangePowerRequest__Output, _billet_v1_ChangePowerResponse>;
  
  DeleteBmc: grpc.handleUnaryCall<_billet_v1_DeleteBmcRequest__Output, _billet_v1_DeleteBmcResponse>;
  
  GetBmc: grpc.handleUnaryCall<_billet_v1_GetBmcRequest__Output, _billet_v1_GetBmcResponse>;
  
  GetPower: grpc.handleUnaryCall<_billet_v1_GetPowerRequest__Output, _billet_v1_GetPowerResponse>;
  
  ListBmcSensors: grpc.handleUnaryCall<_billet_v1_ListBmcSensorsRequest__Output, _billet_v1_ListBmcSensorsResponse>;
  
  SetBmc: grpc.handleUnaryCall<_billet_v1_SetBmcRequest__Output, _billet_v1_SetBmcResponse>;
  
}

export interface PowerServiceDefinition extends grpc.ServiceDefinition {
  ChangePower: MethodDefinition<_billet_v1_ChangePowerRequest, _billet_v1_ChangePowerResponse, _billet_v1_ChangePowerRequest__Output, _billet_v1_ChangePowerResponse__Output>
  DeleteBmc: MethodDefinition<_billet_v1_DeleteBmcRequest, _billet_v1_DeleteBmcResponse, _billet_v1_DeleteBmcRequest__Output, _billet_v1_DeleteBmcResponse__Output>
  GetBmc: MethodDefinition<_billet_v1_GetBmcRequest, _billet_v1_GetBmcResponse, _billet_v1_GetBmcRequest__Output, _billet_v1_GetBmcResponse__Output>
  GetPower: MethodDefinition<_billet_v1_GetPowerRequest, _billet_v1_GetPowerResponse, _billet_v1_GetPowerRequest__Output, _billet_v1_GetPowerResponse__Output>
  ListBmcSensors: MethodDefinition<_billet_v1_ListBmcSensorsRequest, _billet_v1_ListBmcSensorsResponse, _billet_v1_ListBmcSensorsRequest__Output, _billet_v1_ListBmcSensorsResponse__Output>
  SetBmc: MethodDefinition<_billet_v1_SetBmcRequest, _billet_v1_SetBmcResponse, _billet_v1_SetBmcRequest__Output, _billet_v1_SetBmcResponse__Output>
}
