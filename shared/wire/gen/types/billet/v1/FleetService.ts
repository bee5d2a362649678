// Original file: proto/billet/v1/fleet_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetBootRequest as _billet_v1_GetBootRequest, GetBootRequest__Output as _billet_v1_GetBootRequest__Output } from '../../billet/v1/GetBootRequest.ts';
import type { GetBootResponse as _billet_v1_GetBootResponse, GetBootResponse__Output as _billet_v1_GetBootResponse__Output } from '../../billet/v1/GetBootResponse.ts';
import type { GetFleetRequest as _billet_v1_GetFleetRequest, GetFleetRequest__Output as _billet_v1_GetFleetRequest__Output } from '../../billet/v1/GetFleetRequest.ts';
import type { GetFleetResponse as _billet_v1_GetFleetResponse, GetFleetResponse__Output as _billet_v1_GetFleetResponse__Output } from '../../billet/v1/GetFleetResponse.ts';
import type { ListChecksRequest as _billet_v1_ListChecksRequest, ListChecksRequest__Output as _billet_v1_ListChecksRequest__Output } from '../../billet/v1/ListChecksRequest.ts';
import type { ListChecksResponse as _billet_v1_ListChecksResponse, ListChecksResponse__Output as _billet_v1_ListChecksResponse__Output } from '../../billet/v1/ListChecksResponse.ts';
import type { ListHealthRulesRequest as _billet_v1_ListHealthRulesRequest, ListHealthRulesRequest__Output as _billet_v1_ListHealthRulesRequest__Output } from '../../billet/v1/ListHealthRulesRequest.ts';
import type { ListHealthRulesResponse as _billet_v1_ListHealthRulesResponse, ListHealthRulesResponse__Output as _billet_v1_ListHealthRulesResponse__Output } from '../../billet/v1/ListHealthRulesResponse.ts';
import type { ListPriorityClassesRequest as _billet_v1_ListPriorityClassesRequest, ListPriorityClassesRequest__Output as _billet_v1_ListPriorityClassesRequest__Output } from '../../billet/v1/ListPriorityClassesRequest.ts';
import type { ListPriorityClassesResponse as _billet_v1_ListPriorityClassesResponse, ListPriorityClassesResponse__Output as _billet_v1_ListPriorityClassesResponse__Output } from '../../billet/v1/ListPriorityClassesResponse.ts';
import type { ResumeAutomationRequest as _billet_v1_ResumeAutomationRequest, ResumeAutomationRequest__Output as _billet_v1_ResumeAutomationRequest__Output } from '../../billet/v1/ResumeAutomationRequest.ts';
import type { ResumeAutomationResponse as _billet_v1_ResumeAutomationResponse, ResumeAutomationResponse__Output as _billet_v1_ResumeAutomationResponse__Output } from '../../billet/v1/ResumeAutomationResponse.ts';

