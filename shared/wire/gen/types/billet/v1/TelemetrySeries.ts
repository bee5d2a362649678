// Original file: proto/billet/v1/telemetry_service.proto


export interface TelemetrySeries {
  'labels'?: ({[key: string]: string});
  'values'?: (number | string)[];
}

export interface TelemetrySeries__Output {
  'labels': ({[key: string]: string});
  'values': (number)[];
}
