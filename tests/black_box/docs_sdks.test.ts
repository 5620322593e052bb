// The program for Node in docs/sdks.md does what the page says, over http and https.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Gatehouse, ROOT } from './gatehouse.js';

const program = (): string => {
  const page = readFileSync(join(ROOT, 'docs/sdks.md'), 'utf8');
  const found = /^```js\n(.*?)^```$/ms.exec(page)?.[1];
  assert.ok(found, 'docs/sdks.md has a program for Node');
  return found;
};

for (const tls of [false, true]) {
  const scheme = tls ? 'https' : 'http';
  test(`the Node program of docs/sdks.md prints the organizations over ${scheme}`, async () => {
    const gatehouse = await Gatehouse.start({ tls });
    try {
      const { ready } = gatehouse;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '--eval', program()],
        {
          cwd: ROOT,
          timeout: 30_000,
          env: {
            ...process.env,
            SCALEKIT_ENVIRONMENT_URL: ready.environment_url,
            SCALEKIT_CLIENT_ID: ready.client_id,
            SCALEKIT_CLIENT_SECRET: ready.client_secret,
            ...(ready.ca_file ? { NODE_EXTRA_CA_CERTS: ready.ca_file } : {}),
          },
        },
      );
      assert.equal(stdout, 'Example Corp\nAcme\n');
    } finally {
      await gatehouse.stop();
    }
  });
}
