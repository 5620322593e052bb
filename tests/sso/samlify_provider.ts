// npm `samlify` as an identity provider.
import { randomBytes } from 'node:crypto';
import samlify from 'samlify';
import { KEY_WRAP, SIGNATURE } from './algorithms.js';
import { withoutArmour } from './certificates.js';
import { NAME_ID, type Account } from './saml_provider.js';
import { SamlServer, type Brought, type HandOn, type Known } from './saml_server.js';

// Whether messages are well formed is for those who receive them to check.
samlify.setSchemaValidator({ validate: async () => 'passed' });

const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings';
const BASIC = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
const ATTRIBUTES = ['mail', 'givenName', 'sn', 'uid'];
const TEMPLATE = {
  context: samlify.SamlLib.defaultLoginResponseTemplate.context,
  attributes: ATTRIBUTES.map((name) => ({
    name,
    valueTag: name,
    nameFormat: BASIC,
    valueXsiType: 'xs:string',
  })),
};

// What samlify read out of a request.
type Provider = ReturnType<typeof samlify.IdentityProvider>;
type Answered = Parameters<Provider['createLoginResponse']>[1];

export class SamlifyProvider extends SamlServer {
  protected override async respond(brought: Brought, account: Account): Promise<HandOn> {
    const known = this.knownAs(issuerOf(brought));
    const request = await this.entityFor(known).parseLoginRequest(
      serviceProvider(known),
      brought.binding,
      arrived(brought),
    );
    const relayState = brought.fields['RelayState'] ?? '';
    return await this.handOn(known, account, relayState, { extract: request.extract });
  }

  protected override async launch(
    known: Known,
    account: Account,
    relayState: string,
  ): Promise<HandOn> {
    return await this.handOn(known, account, relayState, undefined);
  }

  protected override async logOut(brought: Brought): Promise<HandOn> {
    const known = this.knownAs(issuerOf(brought));
    const [own, theirs] = [this.entityFor(known), serviceProvider(known)];
    const request = await own.parseLogoutRequest(theirs, brought.binding, arrived(brought));
    const relayState = brought.fields['RelayState'] ?? '';
    const answer = own.createLogoutResponse(theirs, { extract: request.extract }, 'post', {
      relayState,
    }) as {
      context: string;
    };
    const fields = { SAMLResponse: answer.context, RelayState: relayState };
    return { url: known.provider.sloUrl, fields };
  }

  // A logout that begins here, as when the person signs out of the provider's own portal.
  logoutRequest(spEntityId: string, account: Account, sessionIndex: string): HandOn {
    const known = this.knownAs(spEntityId);
    const user = { logoutNameID: nameIdOf(known, account), sessionIndex };
    const made = this.entityFor(known).createLogoutRequest(serviceProvider(known), 'post', user);
    const fields = { SAMLRequest: (made as { context: string }).context };
    return { url: known.provider.sloUrl, fields };
  }

  private entityFor({ mode }: Known) {
    return samlify.IdentityProvider({
      entityID: this.entityId,
      privateKey: this.credential.key,
      signingCert: withoutArmour(this.credential.certificate),
      nameIDFormat: [NAME_ID[mode.nameId ?? 'persistent']],
      requestSignatureAlgorithm: mode.signature ?? SIGNATURE.sha256,
      isAssertionEncrypted: mode.encryption !== undefined,
      dataEncryptionAlgorithm: mode.encryption ?? '',
      keyEncryptionAlgorithm: mode.keyEncryption ?? KEY_WRAP.oaep,
      wantAuthnRequestsSigned: mode.hasSignedRequests ?? false,
      wantLogoutRequestSigned: true,
      wantLogoutResponseSigned: true,
      loginResponseTemplate: TEMPLATE,
      generateID: newId,
      singleSignOnService: [
        { Binding: `${BINDING}:HTTP-POST`, Location: this.ssoUrl },
        { Binding: `${BINDING}:HTTP-Redirect`, Location: this.ssoUrl },
      ],
      singleLogoutService: [{ Binding: `${BINDING}:HTTP-POST`, Location: this.sloUrl }],
    } as Parameters<typeof samlify.IdentityProvider>[0]);
  }

