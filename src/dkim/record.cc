#include "dkim/record.h"

#include "crypto/base64.h"

namespace postkeep::dkim {
namespace {

constexpr std::size_t string_octets_max = 255;

}  // namespace

std::string key_record(Algorithm algorithm, Octets public_key) {
  std::string record = "v=DKIM1; k=";
  record += algorithm == Algorithm::rsa_sha256 ? "rsa" : "ed25519";
  return record + "; p=" + crypto::write_base64(public_key);
}

std::string record_name(std::string_view selector, std::string_view domain) {
  return std::string{selector} + "._domainkey." + std::string{domain};
}

std::string zone_line(std::string_view selector, std::string_view domain,
                      std::string_view record) {
  std::string line = record_name(selector, domain) + ". IN TXT (";
  for (std::size_t at = 0; at < record.size(); at += string_octets_max) {
    line += " \"";
    line += record.substr(at, string_octets_max);
    line += '"';
  }
  return line + " )";
}

}  // namespace postkeep::dkim
