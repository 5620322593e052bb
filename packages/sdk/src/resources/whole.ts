// Proto3 JSON leaves out what has the value of nothing. This puts it back, so that a list is always
// a list and a name always a text, as the types say.
import type { JsonObject, JsonValue } from '../types/json.js';
import { METHODS, SHAPES } from './shapes.js';

const PREFIX = 'scalekit.v1.';

export interface MethodShape {
  isSafe: boolean;
  response: string; // the message; empty for one without fields
}

type Kind = '' | '=' | '#' | '?' | '[' | '{' | '>';

interface Field {
  name: string;
  kind: Kind;
  of: string; // what it says where it is not sent, or the message it holds
}

const shapes = new Map<string, Field[]>();

// Undefined if there is no such method.
export function methodShape(service: string, method: string): MethodShape | undefined {
  const key = service.startsWith(PREFIX) ? service.slice(PREFIX.length) : '';
  if (!Object.hasOwn(METHODS, key) || !/^[A-Za-z]+$/.test(method)) return undefined;
  const found = new RegExp(`(?:^| )${method}(!?):(\\S*)`).exec(METHODS[key] ?? '');
  if (!found) return undefined;
  const [, sign, response = ''] = found;
  return { isSafe: sign === '!', response: response && inPackageOf(key, response) };
}

function inPackageOf(reader: string, name: string): string {
  return name.includes('.') ? name : reader.slice(0, reader.lastIndexOf('.') + 1) + name;
}

function fieldsOf(message: string): Field[] {
  let fields = shapes.get(message);
  if (!fields) {
    const text = Object.hasOwn(SHAPES, message) ? (SHAPES[message] ?? '') : '';
    fields = text ? text.split(' ').map((piece) => fieldOf(message, piece)) : [];
    shapes.set(message, fields);
  }
  return fields;
}

function fieldOf(message: string, piece: string): Field {
  const [, name = '', kind = '', of = ''] = /^(\w+)([=#?[{>]?)(.*)$/.exec(piece) ?? [];
  const holds = kind === '[' || kind === '{' || kind === '>';
  return { name, kind: kind as Kind, of: holds && of ? inPackageOf(message, of) : of };
}

// The message with all that it left out, those in it as well.
export function whole(message: string, value: JsonObject): JsonObject {
  for (const { name, kind, of } of fieldsOf(message)) {
    const sent = Object.hasOwn(value, name) ? value[name] : undefined;
    if (sent === undefined || sent === null) {
      if (kind !== '>') value[name] = nothing(kind, of);
    } else if (of && kind === '[' && Array.isArray(sent)) {
      for (const element of sent) wholeIfObject(of, element);
    } else if (of && kind === '{') {
      for (const element of Object.values(sent)) wholeIfObject(of, element);
    } else if (kind === '>') {
      wholeIfObject(of, sent);
    }
  }
  return value;
}

function wholeIfObject(message: string, value: JsonValue): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) whole(message, value);
}

function nothing(kind: Kind, of: string): JsonValue {
  if (kind === '[') return [];
  if (kind === '{') return {};
  if (kind === '#') return 0;
  return kind === '?' ? false : of;
}
