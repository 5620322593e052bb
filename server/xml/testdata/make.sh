#!/usr/bin/env bash
# Makes the files beside it anew: XML that was signed and encrypted by others than us, with keys
# that live for a hundred years. Needs openssl, xmlsec1, and node with xml-crypto and xml-encryption
# where NODE_PATH finds them. This script says what is in the files; the tests what they prove.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

certificate() {  # name, kind of key…
  local name=$1
  shift
  openssl genpkey "${@:2}" -algorithm "$1" -out "$work/$name.key" 2>/dev/null
  openssl req -new -x509 -key "$work/$name.key" -days 36500 -subj "/CN=$name.example" \
    -out "$name.crt"
}
certificate idp RSA -pkeyopt rsa_keygen_bits:2048
certificate attacker RSA -pkeyopt rsa_keygen_bits:2048
certificate sp RSA -pkeyopt rsa_keygen_bits:2048
certificate p256 EC -pkeyopt ec_paramgen_curve:P-256
certificate p384 EC -pkeyopt ec_paramgen_curve:P-384
certificate p521 EC -pkeyopt ec_paramgen_curve:P-521
openssl pkcs8 -topk8 -nocrypt -in "$work/sp.key" -outform DER | base64 -w0 >sp.key.b64

dsig=http://www.w3.org/2000/09/xmldsig#
more=http://www.w3.org/2001/04/xmldsig-more#
enc=http://www.w3.org/2001/04/xmlenc#
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#
protocol=urn:oasis:names:tc:SAML:2.0:protocol
assertion=urn:oasis:names:tc:SAML:2.0:assertion

signature() {  # ID, signature method, digest method, content of the c14n Transform, KeyInfo
  cat <<XML
<ds:Signature xmlns:ds="$dsig"><ds:SignedInfo>
 <ds:CanonicalizationMethod Algorithm="$exclusive"/>
 <ds:SignatureMethod Algorithm="$2"/>
 <ds:Reference URI="#$1"><ds:Transforms><ds:Transform Algorithm="${dsig}enveloped-signature"/>
 <ds:Transform Algorithm="$exclusive">$4</ds:Transform></ds:Transforms>
 <ds:DigestMethod Algorithm="$3"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>
 <ds:SignatureValue/><ds:KeyInfo>$5</ds:KeyInfo></ds:Signature>
XML
}
x509='<ds:X509Data/>'
key_value='<ds:KeyValue/>'
prefixes="<ec:InclusiveNamespaces xmlns:ec=\"$exclusive\" PrefixList=\"xs #default\"/>"

response() {  # Signature of the Response, Signature of the Assertion
  cat <<XML
<?xml version="1.0" encoding="UTF-8"?>
<samlp:Response xmlns:samlp="$protocol" ID="_r1" Version="2.0"
  xmlns:xs="http://www.w3.org/2001/XMLSchema"
  IssueInstant="2026-11-22T07:00:00Z" Destination="https://id.example/acs?a=1&amp;b=2">
  <saml:Issuer xmlns:saml="$assertion">https://idp.example/&#229;</saml:Issuer>$1
  <samlp:Status><samlp:StatusCode
    Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion xmlns:saml="$assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
     Version="2.0" ID="_a1" IssueInstant='2026-11-22T07:00:00Z'>
    <saml:Issuer>https://idp.example/</saml:Issuer>$2
    <saml:Subject><saml:NameID>ada@corp.example</saml:NameID></saml:Subject>
    <saml:AttributeStatement><saml:Attribute Name="displayName"><saml:AttributeValue
      xsi:type="xs:string">Ada &lt;L&gt; &amp; "Co" — Ünïcode</saml:AttributeValue></saml:Attribute>
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
XML
}
sign() {  # output, key, element, template on standard input
  cat >"$work/template.xml"
  xmlsec1 --sign --privkey-pem "$work/$2.key,$2.crt" --id-attr:ID "$protocol:Response" \
    --id-attr:ID "$assertion:Assertion" --node-xpath \
    "//*[local-name()='$3']/*[local-name()='Signature']" --output "$1" "$work/template.xml"
}
rsa=${more}rsa-sha256
sha256=${enc}sha256