  private async handOn(
    known: Known,
    account: Account,
    relayState: string,
    request: Answered | undefined,
  ): Promise<HandOn> {
    const id = (request?.extract.request as { id?: string } | undefined)?.id;
    const response = await this.entityFor(known).createLoginResponse(
      serviceProvider(known),
      request ?? { extract: {} },
      'post',
      { email: account.email },
      {
        relayState,
        encryptThenSign: known.mode.isEncryptedFirst ?? false,
        customTagReplacement: (template) => this.filledIn(template, known, account, id),
      },
    );
    const fields = { SAMLResponse: response.context, RelayState: relayState };
    return { url: known.provider.acs, fields };
  }

  private filledIn(template: string, known: Known, account: Account, request: string | undefined) {
    const now = new Date();
    const later = new Date(now.getTime() + 5 * 60_000).toISOString();
    const id = newId();
    const acs = known.provider.acs;
    const tags = {
      ID: id,
      AssertionID: newId(),
      Destination: acs,
      Audience: known.mode.audience ?? known.provider.entityId,
      SubjectRecipient: acs,
      AssertionConsumerServiceURL: acs,
      Issuer: this.entityId,
      IssueInstant: now.toISOString(),
      StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
      ConditionsNotBefore: now.toISOString(),
      ConditionsNotOnOrAfter: later,
      SubjectConfirmationDataNotOnOrAfter: later,
      NameIDFormat: NAME_ID[known.mode.nameId ?? 'persistent'],
      NameID: nameIdOf(known, account),
      InResponseTo: request ?? '',
      AuthnStatement: statement(now, `_session-of-${account.uid}`),
      attrMail: account.email,
      attrGivenName: account.givenName,
      attrSn: account.familyName,
      attrUid: account.uid,
    };
    // samlify leaves an empty attribute where it was not asked.
    const fitting =
      request === undefined ? template.replace(/ InResponseTo="[^"]*"/g, '') : template;
    const withStatement = fitting.replace('{AuthnStatement}', tags.AuthnStatement);
    return { id, context: samlify.SamlLib.replaceTagsByValue(withStatement, tags) };
  }
}

function serviceProvider({ provider, mode }: Known) {
  return samlify.ServiceProvider({
    entityID: provider.entityId,
    authnRequestsSigned: mode.hasSignedRequests ?? false,
    wantAssertionsSigned: mode.signed === 'assertion' || mode.signed === 'both',
    wantMessageSigned: mode.signed === 'response' || mode.signed === 'both',
    wantLogoutResponseSigned: true,
    wantLogoutRequestSigned: true,
    ...(provider.signingCertificate && { signingCert: provider.signingCertificate }),
    ...(provider.encryptionCertificate && { encryptCert: provider.encryptionCertificate }),
    assertionConsumerService: [{ Binding: `${BINDING}:HTTP-POST`, Location: provider.acs }],
    singleLogoutService: [{ Binding: `${BINDING}:HTTP-POST`, Location: provider.sloUrl }],
  });
}

function issuerOf(brought: Brought): string | undefined {
  const text = brought.fields['SAMLRequest'] ?? '';
  const bytes = Buffer.from(text, 'base64');
  const xml =
    brought.binding === 'redirect' ? samlify.Utility.inflateString(text) : bytes.toString('utf8');
  return /Issuer[^>]*>([^<]+)</.exec(xml)?.[1];
}

function arrived({ binding, fields, rawQuery }: Brought) {
  if (binding === 'post') return { body: fields };
  const signed = rawQuery.split('&').filter((part) => !part.startsWith('Signature='));
  return { query: fields, octetString: signed.join('&') };
}

const nameIdOf = ({ mode }: Known, { uid, email }: Account): string =>
  mode.nameId === 'email' ? email : mode.nameId === 'transient' ? newId() : uid;

const statement = (now: Date, session: string): string =>
  `<saml:AuthnStatement AuthnInstant="${now.toISOString()}" SessionIndex="${session}">` +
  '<saml:AuthnContext><saml:AuthnContextClassRef>' +
  'urn:oasis:names:tc:SAML:2.0:ac:classes:Password' +
  '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>';

const newId = (): string => `_${randomBytes(20).toString('hex')}`;
