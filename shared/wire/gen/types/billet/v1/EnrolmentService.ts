// Original file: proto/billet/v1/enrolment_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EnrolRequest as _billet_v1_EnrolRequest, EnrolRequest__Output as _billet_v1_EnrolRequest__Output } from '../../billet/v1/EnrolRequest.ts';
import type { EnrolResponse as _billet_v1_EnrolResponse, EnrolResponse__Output as _billet_v1_EnrolResponse__Output } from '../../billet/v1/EnrolResponse.ts';

export interface EnrolmentServiceClient extends grpc.Client {
  Enrol(argument: _billet_v1_EnrolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  Enrol(argument: _billet_v1_EnrolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  Enrol(argument: _billet_v1_EnrolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  Enrol(argument: _billet_v1_EnrolRequest, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  enrol(argument: _billet_v1_EnrolRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  enrol(argument: _billet_v1_EnrolRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  enrol(argument: _billet_v1_EnrolRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  enrol(argument: _billet_v1_EnrolRequest, callback: grpc.requestCallback<_billet_v1_EnrolResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface EnrolmentServiceHandlers extends grpc.UntypedServiceImplementation {
  Enrol: grpc.handleUnaryCall<_billet_v1_EnrolRequest__Output, _billet_v1_EnrolResponse>;
  
}

export interface EnrolmentServiceDefinition extends grpc.ServiceDefinition {
  Enrol: MethodDefinition<_billet_v1_EnrolRequest, _billet_v1_EnrolResponse, _billet_v1_EnrolRequest__Output, _billet_v1_EnrolResponse__Output>
}
