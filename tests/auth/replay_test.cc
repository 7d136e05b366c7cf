// What was overheard of a login is worth nothing a second time.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "auth/accounts.h"
#include "auth/sasl.h"
#include "auth/scram.h"
#include "crypto/base64.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

// A login by SCRAM as one who listens has it: every octet of the client's.
struct Overheard {
  std::string first;
  std::string server_first;
  std::string final;
};

class AuthReplay : public testing::Test {
 protected:
  Exchange exchange(const Binding& binding) {
    return Exchange(binding.exporter.empty() ? Mechanism::scram_sha_256
                                             : Mechanism::scram_sha_256_plus,
                    binding, {table_, &random_, &salt_key_});
  }
  static std::string challenge_in(const Step& step) {
    const auto* challenge = std::get_if<Challenge>(&step);
    return challenge == nullptr ? std::string()
                                : std::string(challenge->octets.begin(),
                                              challenge->octets.end());
  }
  static std::string why_refused(const Step& step) {
    const auto* refused = std::get_if<Refused>(&step);
    return refused == nullptr ? "not refused"
                              : std::string(name(refused->failure));
  }

  // Logs in, with everything right.
  Overheard log_in(const Binding& binding) {
    Overheard heard;
    const std::string header =
        binding.exporter.empty() ? "n,," : "p=tls-exporter,,";
    const std::string bare = "n=user@example.com,r=rOprNGfwEbeRWgbNEkqO";
    heard.first = header + bare;
    Exchange server = exchange(binding);
    heard.server_first = challenge_in(server.start(octets(heard.first)));
    const std::string nonce =
        heard.server_first.substr(2, heard.server_first.find(",s=") - 2);
    std::string bound = header;
    bound.append(binding.exporter.begin(), binding.exporter.end());
    const std::string without_proof =
        "c=" + crypto::write_base64(octets(bound)) + ",r=" + nonce;
    const std::string auth_message =
        bare + "," + heard.server_first + "," + without_proof;
    const std::size_t salt_at = heard.server_first.find(",s=") + 3;
    const std::string_view salt_text =
        std::string_view(heard.server_first)
            .substr(salt_at, heard.server_first.find(",i=") - salt_at);
    const auto salt = crypto::read_base64(octets(salt_text), 64);
    const crypto::Sha256 salted =
        crypto::pbkdf2_hmac_sha256(octets("pencil"), *salt, 4096);
    const crypto::Sha256 client_key =
        crypto::hmac_sha256(salted, octets("Client Key"));
    const crypto::Sha256 signature =
        crypto::hmac_sha256(crypto::sha256(client_key), octets(auth_message));
    crypto::Sha256 proof{};
    for (std::size_t i = 0; i < proof.size(); ++i) {
      proof[i] = static_cast<Octet>(client_key[i] ^ signature[i]);
    }
    heard.final = without_proof + ",p=" + crypto::write_base64(proof);
    EXPECT_FALSE(challenge_in(server.step(octets(heard.final))).empty());
    EXPECT_TRUE(std::holds_alternative<Authenticated>(server.step({})));
    return heard;
  }

  std::shared_ptr<const AccountTable> table_ = some_table();
  sim::SimRandom random_{1};
  crypto::Sha256 salt_key_{9, 8, 7};
};

TEST_F(AuthReplay, a_proof_is_good_for_the_exchange_it_was_made_in_alone) {
  const Overheard heard = log_in({});
  for (int again = 0; again < 100; ++again) {
    Exchange server = exchange({});
    const std::string server_first =
        challenge_in(server.start(octets(heard.first)));
    EXPECT_NE(server_first, heard.server_first) << "the nonce is new";
    EXPECT_EQ(why_refused(server.step(octets(heard.final))), "wrong_proof");
  }
}

// The listener puts the new nonce where the old one stood: the proof was made
// over the old one.
TEST_F(AuthReplay, a_proof_is_not_good_for_another_nonce) {
  const Overheard heard = log_in({});
  Exchange server = exchange({});
  const std::string server_first =
      challenge_in(server.start(octets(heard.first)));
  const std::string nonce =
      server_first.substr(2, server_first.find(",s=") - 2);
  const std::string proof = heard.final.substr(heard.final.find(",p="));
  EXPECT_EQ(why_refused(server.step(octets("c=biws,r=" + nonce + proof))),
            "wrong_proof");
}

TEST_F(AuthReplay, a_proof_does_not_leave_the_connection_it_is_bound_to) {
  const Overheard heard = log_in({{1, 2, 3}, {}});
  Exchange other = exchange({{1, 2, 4}, {}});
  EXPECT_FALSE(challenge_in(other.start(octets(heard.first))).empty());
  EXPECT_NE(why_refused(other.step(octets(heard.final))), "not refused");
}

TEST_F(AuthReplay, no_nonce_comes_twice) {
  std::set<std::string> nonces;
  for (int n = 0; n < 1000; ++n) {
    Exchange server = exchange({});
    const std::string said =
        challenge_in(server.start(octets("n,,n=user@example.com,r=x")));
    EXPECT_TRUE(nonces.insert(said.substr(0, said.find(",s="))).second);
  }
}

}  // namespace
