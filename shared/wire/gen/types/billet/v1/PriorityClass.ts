// Original file: proto/billet/v1/fleet.proto


export interface PriorityClass {
  'name'?: (string);
  'priority'?: (number);
  'default'?: (boolean);
  'preempts'?: (boolean);
  'comment'?: (string);
}

export interface PriorityClass__Output {
  'name': (string);
  'priority': (number);
  'default': (boolean);
  'preempts': (boolean);
  'comment': (string);
}
