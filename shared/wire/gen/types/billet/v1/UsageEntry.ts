// Original file: proto/billet/v1/usage_service.proto


export interface UsageEntry {
  'tenant'?: (string);
  'hardware_class'?: (string);
  'date'?: (string);
  'machine_hours'?: (number | string);
  'gpu_hours'?: (number | string);
  'energy_joules'?: (number | string);
  'metered_machine_hours'?: (number | string);
}

export interface UsageEntry__Output {
  'tenant': (string);
  'hardware_class': (string);
  'date': (string);
  'machine_hours': (number);
  'gpu_hours': (number);
  'energy_joules': (number);
  'metered_machine_hours': (number);
}
