// Block ciphers and signatures by their URIs [XML Encryption 1.1 §5.2] [RFC 9231 §2.3].
export const AES = {
  cbc128: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  cbc256: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  gcm128: 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  gcm256: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
} as const;
export const TRIPLE_DES = 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc';

export const KEY_WRAP = {
  oaep: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  rsa15: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
} as const;

export const SIGNATURE = {
  sha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  sha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  sha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  pss: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
} as const;
