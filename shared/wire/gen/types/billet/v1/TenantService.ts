// Original file: proto/billet/v1/tenant_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetTenantRequest as _billet_v1_GetTenantRequest, GetTenantRequest__Output as _billet_v1_GetTenantRequest__Output } from '../../billet/v1/GetTenantRequest.ts';
import type { GetTenantResponse as _billet_v1_GetTenantResponse, GetTenantResponse__Output as _billet_v1_GetTenantResponse__Output } from '../../billet/v1/GetTenantResponse.ts';
import type { ListTenantsRequest as _billet_v1_ListTenantsRequest, ListTenantsRequest__Output as _billet_v1_ListTenantsRequest__Output } from '../../billet/v1/ListTenantsRequest.ts';
import type { ListTenantsResponse as _billet_v1_ListTenantsResponse, ListTenantsResponse__Output as _billet_v1_ListTenantsResponse__Output } from '../../billet/v1/ListTenantsResponse.ts';
import type { UpdateTenantRequest as _billet_v1_UpdateTenantRequest, UpdateTenantRequest__Output as _billet_v1_UpdateTenantRequest__Output } from '../../billet/v1/UpdateTenantRequest.ts';
import type { UpdateTenantResponse as _billet_v1_UpdateTenantResponse, UpdateTenantResponse__Output as _billet_v1_UpdateTenantResponse__Output } from '../../billet/v1/UpdateTenantResponse.ts';

export interface TenantServiceClient extends grpc.Client {
  GetTenant(argument: _billet_v1_GetTenantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  GetTenant(argument: _billet_v1_GetTenantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  GetTenant(argument: _billet_v1_GetTenantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  GetTenant(argument: _billet_v1_GetTenantRequest, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  getTenant(argument: _billet_v1_GetTenantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  getTenant(argument: _billet_v1_GetTenantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  getTenant(argument: _billet_v1_GetTenantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  getTenant(argument: _billet_v1_GetTenantRequest, callback: grpc.requestCallback<_billet_v1_GetTenantResponse__Output>): grpc.ClientUnaryCall;
  
  ListTenants(argument: _billet_v1_ListTenantsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  ListTenants(argument: _billet_v1_ListTenantsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  ListTenants(argument: _billet_v1_ListTenantsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  ListTenants(argument: _billet_v1_ListTenantsRequest, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  listTenants(argument: _billet_v1_ListTenantsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  listTenants(argument: _billet_v1_ListTenantsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  listTenants(argument: _billet_v1_ListTenantsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  listTenants(argument: _billet_v1_ListTenantsRequest, callback: grpc.requestCallback<_billet_v1_ListTenantsResponse__Output>): grpc.ClientUnaryCall;
  
  UpdateTenant(argument: _billet_v1_UpdateTenantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  UpdateTenant(argument: _billet_v1_UpdateTenantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  UpdateTenant(argument: _billet_v1_UpdateTenantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  UpdateTenant(argument: _billet_v1_UpdateTenantRequest, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  updateTenant(argument: _billet_v1_UpdateTenantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  updateTenant(argument: _billet_v1_UpdateTenantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  updateTenant(argument: _billet_v1_UpdateTenantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  updateTenant(argument: _billet_v1_UpdateTenantRequest, callback: grpc.requestCallback<_billet_v1_UpdateTenantResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TenantServiceHandlers extends grpc.UntypedServiceImplementation {
  GetTenant: grpc.handleUnaryCall<_billet_v1_GetTenantRequest__Output, _billet_v1_GetTenantResponse>;
  
  ListTenants: grpc.handleUnaryCall<_billet_v1_ListTenantsRequest__Output, _billet_v1_ListTenantsResponse>;
  
  UpdateTenant: grpc.handleUnaryCall<_billet_v1_UpdateTenantRequest__Output, _billet_v1_UpdateTenantResponse>;
  
}

export interface TenantServiceDefinition extends grpc.ServiceDefinition {
  GetTenant: MethodDefinition<_billet_v1_GetTenantRequest, _billet_v1_GetTenantResponse, _billet_v1_GetTenantRequest__Output, _billet_v1_GetTenantResponse__Output>
  ListTenants: MethodDefinition<_billet_v1_ListTenantsRequest, _billet_v1_ListTenantsResponse, _billet_v1_ListTenantsRequest__Output, _billet_v1_ListTenantsResponse__Output>
  UpdateTenant: MethodDefinition<_billet_v1_UpdateTenantRequest, _billet_v1_UpdateTenantResponse, _billet_v1_UpdateTenantRequest__Output, _billet_v1_UpdateTenantResponse__Output>
}