response "$(signature _r1 $rsa $sha256 '' "$x509")" '' | sign response_signed.xml idp Response
response '' "$(signature _a1 $rsa $sha256 '' "$x509")" | sign assertion_signed.xml idp Assertion
response "$(signature _r1 $rsa $sha256 '' "$x509")" "$(signature _a1 $rsa $sha256 '' "$x509")" |
  sign "$work/half.xml" idp Assertion
sign both_signed.xml idp Response <"$work/half.xml"
response '' "$(signature _a1 $rsa $sha256 "$prefixes" "$x509")" |
  sign inclusive_prefixes.xml idp Assertion
response "$(signature _r1 "${more}rsa-sha384" "${more}sha384" '' "$x509")" '' |
  sign rsa_sha384.xml idp Response
response "$(signature _r1 "${more}rsa-sha512" "${enc}sha512" '' "$x509")" '' |
  sign rsa_sha512.xml idp Response
response "$(signature _r1 "${dsig}rsa-sha1" "${dsig}sha1" '' "$x509")" '' |
  sign rsa_sha1.xml idp Response
response "$(signature _r1 "$rsa" "${dsig}sha1" '' "$x509")" '' |
  sign digest_sha1.xml idp Response
for pair in p256:256 p384:384 p521:512; do
  response "$(signature _r1 "${more}ecdsa-sha${pair#*:}" $sha256 '' "$x509")" '' |
    sign "ecdsa_${pair%:*}.xml" "${pair%:*}" Response
done
response "$(signature _r1 $rsa $sha256 '' "$x509")" '' | sign attacker_x509.xml attacker Response
response "$(signature _r1 $rsa $sha256 '' "$key_value")" '' |
  sign attacker_key_value.xml attacker Response

# The provider's public certificate as the key of an HMAC.
response "$(signature _r1 "${more}hmac-sha256" $sha256 '' '')" '' >"$work/hmac.xml"
xmlsec1 --sign --hmackey idp.crt --id-attr:ID "$protocol:Response" --output hmac_confusion.xml \
  "$work/hmac.xml"

encryption() {  # content algorithm, EncryptionMethod of the key
  cat <<XML
<xenc:EncryptedData xmlns:xenc="$enc" Type="${enc}Element"><xenc:EncryptionMethod Algorithm="$1"/>
<ds:KeyInfo xmlns:ds="$dsig"><xenc:EncryptedKey>$2<xenc:CipherData><xenc:CipherValue/></xenc:CipherData>
</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>
XML
}
encrypt() {  # output, content algorithm, EncryptionMethod of the key, kind of session key
  { echo "<saml:EncryptedAssertion xmlns:saml=\"$assertion\">"
    echo "<saml:Assertion ID=\"_a1\">"
    echo "<saml:Issuer>https://idp.example/</saml:Issuer></saml:Assertion>"
    echo "</saml:EncryptedAssertion>"; } >"$work/plain.xml"
  encryption "$2" "$3" >"$work/encryption.xml"
  xmlsec1 --encrypt --pubkey-cert-pem sp.crt --session-key "$4" --xml-data "$work/plain.xml" \
    --node-xpath "//*[local-name()='Assertion']" --output "$1" "$work/encryption.xml"
}
mgf1p="<xenc:EncryptionMethod Algorithm=\"${enc}rsa-oaep-mgf1p\"/>"
pkcs1="<xenc:EncryptionMethod Algorithm=\"${enc}rsa-1_5\"/>"
gcm=http://www.w3.org/2009/xmlenc11#aes
encrypt encrypted_aes128_gcm.xml "${gcm}128-gcm" "$mgf1p" aes-128
encrypt encrypted_aes192_gcm.xml "${gcm}192-gcm" "$mgf1p" aes-192
encrypt encrypted_aes256_gcm.xml "${gcm}256-gcm" "$mgf1p" aes-256
encrypt encrypted_aes256_cbc.xml "${enc}aes256-cbc" "$mgf1p" aes-256
encrypt encrypted_pkcs1.xml "${gcm}256-gcm" "$pkcs1" aes-256

work=$work node make.cjs
