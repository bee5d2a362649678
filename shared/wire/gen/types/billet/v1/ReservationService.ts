// Original file: proto/billet/v1/reservation_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateReservationRequest as _billet_v1_CreateReservationRequest, CreateReservationRequest__Output as _billet_v1_CreateReservationRequest__Output } from '../../billet/v1/CreateReservationRequest.ts';
import type { CreateReservationResponse as _billet_v1_CreateReservationResponse, CreateReservationResponse__Output as _billet_v1_CreateReservationResponse__Output } from '../../billet/v1/CreateReservationResponse.ts';
import type { DeleteReservationRequest as _billet_v1_DeleteReservationRequest, DeleteReservationRequest__Output as _billet_v1_DeleteReservationRequest__Output } from '../../billet/v1/DeleteReservationRequest.ts';
import type { DeleteReservationResponse as _billet_v1_DeleteReservationResponse, DeleteReservationResponse__Output as _billet_v1_DeleteReservationResponse__Output } from '../../billet/v1/DeleteReservationResponse.ts';
import type { EndWindowRequest as _billet_v1_EndWindowRequest, EndWindowRequest__Output as _billet_v1_EndWindowRequest__Output } from '../../billet/v1/EndWindowRequest.ts';
import type { EndWindowResponse as _billet_v1_EndWindowResponse, EndWindowResponse__Output as _billet_v1_EndWindowResponse__Output } from '../../billet/v1/EndWindowResponse.ts';
import type { GetReservationRequest as _billet_v1_GetReservationRequest, GetReservationRequest__Output as _billet_v1_GetReservationRequest__Output } from '../../billet/v1/GetReservationRequest.ts';
import type { GetReservationResponse as _billet_v1_GetReservationResponse, GetReservationResponse__Output as _billet_v1_GetReservationResponse__Output } from '../../billet/v1/GetReservationResponse.ts';
import type { ListReservationsRequest as _billet_v1_ListReservationsRequest, ListReservationsRequest__Output as _billet_v1_ListReservationsRequest__Output } from '../../billet/v1/ListReservationsRequest.ts';
import type { ListReservationsResponse as _billet_v1_ListReservationsResponse, ListReservationsResponse__Output as _billet_v1_ListReservationsResponse__Output } from '../../billet/v1/ListReservationsResponse.ts';
import type { UpdateReservationRequest as _billet_v1_UpdateReservationRequest, UpdateReservationRequest__Output as _billet_v1_UpdateReservationRequest__Output } from '../../billet/v1/UpdateReservationRequest.ts';
import type { UpdateReservationResponse as _billet_v1_UpdateReservationResponse, UpdateReservationResponse__Output as _billet_v1_UpdateReservationResponse__Output } from '../../billet/v1/UpdateReservationResponse.ts';

