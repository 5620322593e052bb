// The contract of the management API, read from proto/ by `protoc`: which messages are sent, which
// come back, and what proto3 JSON leaves out of those.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, fromBinary, getOption, ScalarType } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const PREFIX = 'scalekit.v1.';
// Known to the contract and not served: every method of theirs is answered with `unimplemented`.
const NOT_SERVED = new Set(['tools', 'mcp', 'connected_accounts', 'providers']);

export const WIDE_INTEGERS = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
  ScalarType.SINT64,
]);

function readDescriptors() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-types-'));
  const output = join(folder, 'descriptors');
  const sources = readdirSync(join(ROOT, 'proto/scalekit'), { recursive: true })
    .filter((name) => name.endsWith('.proto'))
    .map((name) => `scalekit/${name.replaceAll('\\', '/')}`)
    .sort();
  const options = ['-Iproto', '--include_imports', '--include_source_info'];
  try {
    execFileSync('protoc', [...options, `--descriptor_set_out=${output}`, ...sources], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(output)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The last part of a package says enough: auth.passwordless is `passwordless`.
export const moduleOf = (desc) => desc.file.proto.package.split('.').at(-1);
export const isOwn = (desc) => desc.typeName.startsWith(PREFIX);
export const shortName = (desc) => desc.typeName.slice(PREFIX.length);

// Where absence says something: optional fields, messages, members of a oneof.
export function mayBeAbsent(field) {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return false;
  return field.fieldKind === 'message' || field.oneof !== undefined || field.proto.proto3Optional;
}

export class Contract {
  constructor() {
    const registry = readDescriptors();
    this.http = registry.getExtension('google.api.http');
    this.inputs = new Set();
    this.outputs = new Set();
    this.files = [...registry.files].filter((file) => {
      const { package: name } = file.proto;
      if (!name.startsWith(PREFIX)) return false;
      return !NOT_SERVED.has(name.slice(PREFIX.length)) && !/options|errdetails/.test(name);
    });
    this.files.sort((one, other) => (one.proto.package < other.proto.package ? -1 : 1));
    this.services = this.files.flatMap((file) => file.services);
    this.messages = [];
    for (const method of this.services.flatMap((service) => service.methods)) {
      this.reach(method.input, this.inputs);
      this.reach(method.output, this.outputs);
    }
  }

  reach(desc, into) {
    if (!desc || !isOwn(desc) || into.has(desc.typeName)) return;
    into.add(desc.typeName);
    if (desc.kind === 'message') this.messages.push(desc);
    for (const field of desc.fields ?? []) {
      this.reach(field.message, into);
      this.reach(field.enum, into);
    }
  }

  isBoth(desc) {
    return this.inputs.has(desc.typeName) && this.outputs.has(desc.typeName);
  }

  isUsed(desc) {
    return this.inputs.has(desc.typeName) || this.outputs.has(desc.typeName);
  }

  outputMessages() {
    const messages = new Set(this.messages.filter((desc) => this.outputs.has(desc.typeName)));
    return [...messages].sort((one, other) => (one.typeName < other.typeName ? -1 : 1));
  }

  directions(desc) {
    return [
      [this.outputs.has(desc.typeName), 'output'],
      [this.inputs.has(desc.typeName), 'input'],
    ];
  }

  idempotency(method) {
    const verb = getOption(method, this.http)?.pattern?.case;
    // A GET that answers nothing is there for what it does; others may ask by POST.
    if (verb === 'get' && isOwn(method.output)) return 'safe';
    if (/^(List|Validate)/.test(method.name)) return 'safe';
    return verb === 'put' || verb === 'delete' ? 'idempotent' : 'once';
  }
}

// A name as it stands in what belongs to the same package: short there, whole elsewhere.
export function nameFor(desc, reader) {
  if (!isOwn(desc)) return '';
  const isNeighbour = desc.file.proto.package === reader.file.proto.package;
  return isNeighbour && !desc.parent ? desc.name : shortName(desc);
}

// The fields of a message that JSON leaves out where they have the value of nothing.
export function shapeOf(desc) {
  return desc.fields.flatMap((field) => {
    const name = field.jsonName;
    const held = field.message ? nameFor(field.message, desc) : '';
    if (field.fieldKind === 'list') return [`${name}[${held}`];
    if (field.fieldKind === 'map') return [`${name}{${held}`];
    if (field.fieldKind === 'message') return held ? [`${name}>${held}`] : [];
    if (mayBeAbsent(field)) return [];
    if (field.enum) return [`${name}=${field.enum.values[0].name}`];
    if (field.scalar === ScalarType.BOOL) return [`${name}?`];
    if (field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES) return [name];
    return [WIDE_INTEGERS.has(field.scalar) ? `${name}=0` : `${name}#`];
  });
}
