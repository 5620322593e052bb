// The contract that the server describes against the one that the official SDK was made from, field
// by field: what the server's reflection serves and what the SDK's package carries.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import type {
  DescEnum,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  FileRegistry,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Gatehouse } from './gatehouse.js';

// What is different on purpose, by the difference as it is printed.
const DELIBERATE: [RegExp, string][] = [
  [/^option 1042 of /, 'OpenAPI hints: our documents are made of comments and constraints'],
];

const require = createRequire(import.meta.url);
let server: Gatehouse;

before(async () => {
  server = await Gatehouse.start();
});
after(async () => {
  await server.stop();
});

// One call of the reflection service: asks for the file that has `symbol`, and all it imports.
async function describe(symbol: string): Promise<Uint8Array[]> {
  const bytes = new TextEncoder().encode(symbol);
  // ServerReflectionRequest.file_containing_symbol is field 4.
  const message = Buffer.from([0x22, bytes.length, ...bytes]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const session = http2.connect(server.ready.environment_url);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.end(Buffer.concat([head, message]));
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    assert.ok(body.length > 5, `no answer about ${symbol}`);
    return filesOf(body.subarray(5));
  } finally {
    session.close();
  }
}

// The files in a ServerReflectionResponse: field 4, and in it field 1 of each.
function filesOf(message: Buffer): Uint8Array[] {
  return fieldsOf(message)
    .filter((field) => field.number === 4)
    .flatMap((field) => fieldsOf(field.bytes).filter((inner) => inner.number === 1))
    .map((field) => field.bytes);
}

function fieldsOf(bytes: Uint8Array): { number: number; bytes: Buffer }[] {
  const found = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      assert.ok(byte !== undefined, 'cut off');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag & 7;
    const start = at;
    if (kind === 2) {
      const size = varint();
      assert.ok(at + size <= bytes.length, 'cut off');
      found.push({ number: tag >>> 3, bytes: Buffer.from(bytes.subarray(at, at + size)) });
      at += size;
    } else {
      if (kind === 0) varint();
      else at += kind === 1 ? 8 : 4;
      found.push({ number: tag >>> 3, bytes: Buffer.from(bytes.subarray(start, at)) });
    }
  }
  return found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesBelow(path);
    return name.endsWith('_pb.js') ? [path] : [];
  });
}

// The SDK's own descriptors: every generated module exports its file.
function sdkFiles(): DescFile[] {
  const root = join(dirname(require.resolve('@scalekit-sdk/node/package.json')), 'lib/pkg/grpc');
  return filesBelow(join(root, 'scalekit')).map((path) => {
    const exported = require(path) as Record<string, unknown>;
    const file = Object.entries(exported).find(([name]) => name.startsWith('file_'))?.[1];
    assert.ok(file, `${path} has no file descriptor`);
    return file as DescFile;
  });
}

async function servedRegistry(files: DescFile[]): Promise<FileRegistry> {
  const set = create(FileDescriptorSetSchema, {});
  const seen = new Set<string>();
  const add = (files: Map<string, Uint8Array>, name: string): void => {
    const bytes = files.get(name);
    if (bytes === undefined || seen.has(name)) return;
    seen.add(name);
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    for (const needed of file.dependency) add(files, needed);
    set.file.push(file);
  };
  for (const file of files) {
    const symbol = file.services[0]?.typeName ?? file.messages[0]?.typeName;
    if (symbol === undefined) continue;
    const served = new Map<string, Uint8Array>();
    for (const bytes of await describe(symbol)) {
      served.set(fromBinary(FileDescriptorProtoSchema, bytes).name, bytes);
    }
    assert.ok(served.size > 0, `${symbol} is not served`);
    for (const name of served.keys()) add(served, name);
  }
  return createFileRegistry(set);
}

// The fields of an option's message in the order of their numbers: generators write them in any.
// `inside` is the number of a field that is such a message itself.
function sorted(bytes: Uint8Array, inside: number): string {
  return fieldsOf(bytes)
    .map((field) => {
      const isMessage = field.number === inside;
      const text = isMessage ? sorted(field.bytes, inside) : field.bytes.toString('hex');
      return { number: field.number, text };
    })
    .sort((a, b) => a.number - b.number)
    .map((field) => `${field.number}:${field.text}`)
    .join(' ');
}

// Of google.api.http: its additional_bindings.
const ADDITIONAL_BINDINGS = 11;

// Options as text by field number: what either side's generator knows of them does not matter.
function optionBytes(options: unknown): Map<number, string> {
  const unknown = (options as { $unknown?: { no: number; data: Uint8Array }[] } | undefined)
    ?.$unknown;
  const found = new Map<number, string>();
  for (const field of unknown ?? []) {
    const before = found.get(field.no) ?? '';
    found.set(field.no, `${before}${readOption(field.data)};`);
  }
  return found;
}

// A message option has its length first; a number or an enum has not.
function readOption(data: Uint8Array): string {
  try {
    const [option] = fieldsOf(Buffer.concat([Buffer.from([0x0a]), data]));
    if (option !== undefined) return sorted(option.bytes, ADDITIONAL_BINDINGS);
  } catch {
    // No message: as it is.
  }
  return Buffer.from(data).toString('hex');
}

class Comparison {
  readonly differences: string[] = [];
  fields = 0;
  methods = 0;

