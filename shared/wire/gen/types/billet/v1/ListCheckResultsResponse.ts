// Original file: proto/billet/v1/machine_service.proto

import type { CheckSeries as _billet_v1_CheckSeries, CheckSeries__Output as _billet_v1_CheckSeries__Output } from '../../billet/v1/CheckSeries.ts';

export interface ListCheckResultsResponse {
  'series'?: (_billet_v1_CheckSeries)[];
}

export interface ListCheckResultsResponse__Output {
  'series': (_billet_v1_CheckSeries__Output)[];
}
