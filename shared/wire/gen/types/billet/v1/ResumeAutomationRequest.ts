// Original file: proto/billet/v1/fleet_service.proto


export interface ResumeAutomationRequest {
  'request_id'?: (string);
}

export interface ResumeAutomationRequest__Output {
  'request_id': (string);
}
