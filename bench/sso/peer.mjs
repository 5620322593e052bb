// peer.mjs ORDER: how many of the same responses npm @node-saml/node-saml validates in a second of
// its processor time. It reads them out of memory, without HTTP, and makes no session of them.
import { readFileSync } from 'node:fs';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';

const order = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const responses = JSON.parse(readFileSync(order.responses, 'utf8'));
const asked = new Map();
const saml = new SAML({
  callbackUrl: order.acs,
  issuer: order.spEntityId,
  audience: order.spEntityId,
  entryPoint: 'http://127.0.0.1/sso',
  idpCert: order.certificate,
  idpIssuer: order.entityId,
  wantAuthnResponseSigned: true,
  wantAssertionsSigned: false,
  acceptedClockSkewMs: 180_000,
  validateInResponseTo: ValidateInResponseTo.always,
  cacheProvider: {
    saveAsync: async (key, value) => void asked.set(key, value),
    getAsync: async () => new Date().toISOString(), // every request was ours
    removeAsync: async (key) => void asked.delete(key),
  },
});

const validate = async (SAMLResponse) => {
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
  if (!profile?.nameID?.startsWith('person-')) throw new Error('validated, but nobody is named');
};
for (const response of responses.slice(0, 100)) await validate(response);
const before = process.cpuUsage();
let count = 0;
for (const response of responses.slice(0, order.peerCount)) {
  await validate(response);
  count += 1;
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ count, per_cpu_s: count / ((user + system) / 1e6) })}\n`);
