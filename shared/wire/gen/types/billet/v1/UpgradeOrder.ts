// Original file: proto/billet/v1/agent.proto


export interface UpgradeOrder {
  'manifest'?: (string);
  'signature'?: (string);
  'url'?: (string);
}

export interface UpgradeOrder__Output {
  'manifest': (string);
  'signature': (string);
  'url': (string);
}
