// The files of make.sh that JavaScript libraries write.
const { execFileSync } = require("node:child_process");
const { createCipheriv, createPublicKey, randomBytes } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const { SignedXml } = require("xml-crypto");
const { encrypt } = require("xml-encryption");

const read = (path) => readFileSync(path, "utf8");
const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const assertion = "urn:oasis:names:tc:SAML:2.0:assertion";

const signer = new SignedXml({
  privateKey: read(`${process.env.work}/idp.key`),
  publicCert: read("idp.crt"),
  signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  canonicalizationAlgorithm: exclusive,
  idAttribute: "ID",
});
signer.addReference({
  xpath: "/*",
  digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
  transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", exclusive],
});
signer.computeSignature(
  `<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r2"><Issuer xmlns="${assertion}">` +
    `https://idp.example/</Issuer><Status b="2" a='1&#10;"'>fine &gt; good</Status></Response>`,
  { location: { reference: "/*/*[local-name()='Issuer']", action: "after" } },
);
writeFileSync("xml_crypto.xml", signer.getSignedXml());

const plain = `<saml:Assertion xmlns:saml="${assertion}" ID="_a2"/>`;
const inside = (data) =>
  `<saml:EncryptedAssertion xmlns:saml="${assertion}">${data}</saml:EncryptedAssertion>`;
const options = {
  rsa_pub: createPublicKey(read("sp.crt")).export({ type: "spki", format: "pem" }),
  pem: read("sp.crt"),
  encryptionAlgorithm: "http://www.w3.org/2009/xmlenc11#aes256-gcm",
  keyEncryptionAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
};
encrypt(plain, options, (error, result) => {
  if (error) throw error;
  writeFileSync("xml_encryption.xml", inside(result));
});

// Ways of OAEP that neither library knows: the key by OpenSSL's command, the content by Node.
function byHand(output, { method, digest, mask }) {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const content = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const wrapped = execFileSync("openssl", ["pkeyutl", "-encrypt", "-certin", "-inkey", "sp.crt",
    "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", `rsa_oaep_md:${digest}`,
    "-pkeyopt", `rsa_mgf1_md:${mask}`], { input: key });
  const xenc = "http://www.w3.org/2001/04/xmlenc#";
  const value = (bytes) => `<xenc:CipherData><xenc:CipherValue>${bytes.toString("base64")}` +
    "</xenc:CipherValue></xenc:CipherData>";
  writeFileSync(output, inside(`<xenc:EncryptedData xmlns:xenc="${xenc}"><xenc:EncryptionMethod ` +
    `Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>${value(content)}</xenc:EncryptedData>` +
    `<xenc:EncryptedKey xmlns:xenc="${xenc}">${method}${value(wrapped)}</xenc:EncryptedKey>`));
}
const digestMethod = '<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ' +
  'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>';
byHand("oaep_mgf1p_sha256.xml", { digest: "sha256", mask: "sha1", method: "<xenc:EncryptionMethod " +
  `Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p">${digestMethod}</xenc:EncryptionMethod>` });
byHand("oaep_sha256_mgf1_sha256.xml", { digest: "sha256", mask: "sha256", method:
  '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep">' + digestMethod +
  '<e11:MGF xmlns:e11="http://www.w3.org/2009/xmlenc11#" ' +
  'Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></xenc:EncryptionMethod>' });
