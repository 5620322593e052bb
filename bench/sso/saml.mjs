// Responses of a SAML provider, 9 KB each, written in canonical form so that signing them costs
// little beside the RSA: what is digested is the text itself [XML Signature §3.2.2].
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const BYTES = 9 * 1024;
const FORMAT = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

const newId = () => `_${randomBytes(20).toString('hex')}`;
const base64 = (text) => Buffer.from(text).toString('base64');

export class Signer {
  constructor({ key, certificate }) {
    this.key = createPrivateKey(key);
    this.certificate = certificate.replace(/-----[^-]+-----|\s/g, '');
  }

  // `order`: { entityId, audience, acs, request, uid, email, index }
  response(order) {
    const now = new Date().toISOString();
    const until = new Date(Date.now() + 3600_000).toISOString();
    const [id, assertionId] = [newId(), newId()];
    const start =
      `<samlp:Response xmlns:samlp="${PROTOCOL}" Destination="${order.acs}" ID="${id}"` +
      ` InResponseTo="${order.request}" IssueInstant="${now}" Version="2.0">` +
      `<saml:Issuer xmlns:saml="${ASSERTION}">${order.entityId}</saml:Issuer>`;
    const rest = (groups) =>
      '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">' +
      '</samlp:StatusCode></samlp:Status>' +
      assertion({ ...order, id: assertionId, now, until, groups }) +
      '</samlp:Response>';
    const bare = this.signature(id, '').length + start.length + rest('').length;
    const one = value('x'.repeat(60)).length;
    const groups = Array.from({ length: Math.ceil((BYTES - bare) / one) }, (_, number) =>
      value(`group-${number}`.padEnd(60, '-')),
    ).join('');
    const signature = this.signature(id, start + rest(groups));
    return base64(start + signature + rest(groups));
  }

  signature(id, canonical) {
    const digest = createHash('sha256').update(canonical).digest('base64');
    const inside =
      `<ds:CanonicalizationMethod Algorithm="${C14N}"></ds:CanonicalizationMethod>` +
      `<ds:SignatureMethod Algorithm="${RSA}"></ds:SignatureMethod>` +
      `<ds:Reference URI="#${id}"><ds:Transforms>` +
      `<ds:Transform Algorithm="${DSIG}enveloped-signature"></ds:Transform>` +
      `<ds:Transform Algorithm="${C14N}"></ds:Transform></ds:Transforms>` +
      `<ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod>` +
      `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const alone = `<ds:SignedInfo xmlns:ds="${DSIG}">${inside}`;
    const value = sign('sha256', Buffer.from(alone), this.key).toString('base64');
    return (
      `<ds:Signature xmlns:ds="${DSIG}"><ds:SignedInfo>${inside}` +
      `<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>` +
      `<ds:X509Certificate>${this.certificate}</ds:X509Certificate>` +
      '</ds:X509Data></ds:KeyInfo></ds:Signature>'
    );
  }
}

const value = (text) => `<saml:AttributeValue>${text}</saml:AttributeValue>`;
const attribute = (name, values) =>
  `<saml:Attribute Name="${name}" NameFormat="${FORMAT}">${values}</saml:Attribute>`;

function assertion({ id, entityId, audience, acs, request, uid, email, now, until, groups }) {
  return (
    `<saml:Assertion xmlns:saml="${ASSERTION}" ID="${id}" IssueInstant="${now}" Version="2.0">` +
    `<saml:Issuer>${entityId}</saml:Issuer><saml:Subject>` +
    `<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${uid}` +
    '</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `<saml:SubjectConfirmationData InResponseTo="${request}" NotOnOrAfter="${until}"` +
    ` Recipient="${acs}"></saml:SubjectConfirmationData></saml:SubjectConfirmation>` +
    `</saml:Subject><saml:Conditions NotBefore="${now}" NotOnOrAfter="${until}">` +
    `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience>` +
    '</saml:AudienceRestriction></saml:Conditions>' +
    `<saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${id}"><saml:AuthnContext>` +
    '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password' +
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>' +
    '<saml:AttributeStatement>' +
    attribute('mail', value(email)) +
    attribute('givenName', value('Ada')) +
    attribute('sn', value('Lovelace')) +
    attribute('groups', groups) +
    '</saml:AttributeStatement></saml:Assertion>'
  );
}
