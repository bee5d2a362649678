// Original file: proto/billet/v1/registration_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DeleteRegistrationRequest as _billet_v1_DeleteRegistrationRequest, DeleteRegistrationRequest__Output as _billet_v1_DeleteRegistrationRequest__Output } from '../../billet/v1/DeleteRegistrationRequest.ts';
import type { DeleteRegistrationResponse as _billet_v1_DeleteRegistrationResponse, DeleteRegistrationResponse__Output as _billet_v1_DeleteRegistrationResponse__Output } from '../../billet/v1/DeleteRegistrationResponse.ts';
import type { GetRegistrationRequest as _billet_v1_GetRegistrationRequest, GetRegistrationRequest__Output as _billet_v1_GetRegistrationRequest__Output } from '../../billet/v1/GetRegistrationRequest.ts';
import type { GetRegistrationResponse as _billet_v1_GetRegistrationResponse, GetRegistrationResponse__Output as _billet_v1_GetRegistrationResponse__Output } from '../../billet/v1/GetRegistrationResponse.ts';
import type { ListRegistrationsRequest as _billet_v1_ListRegistrationsRequest, ListRegistrationsRequest__Output as _billet_v1_ListRegistrationsRequest__Output } from '../../billet/v1/ListRegistrationsRequest.ts';
import type { ListRegistrationsResponse as _billet_v1_ListRegistrationsResponse, ListRegistrationsResponse__Output as _billet_v1_ListRegistrationsResponse__Output } from '../../billet/v1/ListRegistrationsResponse.ts';
import type { RegisterMachinesRequest as _billet_v1_RegisterMachinesRequest, RegisterMachinesRequest__Output as _billet_v1_RegisterMachinesRequest__Output } from '../../billet/v1/RegisterMachinesRequest.ts';
import type { RegisterMachinesResponse as _billet_v1_RegisterMachinesResponse, RegisterMachinesResponse__Output as _billet_v1_RegisterMachinesResponse__Output } from '../../billet/v1/RegisterMachinesResponse.ts';

export interface RegistrationServiceClient extends grpc.Client {
  DeleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  DeleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  DeleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  DeleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  deleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  deleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  deleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  deleteRegistration(argument: _billet_v1_DeleteRegistrationRequest, callback: grpc.requestCallback<_billet_v1_DeleteRegistrationResponse__Output>): grpc.ClientUnaryCall;
  
  GetRegistration(argument: _billet_v1_GetRegistrationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  GetRegistration(argument: _billet_v1_GetRegistrationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  GetRegistration(argument: _billet_v1_GetRegistrationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  GetRegistration(argument: _billet_v1_GetRegistrationRequest, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  getRegistration(argument: _billet_v1_GetRegistrationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  getRegistration(argument: _billet_v1_GetRegistrationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  getRegistration(argument: _billet_v1_GetRegistrationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  getRegistration(argument: _billet_v1_GetRegistrationRequest, callback: grpc.requestCallback<_billet_v1_GetRegistrationResponse__Output>): grpc.ClientUnaryCall;
  
  ListRegistrations(argument: _billet_v1_ListRegistrationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  ListRegistrations(argument: _billet_v1_ListRegistrationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  ListRegistrations(argument: _billet_v1_ListRegistrationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  ListRegistrations(argument: _billet_v1_ListRegistrationsRequest, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  listRegistrations(argument: _billet_v1_ListRegistrationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  listRegistrations(argument: _billet_v1_ListRegistrationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  listRegistrations(argument: _billet_v1_ListRegistrationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  listRegistrations(argument: _billet_v1_ListRegistrationsRequest, callback: grpc.requestCallback<_billet_v1_ListRegistrationsResponse__Output>): grpc.ClientUnaryCall;
  
  RegisterMachines(argument: _billet_v1_RegisterMachinesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  RegisterMachines(argument: _billet_v1_RegisterMachinesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  RegisterMachines(argument: _billet_v1_RegisterMachinesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  RegisterMachines(argument: _billet_v1_RegisterMachinesRequest, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  registerMachines(argument: _billet_v1_RegisterMachinesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  registerMachines(argument: _billet_v1_RegisterMachinesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  registerMachines(argument: _billet_v1_RegisterMachinesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  registerMachines(argument: _billet_v1_RegisterMachinesRequest, callback: grpc.requestCallback<_billet_v1_RegisterMachinesResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RegistrationServiceHandlers extends grpc.UntypedServiceImplementation {
  DeleteRegistration: grpc.handleUnaryCall<_billet_v1_DeleteRegistrationRequest__Output, _billet_v1_DeleteRegistrationResponse>;
  
  GetRegistration: grpc.handleUnaryCall<_billet_v1_GetRegistrationRequest__Output, _billet_v1_GetRegistrationResponse>;
  
  ListRegistrations: grpc.handleUnaryCall<_billet_v1_ListRegistrationsRequest__Output, _billet_v1_ListRegistrationsResponse>;
  
  RegisterMachines: grpc.handleUnaryCall<_billet_v1_RegisterMachinesRequest__Output, _billet_v1_RegisterMachinesResponse>;
  
}

export interface RegistrationServiceDefinition extends grpc.ServiceDefinition {
  DeleteRegistration: MethodDefinition<_billet_v1_DeleteRegistrationRequest, _billet_v1_DeleteRegistrationResponse, _billet_v1_DeleteRegistrationRequest__Output, _billet_v1_DeleteRegistrationResponse__Output>
  GetRegistration: MethodDefinition<_billet_v1_GetRegistrationRequest, _billet_v1_GetRegistrationResponse, _billet_v1_GetRegistrationRequest__Output, _billet_v1_GetRegistrationResponse__Output>
  ListRegistrations: MethodDefinition<_billet_v1_ListRegistrationsRequest, _billet_v1_ListRegistrationsResponse, _billet_v1_ListRegistrationsRequest__Output, _billet_v1_ListRegistrationsResponse__Output>
  RegisterMachines: MethodDefinition<_billet_v1_RegisterMachinesRequest, _billet_v1_RegisterMachinesResponse, _billet_v1_RegisterMachinesRequest__Output, _billet_v1_RegisterMachinesResponse__Output>
}
