// Original file: proto/billet/v1/check.proto


export interface CheckRange {
  'median'?: (number | string);
  'spread'?: (number | string);
  'count'?: (number);
}

export interface CheckRange__Output {
  'median': (number);
  'spread': (number);
  'count': (number);
}
