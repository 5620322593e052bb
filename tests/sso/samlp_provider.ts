// npm `samlp`, the SAML side of Auth0, as an identity provider.
import samlp from 'samlp';
import { NAME_ID, type Account } from './saml_provider.js';
import { SamlServer, type Brought, type HandOn, type Known } from './saml_server.js';

export class SamlpProvider extends SamlServer {
  protected override async respond(brought: Brought, account: Account): Promise<HandOn> {
    const first = await this.read(brought, undefined);
    const known = this.knownAs(first.issuer);
    const request = known.mode.hasSignedRequests ? await this.read(brought, known) : first;
    return await this.handOn(known, account, brought.fields['RelayState'] ?? '', request.id);
  }

  protected override async launch(
    known: Known,
    account: Account,
    relayState: string,
  ): Promise<HandOn> {
    return await this.handOn(known, account, relayState, undefined);
  }

  protected override async logOut(): Promise<HandOn> {
    throw new Error('its logout needs a session store; it is not part of these tests');
  }

  private async read(brought: Brought, known: Known | undefined) {
    const isPost = brought.binding === 'post';
    const request = {
      method: isPost ? 'POST' : 'GET',
      query: isPost ? {} : brought.fields,
      body: isPost ? brought.fields : {},
    };
    const { RelayState: relayState, Signature: signature, SigAlg: sigAlg } = brought.fields;
    const options = {
      ...(known && { signingCert: known.provider.signingCertificate ?? '' }),
      ...(relayState !== undefined && { relayState }),
      ...(signature !== undefined && { signature }),
      ...(sigAlg !== undefined && { sigAlg }),
    };
    return await new Promise<{ id?: string; issuer?: string }>((settle, fail) => {
      samlp.parseRequest(request, options, (error, read) =>
        error ? fail(error) : settle(read ?? {}),
      );
    });
  }

  private async handOn(
    { provider, mode }: Known,
    { uid, email, givenName, familyName }: Account,
    relayState: string,
    inResponseTo: string | undefined,
  ): Promise<HandOn> {
    const encryption = provider.encryptionCertificate;
    const options = {
      issuer: this.entityId,
      cert: this.credential.certificate,
      key: this.credential.key,
      audience: mode.audience ?? provider.entityId,
      lifetimeInSeconds: mode.lifetimeSeconds ?? 300,
      destination: provider.acs,
      recipient: provider.acs,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      signResponse: mode.signed === 'response' || mode.signed === 'both',
      signAssertion: mode.signed === 'assertion' || mode.signed === 'both',
      nameIdentifierFormat: NAME_ID[mode.nameId ?? 'persistent'],
      sessionIndex: `_session-of-${uid}`,
      ...(inResponseTo !== undefined && { inResponseTo }),
      ...(mode.encryption !== undefined && {
        encryptionAlgorithm: mode.encryption,
        disallowEncryptionWithInsecureAlgorithm: false, // CBC
        warnOnInsecureEncryptionAlgorithm: false,
        encryptionCert: armoured(encryption ?? ''),
        encryptionPublicKey: armoured(encryption ?? ''),
      }),
    };
    const user = {
      id: mode.nameId === 'email' ? email : uid,
      emails: [{ value: email }],
      displayName: `${givenName} ${familyName}`,
      name: { givenName, familyName },
    };
    const xml = await new Promise<string>((settle, fail) => {
      samlp.getSamlResponse(options, user, (error, text) => (error ? fail(error) : settle(text)));
    });
    const fields = { SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: relayState };
    return { url: provider.acs, fields };
  }
}

const armoured = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
