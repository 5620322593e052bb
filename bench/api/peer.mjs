// The peer of bench/api: the same contract served by connect-node, as an application would write it
// in the language of the SDK. Users are in memory, nobody is authenticated, nothing is validated or
// written: what is measured is the framework's share.
//
//   node peer.mjs PORT IDS
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { create } from '@bufbuild/protobuf';
import { connectNodeAdapter } from '@connectrpc/connect-node';

const require = createRequire(import.meta.url);
const root = require.resolve('@scalekit-sdk/node/package.json').replace(/package\.json$/, '');
const { UserService, GetUserResponseSchema } = require(
  `${root}lib/pkg/grpc/scalekit/v1/users/users_pb.js`,
);

const users = new Map(
  readFileSync(process.argv[3], 'utf8')
    .trim()
    .split('\n')
    .map((id, number) => [
      id,
      {
        id,
        email: `person.${number}@company.test`,
        userProfile: { givenName: 'Ada', familyName: 'Lovelace', name: 'Ada Lovelace' },
        memberships: [{ organizationId: 'org_123456789012345678', membershipStatus: 1 }],
      },
    ]),
);

const routes = (router) =>
  router.service(UserService, {
    getUser: ({ identities }) =>
      create(GetUserResponseSchema, { user: users.get(identities.value) }),
  });

const server = http2.createServer(connectNodeAdapter({ routes }));
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
