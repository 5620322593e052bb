#include "server/xml/encryption.h"

#include <algorithm>
#include <array>

#include "server/core/enum_names.h"
#include "server/crypto/content_cipher.h"
#include "server/crypto/rsa_oaep.h"
#include "server/encoding/base64.h"
#include "server/xml/held.h"
#include "server/xml/names.h"
#include "server/xml/scan.h"
#include "server/xml/signature_parts.h"
#include "server/xml/writer.h"

namespace gatehouse::xml {
namespace {

using crypto::ContentMode;
using crypto::DigestAlgorithm;
using crypto::OaepParameters;

constexpr EnumNames<EncryptionProblem, 4> problem_names({"malformed", "algorithm_refused",
                                                         "cbc_without_signature", "failed"});

constexpr std::size_t keys_max =
    3;  // one for each of some recipients; each costs a private key's work

struct Cipher {
  std::string_view uri;
  ContentMode mode;
  std::size_t key_bytes;
};
constexpr std::array ciphers = {
    Cipher{names::aes128_gcm, ContentMode::gcm, 16},
    Cipher{names::aes192_gcm, ContentMode::gcm, 24},
    Cipher{names::aes256_gcm, ContentMode::gcm, 32},
    Cipher{names::aes128_cbc, ContentMode::cbc, 16},
    Cipher{names::aes192_cbc, ContentMode::cbc, 24},
    Cipher{names::aes256_cbc, ContentMode::cbc, 32},
};
const Cipher* find_cipher(std::string_view uri) {
  const auto found = std::ranges::find(ciphers, uri, &Cipher::uri);
  return found == ciphers.end() ? nullptr : &*found;
}

struct Mask {
  std::string_view uri;
  DigestAlgorithm digest;
};
constexpr std::array masks = {
    Mask{names::mgf1_sha1, DigestAlgorithm::sha1},
    Mask{names::mgf1_sha256, DigestAlgorithm::sha256},
    Mask{names::mgf1_sha384, DigestAlgorithm::sha384},
    Mask{names::mgf1_sha512, DigestAlgorithm::sha512},
};

struct EncryptedKey {
  OaepParameters parameters;
  std::string ciphertext;
};
struct Parts {
  const Cipher* cipher;
  std::string ciphertext;
  std::vector<EncryptedKey> keys;
};

// The octets of a CipherValue; a CipherReference is none.
std::optional<std::string> cipher_value(const Element& holder) {
  const auto data = holder.only_child(names::encryption, "CipherData");
  if (!data.has_value() || data->children().size() != 1) return std::nullopt;
  const auto value = data->only_child(names::encryption, "CipherValue");
  return value.has_value() ? base64_content(*value) : std::nullopt;
}

std::string method_of(const Element& holder) {
  const auto method = holder.only_child(names::encryption, "EncryptionMethod");
  return method.has_value() ? method->attribute("Algorithm").value_or("") : "";
}

// How the key was encrypted; nullopt if it is no way that we take.
std::optional<OaepParameters> oaep_parameters(const Element& key) {
  const std::string uri = method_of(key);
  if (uri != names::rsa_oaep && uri != names::rsa_oaep_mgf1p) return std::nullopt;
  OaepParameters parameters;
  const auto method = key.only_child(names::encryption, "EncryptionMethod");
  for (const Element& each : method->children()) {
    if (each.is(names::signature, "DigestMethod")) {
      const auto digest = find_digest(each.attribute("Algorithm").value_or(""));
      if (!digest.has_value()) return std::nullopt;
      parameters.digest = *digest;
    } else if (each.is(names::encryption_11, "MGF") && uri == names::rsa_oaep) {
      const auto mask =
          std::ranges::find(masks, each.attribute("Algorithm").value_or(""), &Mask::uri);
      if (mask == masks.end()) return std::nullopt;
      parameters.mask_digest = mask->digest;
    } else if (each.is(names::encryption, "OAEPparams")) {
      std::optional<std::string> label = base64_content(each);
      if (!label.has_value()) return std::nullopt;
      parameters.label = *std::move(label);
    } else if (!each.is(names::encryption, "KeySize")) {
      return std::nullopt;
    }
  }
  return parameters;
}

// EncryptedKeys stand in the KeyInfo of the EncryptedData or beside it.
std::vector<Element> find_keys(const Element& encrypted, const Element& data) {
  std::vector<Element> found;
  if (const auto info = data.only_child(names::signature, "KeyInfo")) {
    found = info->children(names::encryption, "EncryptedKey");
  }
  const std::vector<Element> beside = encrypted.children(names::encryption, "EncryptedKey");
  found.insert(found.end(), beside.begin(), beside.end());
  return found;
}

Result<Parts, EncryptionProblem> read_parts(const Element& encrypted) {
  const auto data = encrypted.only_child(names::encryption, "EncryptedData");
  if (!data.has_value()) return EncryptionProblem::malformed;
  const std::string type = data->attribute("Type").value_or(std::string(names::element_type));
  std::optional<std::string> ciphertext = cipher_value(*data);
  const std::vector<Element> keys = find_keys(encrypted, *data);
  if (type != names::element_type || !ciphertext.has_value() || keys.empty() ||
      keys.size() > keys_max) {
    return EncryptionProblem::malformed;
  }
  Parts parts{find_cipher(method_of(*data)), *std::move(ciphertext), {}};
  if (parts.cipher == nullptr) return EncryptionProblem::algorithm_refused;
  for (const Element& each : keys) {
    std::optional<std::string> value = cipher_value(each);
    if (!value.has_value()) return EncryptionProblem::malformed;
    std::optional<OaepParameters> parameters = oaep_parameters(each);
    if (parameters.has_value()) parts.keys.push_back({*std::move(parameters), *std::move(value)});
  }
  if (parts.keys.empty()) return EncryptionProblem::algorithm_refused;
  return parts;
}

// The namespaces in scope at `element`, nearest first; one for each prefix.
std::vector<const xmlNs*> namespaces_in_scope(const Element& element) {
  std::vector<const xmlNs*> found;
  for (const xmlNode* at = element.node(); at != nullptr && at->type == XML_ELEMENT_NODE;
       at = at->parent) {
    for (const xmlNs* ns = at->nsDef; ns != nullptr; ns = ns->next) {
      if (std::ranges::none_of(
              found, [ns](const xmlNs* each) { return view(each->prefix) == view(ns->prefix); })) {
        found.push_back(ns);
      }
    }
  }
  return found;
}

std::string declaration(const xmlNs* ns) {
  const std::string_view prefix = view(ns->prefix);
  return (prefix.empty() ? " xmlns" : " xmlns:" + std::string(prefix)) + "=\"" +
         escape(view(ns->href)) + "\"";
}

bool declares(const Element& element, const xmlNs* like) {
  for (const xmlNs* ns = element.node()->nsDef; ns != nullptr; ns = ns->next) {
    if (view(ns->prefix) == view(like->prefix)) return true;
  }
  return false;
}

// `text`, an element that stood in `place`, as a document of its own; nullopt if it is not one
// element. What it declares itself stays as it is: a signature may rest on it. Only where that is
// not enough do the namespaces of the place come in.
std::optional<std::string> stand_alone(std::string_view text, const Element& place) {
  const Result<Scanned, ParseProblem> scanned = scan(text, {});
  if (!scanned.ok()) return std::nullopt;
  const std::string_view body = text.substr(scanned.value().body_begin);
  const Result<Document, ParseProblem> alone = Document::parse(body);
  if (alone.ok() && !alone.value().root().namespace_uri().empty()) return std::string(body);

  const std::vector<const xmlNs*> outer = namespaces_in_scope(place);
  std::string wrapped = "<place";
  for (const xmlNs* ns : outer) wrapped += declaration(ns);
  wrapped.append(">").append(body).append("</place>");
  const Result<Document, ParseProblem> within = Document::parse(wrapped);
  if (!within.ok()) return std::nullopt;
  const std::vector<Element> elements = within.value().root().children();
  if (elements.size() != 1) return std::nullopt;
  const std::size_t name_end = std::min(body.find_first_of(" \t\r\n/>"), body.size());
  std::string whole(body.substr(0, name_end));
  for (const xmlNs* ns : outer) {
    if (!declares(elements.front(), ns)) whole += declaration(ns);
  }
  whole += body.substr(name_end);
  // Text beside the element shows here.
  return Document::parse(whole).ok() ? std::optional(std::move(whole)) : std::nullopt;
}

// The key of the content; a random one where it cannot be had, so that what follows takes its time.
Secret open_key(const EncryptedKey& encrypted, const KeyPair& key, std::size_t bytes) {
  Secret other = crypto::make_content_key(bytes);
  Result<Secret, Error> opened =
      crypto::rsa_oaep_decrypt(key.private_key, encrypted.parameters, encrypted.ciphertext);
  const bool is_fit = opened.ok() && opened.value().size() == bytes;
  return is_fit ? std::move(opened).value() : std::move(other);
}

}  // namespace

std::string_view encryption_problem_name(EncryptionProblem problem) {
  return problem_names.name(problem);
}

Result<std::string, EncryptionProblem> decrypt_element(const Element& encrypted, const KeyPair& key,
                                                       Surroundings surroundings) {
  const Parts parts = TRY(read_parts(encrypted));
  if (parts.cipher->mode == ContentMode::cbc && surroundings == Surroundings::unverified) {
    return EncryptionProblem::cbc_without_signature;
  }
  for (const EncryptedKey& each : parts.keys) {
    const Secret content_key = open_key(each, key, parts.cipher->key_bytes);
    const Result<std::string, Error> text =
        crypto::decrypt_content(parts.cipher->mode, content_key, parts.ciphertext);
    if (!text.ok()) continue;
    std::optional<std::string> element = stand_alone(text.value(), encrypted);
    if (element.has_value()) return *std::move(element);
  }
  return EncryptionProblem::failed;
}

Result<std::string, Error> encrypt_element(std::string_view xml,
                                           const crypto::Certificate& recipient,
                                           ContentCipher cipher) {
  if (recipient.key == nullptr) {
    return Error(ErrorCode::invalid_argument, "nothing can be encrypted for this certificate");
  }
  constexpr std::array uris = {names::aes128_gcm, names::aes256_gcm, names::aes128_cbc,
                               names::aes256_cbc};
  const Cipher* how = find_cipher(uris.at(static_cast<std::size_t>(cipher)));
  const Secret content_key = crypto::make_content_key(how->key_bytes);
  const std::string wrapped =
      TRY(crypto::rsa_oaep_encrypt(*recipient.key, OaepParameters(), content_key));
  const std::string content = crypto::encrypt_content(how->mode, content_key, xml);
  std::string out;
  Writer(out)
      .begin("xenc:EncryptedData",
             {{"xmlns:xenc", names::encryption}, {"Type", names::element_type}})
      .element("xenc:EncryptionMethod", "", {{"Algorithm", how->uri}})
      .begin("ds:KeyInfo", {{"xmlns:ds", names::signature}})
      .begin("xenc:EncryptedKey")
      .begin("xenc:EncryptionMethod", {{"Algorithm", names::rsa_oaep_mgf1p}})
      .element("ds:DigestMethod", "", {{"Algorithm", names::sha1}})
      .end()
      .begin("xenc:CipherData")
      .element("xenc:CipherValue", base64_encode(wrapped))
      .end()
      .end()
      .end()
      .begin("xenc:CipherData")
      .element("xenc:CipherValue", base64_encode(content))
      .end()
      .end();
  return out;
}

}  // namespace gatehouse::xml
