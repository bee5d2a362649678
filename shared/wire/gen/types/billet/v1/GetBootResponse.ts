// Original file: proto/billet/v1/fleet_service.proto

import type { BootFile as _billet_v1_BootFile, BootFile__Output as _billet_v1_BootFile__Output } from '../../billet/v1/BootFile.ts';

export interface GetBootResponse {
  'url'?: (string);
  'ca_fingerprint'?: (string);
  'agent_version'?: (string);
  'files'?: (_billet_v1_BootFile)[];
}

export interface GetBootResponse__Output {
  'url': (string);
  'ca_fingerprint': (string);
  'agent_version': (string);
  'files': (_billet_v1_BootFile__Output)[];
}