export interface FleetServiceClient extends grpc.Client {
  GetBoot(argument: _billet_v1_GetBootRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  GetBoot(argument: _billet_v1_GetBootRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  GetBoot(argument: _billet_v1_GetBootRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  GetBoot(argument: _billet_v1_GetBootRequest, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  getBoot(argument: _billet_v1_GetBootRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  getBoot(argument: _billet_v1_GetBootRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  getBoot(argument: _billet_v1_GetBootRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  getBoot(argument: _billet_v1_GetBootRequest, callback: grpc.requestCallback<_billet_v1_GetBootResponse__Output>): grpc.ClientUnaryCall;
  
  GetFleet(argument: _billet_v1_GetFleetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _billet_v1_GetFleetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _billet_v1_GetFleetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  GetFleet(argument: _billet_v1_GetFleetRequest, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _billet_v1_GetFleetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _billet_v1_GetFleetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _billet_v1_GetFleetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  getFleet(argument: _billet_v1_GetFleetRequest, callback: grpc.requestCallback<_billet_v1_GetFleetResponse__Output>): grpc.ClientUnaryCall;
  
  ListChecks(argument: _billet_v1_ListChecksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  ListChecks(argument: _billet_v1_ListChecksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  ListChecks(argument: _billet_v1_ListChecksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  ListChecks(argument: _billet_v1_ListChecksRequest, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  listChecks(argument: _billet_v1_ListChecksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  listChecks(argument: _billet_v1_ListChecksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  listChecks(argument: _billet_v1_ListChecksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  listChecks(argument: _billet_v1_ListChecksRequest, callback: grpc.requestCallback<_billet_v1_ListChecksResponse__Output>): grpc.ClientUnaryCall;
  
  ListHealthRules(argument: _billet_v1_ListHealthRulesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  ListHealthRules(argument: _billet_v1_ListHealthRulesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  ListHealthRules(argument: _billet_v1_ListHealthRulesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  ListHealthRules(argument: _billet_v1_ListHealthRulesRequest, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  listHealthRules(argument: _billet_v1_ListHealthRulesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  listHealthRules(argument: _billet_v1_ListHealthRulesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  listHealthRules(argument: _billet_v1_ListHealthRulesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  listHealthRules(argument: _billet_v1_ListHealthRulesRequest, callback: grpc.requestCallback<_billet_v1_ListHealthRulesResponse__Output>): grpc.ClientUnaryCall;
  
  ListPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  ListPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  ListPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  ListPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  listPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  listPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  listPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  listPriorityClasses(argument: _billet_v1_ListPriorityClassesRequest, callback: grpc.requestCallback<_billet_v1_ListPriorityClassesResponse__Output>): grpc.ClientUnaryCall;
  
  ResumeAutomation(argument: _billet_v1_ResumeAutomationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  ResumeAutomation(argument: _billet_v1_ResumeAutomationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  ResumeAutomation(argument: _billet_v1_ResumeAutomationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  ResumeAutomation(argument: _billet_v1_ResumeAutomationRequest, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  resumeAutomation(argument: _billet_v1_ResumeAutomationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  resumeAutomation(argument: _billet_v1_ResumeAutomationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  resumeAutomation(argument: _billet_v1_ResumeAutomationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  resumeAutomation(argument: _billet_v1_ResumeAutomationRequest, callback: grpc.requestCallback<_billet_v1_ResumeAutomationResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface FleetServiceHandlers extends grpc.UntypedServiceImplementation {
  GetBoot: grpc.handleUnaryCall<_billet_v1_GetBootRequest__Output, _billet_v1_GetBootResponse>;
  
  GetFleet: grpc.handleUnaryCall<_billet_v1_GetFleetRequest__Output, _billet_v1_GetFleetResponse>;
  
  ListChecks: grpc.handleUnaryCall<_billet_v1_ListChecksRequest__Output, _billet_v1_ListChecksResponse>;
  
  ListHealthRules: grpc.handleUnaryCall<_billet_v1_ListHealthRulesRequest__Output, _billet_v1_ListHealthRulesResponse>;
  
  ListPriorityClasses: grpc.handleUnaryCall<_billet_v1_ListPriorityClassesRequest__Output, _billet_v1_ListPriorityClassesResponse>;
  
  ResumeAutomation: grpc.handleUnaryCall<_billet_v1_ResumeAutomationRequest__Output, _billet_v1_ResumeAutomationResponse>;
  
}

export interface FleetServiceDefinition extends grpc.ServiceDefinition {
  GetBoot: MethodDefinition<_billet_v1_GetBootRequest, _billet_v1_GetBootResponse, _billet_v1_GetBootRequest__Output, _billet_v1_GetBootResponse__Output>
  GetFleet: MethodDefinition<_billet_v1_GetFleetRequest, _billet_v1_GetFleetResponse, _billet_v1_GetFleetRequest__Output, _billet_v1_GetFleetResponse__Output>
  ListChecks: MethodDefinition<_billet_v1_ListChecksRequest, _billet_v1_ListChecksResponse, _billet_v1_ListChecksRequest__Output, _billet_v1_ListChecksResponse__Output>
  ListHealthRules: MethodDefinition<_billet_v1_ListHealthRulesRequest, _billet_v1_ListHealthRulesResponse, _billet_v1_ListHealthRulesRequest__Output, _billet_v1_ListHealthRulesResponse__Output>
  ListPriorityClasses: MethodDefinition<_billet_v1_ListPriorityClassesRequest, _billet_v1_ListPriorityClassesResponse, _billet_v1_ListPriorityClassesRequest__Output, _billet_v1_ListPriorityClassesResponse__Output>
  ResumeAutomation: MethodDefinition<_billet_v1_ResumeAutomationRequest, _billet_v1_ResumeAutomationResponse, _billet_v1_ResumeAutomationRequest__Output, _billet_v1_ResumeAutomationResponse__Output>
}
