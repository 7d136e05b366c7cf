// Tables of accounts for tests: cheap records, known passwords.
#pragma once

#include <memory>
#include <string>

#include "auth/account.h"
#include "auth/scram.h"
#include "auth/verifier.h"
#include "base/check.h"
#include "sim/sim_random.h"

namespace postkeep::auth {

// The record of a password, at the least cost there is.
inline std::string cheap_record(std::string_view password) {
  sim::SimRandom random(1);
  const auto record =
      new_record(octets(password), crypto::argon2id_cost_min, random);
  PK_CHECK(record.has_value());
  return write(*record);
}

// user@example.com with the password pencil and the salt of RFC 7677 section
// 3, so that its example can be played; alice and bob without SCRAM.
inline std::string some_accounts() {
  const std::vector<Octet> salt{0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e,
                                0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81};
  const std::string scram = write(verifier_of(octets("pencil"), salt, 4096));
  return "# Some accounts.\n"
         "*\tseparators=+-\n"
         "@example.com\n"
         "@example.org\n"
         "user@example.com\tpassword=" +
         cheap_record("pencil") + "\tscram=" + scram +
         "\tuid=70001\n"
         "Alice@example.org\tpassword=" +
         cheap_record("wonder land") +
         "\n"
         "mary-ann@example.org\tpassword=" +
         cheap_record("x") +
         "\n"
         "bob@example.org\tpassword=!\n"
         "\n"
         "sales@example.org\tto=alice@example.org,bob+shop@example.org\n"
         "all@example.org\tto=sales@example.org,user@example.com\n"
         "@example.com\tto=user@example.com\n";
}

inline std::shared_ptr<const AccountTable> some_table() {
  auto table = AccountTable::read(octets(some_accounts()));
  PK_CHECK(table.has_value());
  return std::make_shared<const AccountTable>(std::move(*table));
}

}  // namespace postkeep::auth
