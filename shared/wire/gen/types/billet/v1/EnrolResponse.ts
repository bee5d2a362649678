// Original file: proto/billet/v1/enrolment_service.proto


export interface EnrolResponse {
  'machine'?: (string);
  'certificate'?: (string);
  'certificate_authorities'?: (string);
  'session_address'?: (string);
}

export interface EnrolResponse__Output {
  'machine': (string);
  'certificate': (string);
  'certificate_authorities': (string);
  'session_address': (string);
}