export interface ReservationServiceClient extends grpc.Client {
  CreateReservation(argument: _billet_v1_CreateReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  CreateReservation(argument: _billet_v1_CreateReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  CreateReservation(argument: _billet_v1_CreateReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  CreateReservation(argument: _billet_v1_CreateReservationRequest, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  createReservation(argument: _billet_v1_CreateReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  createReservation(argument: _billet_v1_CreateReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  createReservation(argument: _billet_v1_CreateReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  createReservation(argument: _billet_v1_CreateReservationRequest, callback: grpc.requestCallback<_billet_v1_CreateReservationResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteReservation(argument: _billet_v1_DeleteReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  DeleteReservation(argument: _billet_v1_DeleteReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  DeleteReservation(argument: _billet_v1_DeleteReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  DeleteReservation(argument: _billet_v1_DeleteReservationRequest, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  deleteReservation(argument: _billet_v1_DeleteReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  deleteReservation(argument: _billet_v1_DeleteReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  deleteReservation(argument: _billet_v1_DeleteReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  deleteReservation(argument: _billet_v1_DeleteReservationRequest, callback: grpc.requestCallback<_billet_v1_DeleteReservationResponse__Output>): grpc.ClientUnaryCall;
  
  EndWindow(argument: _billet_v1_EndWindowRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  EndWindow(argument: _billet_v1_EndWindowRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  EndWindow(argument: _billet_v1_EndWindowRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  EndWindow(argument: _billet_v1_EndWindowRequest, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  endWindow(argument: _billet_v1_EndWindowRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  endWindow(argument: _billet_v1_EndWindowRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  endWindow(argument: _billet_v1_EndWindowRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  endWindow(argument: _billet_v1_EndWindowRequest, callback: grpc.requestCallback<_billet_v1_EndWindowResponse__Output>): grpc.ClientUnaryCall;
  
  GetReservation(argument: _billet_v1_GetReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  GetReservation(argument: _billet_v1_GetReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  GetReservation(argument: _billet_v1_GetReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  GetReservation(argument: _billet_v1_GetReservationRequest, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  getReservation(argument: _billet_v1_GetReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  getReservation(argument: _billet_v1_GetReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  getReservation(argument: _billet_v1_GetReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  getReservation(argument: _billet_v1_GetReservationRequest, callback: grpc.requestCallback<_billet_v1_GetReservationResponse__Output>): grpc.ClientUnaryCall;
  
  ListReservations(argument: _billet_v1_ListReservationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  ListReservations(argument: _billet_v1_ListReservationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  ListReservations(argument: _billet_v1_ListReservationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  ListReservations(argument: _billet_v1_ListReservationsRequest, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  listReservations(argument: _billet_v1_ListReservationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  listReservations(argument: _billet_v1_ListReservationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  listReservations(argument: _billet_v1_ListReservationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  listReservations(argument: _billet_v1_ListReservationsRequest, callback: grpc.requestCallback<_billet_v1_ListReservationsResponse__Output>): grpc.ClientUnaryCall;
  
  UpdateReservation(argument: _billet_v1_UpdateReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  UpdateReservation(argument: _billet_v1_UpdateReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  UpdateReservation(argument: _billet_v1_UpdateReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  UpdateReservation(argument: _billet_v1_UpdateReservationRequest, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  updateReservation(argument: _billet_v1_UpdateReservationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  updateReservation(argument: _billet_v1_UpdateReservationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  updateReservation(argument: _billet_v1_UpdateReservationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  updateReservation(argument: _billet_v1_UpdateReservationRequest, callback: grpc.requestCallback<_billet_v1_UpdateReservationResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ReservationServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateReservation: grpc.handleUnaryCall<_billet_v1_CreateReservationRequest__Output, _billet_v1_CreateReservationResponse>;
  
  DeleteReservation: grpc.handleUnaryCall<_billet_v1_DeleteReservationRequest__Output, _billet_v1_DeleteReservationResponse>;
  
  EndWindow: grpc.handleUnaryCall<_billet_v1_EndWindowRequest__Output, _billet_v1_EndWindowResponse>;
  
  GetReservation: grpc.handleUnaryCall<_billet_v1_GetReservationRequest__Output, _billet_v1_GetReservationResponse>;
  
  ListReservations: grpc.handleUnaryCall<_billet_v1_ListReservationsRequest__Output, _billet_v1_ListReservationsResponse>;
  
  UpdateReservation: grpc.handleUnaryCall<_billet_v1_UpdateReservationRequest__Output, _billet_v1_UpdateReservationResponse>;
  
}

export interface ReservationServiceDefinition extends grpc.ServiceDefinition {
  CreateReservation: MethodDefinition<_billet_v1_CreateReservationRequest, _billet_v1_CreateReservationResponse, _billet_v1_CreateReservationRequest__Output, _billet_v1_CreateReservationResponse__Output>
  DeleteReservation: MethodDefinition<_billet_v1_DeleteReservationRequest, _billet_v1_DeleteReservationResponse, _billet_v1_DeleteReservationRequest__Output, _billet_v1_DeleteReservationResponse__Output>
  EndWindow: MethodDefinition<_billet_v1_EndWindowRequest, _billet_v1_EndWindowResponse, _billet_v1_EndWindowRequest__Output, _billet_v1_EndWindowResponse__Output>
  GetReservation: MethodDefinition<_billet_v1_GetReservationRequest, _billet_v1_GetReservationResponse, _billet_v1_GetReservationRequest__Output, _billet_v1_GetReservationResponse__Output>
  ListReservations: MethodDefinition<_billet_v1_ListReservationsRequest, _billet_v1_ListReservationsResponse, _billet_v1_ListReservationsRequest__Output, _billet_v1_ListReservationsResponse__Output>
  UpdateReservation: MethodDefinition<_billet_v1_UpdateReservationRequest, _billet_v1_UpdateReservationResponse, _billet_v1_UpdateReservationRequest__Output, _billet_v1_UpdateReservationResponse__Output>
}