  note(text: string): void {
    if (!DELIBERATE.some(([pattern]) => pattern.test(text))) this.differences.push(text);
  }
  same(what: string, wanted: unknown, served: unknown): void {
    if (wanted !== served) this.note(`${what}: ${String(wanted)} is served as ${String(served)}`);
  }
  options(what: string, wanted: unknown, served: unknown): void {
    const a = optionBytes(wanted);
    const b = optionBytes(served);
    for (const number of new Set([...a.keys(), ...b.keys()])) {
      if (a.get(number) === b.get(number)) continue;
      this.note(`option ${number} of ${what}: ${a.get(number) ?? '-'} is ${b.get(number) ?? '-'}`);
    }
  }
  field(wanted: DescField, served: DescField | undefined): void {
    this.fields++;
    const name = `${wanted.parent.typeName}.${wanted.name}`;
    if (served === undefined) return this.note(`field ${name} is missing`);
    this.same(`${name} number`, wanted.number, served.number);
    this.same(`${name} JSON name`, wanted.jsonName, served.jsonName);
    this.same(`${name} type`, wanted.proto.type, served.proto.type);
    this.same(`${name} type name`, wanted.proto.typeName, served.proto.typeName);
    this.same(`${name} label`, wanted.proto.label, served.proto.label);
    this.same(`${name} presence`, wanted.presence, served.presence);
    this.same(`${name} oneof`, wanted.oneof?.name, served.oneof?.name);
    this.same(`${name} deprecated`, wanted.deprecated, served.deprecated);
    this.options(name, wanted.proto.options, served.proto.options);
  }
  enumeration(wanted: DescEnum, served: DescEnum | undefined): void {
    if (served === undefined) return this.note(`enum ${wanted.typeName} is missing`);
    const list = (type: DescEnum) => type.values.map((v) => `${v.name}=${v.number}`).join(' ');
    this.same(`enum ${wanted.typeName}`, list(wanted), list(served));
  }
  message(wanted: DescMessage, registry: FileRegistry): void {
    const served = registry.getMessage(wanted.typeName);
    if (served === undefined) return this.note(`message ${wanted.typeName} is missing`);
    for (const field of wanted.fields) {
      this.field(
        field,
        served.fields.find((each) => each.name === field.name),
      );
    }
    for (const field of served.fields) {
      const isKnown = wanted.fields.some((each) => each.name === field.name);
      if (!isKnown) this.note(`field ${served.typeName}.${field.name} is not of the contract`);
    }
    this.options(wanted.typeName, wanted.proto.options, served.proto.options);
    for (const inner of wanted.nestedMessages) this.message(inner, registry);
    for (const inner of wanted.nestedEnums) {
      this.enumeration(inner, registry.getEnum(inner.typeName));
    }
  }
  method(wanted: DescMethod, served: DescMethod | undefined): void {
    this.methods++;
    const name = `${wanted.parent.typeName}/${wanted.name}`;
    if (served === undefined) return this.note(`method ${name} is missing`);
    this.same(`${name} input`, wanted.input.typeName, served.input.typeName);
    this.same(`${name} output`, wanted.output.typeName, served.output.typeName);
    this.same(`${name} kind`, wanted.methodKind, served.methodKind);
    this.same(`${name} deprecated`, wanted.deprecated, served.deprecated);
    this.options(name, wanted.proto.options, served.proto.options);
  }
  file(wanted: DescFile, registry: FileRegistry): void {
    for (const message of wanted.messages) this.message(message, registry);
    for (const each of wanted.enums) this.enumeration(each, registry.getEnum(each.typeName));
    for (const service of wanted.services) {
      const served = registry.getService(service.typeName);
      if (served === undefined) {
        this.note(`service ${service.typeName} is missing`);
        continue;
      }
      for (const method of service.methods) {
        this.method(
          method,
          served.methods.find((each) => each.name === method.name),
        );
      }
    }
  }
}

test('the served contract is the one the SDK was made from, field by field', async () => {
  const files = sdkFiles();
  const registry = await servedRegistry(files);
  const comparison = new Comparison();
  for (const file of files) comparison.file(file, registry);
  assert.ok(comparison.fields > 1700, `only ${comparison.fields} fields were compared`);
  assert.equal(comparison.methods, 204);
  assert.deepEqual(comparison.differences, []);
});

test('a difference would be seen', async () => {
  const files = sdkFiles();
  const registry = await servedRegistry(files);
  const file = files.find((each) => each.proto.name.endsWith('sessions.proto'));
  assert.ok(file);
  const altered = fromBinary(
    FileDescriptorProtoSchema,
    toBinary(FileDescriptorProtoSchema, file.proto),
  );
  const message = altered.messageType[0];
  assert.ok(message?.field[0]);
  message.field[0].number += 100;
  const known = new Map<string, DescFile>();
  const remember = (each: DescFile): void => {
    known.set(each.proto.name, each);
    each.dependencies.forEach(remember);
  };
  files.forEach(remember);
  const changed = createFileRegistry(altered, (name) => known.get(name));
  const comparison = new Comparison();
  const alteredFile = changed.getFile(altered.name);
  assert.ok(alteredFile);
  comparison.file(alteredFile, registry);
  assert.equal(comparison.differences.length, 1);
});
