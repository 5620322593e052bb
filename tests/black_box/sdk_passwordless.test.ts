// Headless passwordless by the official SDK, with the mails that it sends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitTooManyRequestsException,
  type ScalekitClient,
} from '@scalekit-sdk/node';
import { sdk, SEED } from './clients.js';
import { failureOf } from './failures.js';
import { Gatehouse } from './gatehouse.js';

type SendOptions = NonNullable<
  Parameters<ScalekitClient['passwordless']['sendPasswordlessEmail']>[1]
>;
type Template = NonNullable<SendOptions['template']>;
const SIGN_IN = 1 as Template;
const SIGN_UP = 2 as Template;
const LINK_OTP = 3;
const PAGE = 'https://app.acme.test/magic';

describe('passwordless through the SDK', () => {
  let gatehouse: Gatehouse;
  let client: ScalekitClient;
  let count = 0;
  before(async () => {
    gatehouse = await Gatehouse.start({ seed: SEED });
    client = sdk(gatehouse);
  });
  after(async () => await gatehouse?.stop());

  // To an address that got no mail before.
  const send = async (options: SendOptions = {}) => {
    const address = `person${(count += 1)}@acme.test`;
    const sent = await client.passwordless.sendPasswordlessEmail(address, {
      magiclinkAuthUri: PAGE,
      ...options,
    });
    return { address, sent, mail: await gatehouse.mailTo(address) };
  };
  const linkToken = (link: string): string => new URL(link).searchParams.get('link_token') ?? '';
  const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');

  test('the code of the mail proves the address, and brings back the state', async () => {
    const { address, sent, mail } = await send({
      template: SIGN_UP,
      state: 'my state',
      expiresIn: 3600,
      templateVariables: { company: 'Acme' },
    });
    assert.equal(sent.expiresIn, 3600);
    assert.ok(Number(sent.expiresAt) > Date.now() / 1000);
    assert.equal(sent.passwordlessType, LINK_OTP);
    assert.match(mail.subject, /to join/);
    const verified = await client.passwordless.verifyPasswordlessEmail(
      { code: mail.code },
      sent.authRequestId,
    );
    assert.equal(verified.email, address);
    assert.equal(verified.state, 'my state');
    assert.equal(verified.template, SIGN_UP);
    const again = await failureOf(
      client.passwordless.verifyPasswordlessEmail({ code: mail.code }, sent.authRequestId),
    );
    assert.ok(again instanceof ScalekitBadRequestException);
    assert.equal(again.errorCode, 'INVALID_ARGUMENT');
  });

  test('the token of the link is enough, once', async () => {
    const { address, mail } = await send({ template: SIGN_IN });
    const token = linkToken(mail.link);
    assert.ok(token.length > 0 && token.length <= 100);
    const verified = await client.passwordless.verifyPasswordlessEmail({
      linkToken: token,
    });
    assert.equal(verified.email, address);
    for (const spent of [token, 'link_l', `${token}x`]) {
      const failure = await failureOf(
        client.passwordless.verifyPasswordlessEmail({ linkToken: spent }),
      );
      assert.ok(failure instanceof ScalekitBadRequestException, String(failure));
    }
  });

  test('five wrong codes are too many', async () => {
    const { sent, mail } = await send();
    const attempt = (code: string) =>
      failureOf(client.passwordless.verifyPasswordlessEmail({ code }, sent.authRequestId));
    for (let i = 0; i < 5; ++i) {
      assert.ok((await attempt(wrong(mail.code))) instanceof ScalekitBadRequestException);
    }
    const sixth = await attempt(mail.code);
    assert.ok(sixth instanceof ScalekitTooManyRequestsException, String(sixth));
    assert.equal(sixth.errorCode, 'RESOURCE_EXHAUSTED');
  });

  test('resending brings a fresh code and voids the old link', async () => {
    const { address, sent, mail } = await send();
    const again = await client.passwordless.resendPasswordlessEmail(sent.authRequestId);
    assert.equal(again.expiresIn, sent.expiresIn);
    assert.equal(again.passwordlessType, sent.passwordlessType);
    const fresh = await gatehouse.mailTo(address);
    const old = await failureOf(
      client.passwordless.verifyPasswordlessEmail({
        linkToken: linkToken(mail.link),
      }),
    );
    assert.ok(old instanceof ScalekitBadRequestException);
    const { email } = await client.passwordless.verifyPasswordlessEmail(
      { code: fresh.code },
      again.authRequestId,
    );
    assert.equal(email, address);
  });

  test('unknown requests are not found, impossible ones refused', async () => {
    const unknown = await failureOf(client.passwordless.resendPasswordlessEmail('areq_1'));
    assert.ok(unknown instanceof ScalekitNotFoundException);
    const nobody = await failureOf(
      client.passwordless.verifyPasswordlessEmail({ code: '123456' }, 'areq_1'),
    );
    assert.ok(nobody instanceof ScalekitNotFoundException);
    const refused: [string, SendOptions][] = [
      ['no address', {}],
      ['ok@acme.test', { magiclinkAuthUri: 'app://magic' }],
      ['ok@acme.test', { expiresIn: 30 }],
      ['ok@acme.test', { templateVariables: { otp: '1' } }],
    ];
    for (const [address, options] of refused) {
      const failure = await failureOf(client.passwordless.sendPasswordlessEmail(address, options));
      assert.ok(failure instanceof ScalekitBadRequestException, String(failure));
      assert.equal(failure.errorCode, 'INVALID_ARGUMENT');
    }
    const unnamed = await failureOf(
      client.passwordless.verifyPasswordlessEmail({ code: '123456' }),
    );
    assert.ok(unnamed instanceof ScalekitBadRequestException);
  });
});
