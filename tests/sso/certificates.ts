// Key pairs with a self-signed certificate, as identity providers have them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Credential {
  key: string; // PEM, PKCS #8
  certificate: string; // PEM
}

export function makeCredential(name: string): Credential {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-key-'));
  try {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '30',
        '-subj',
        `/CN=${name}`,
      ].concat(['-keyout', key, '-out', certificate]),
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const withoutArmour = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
