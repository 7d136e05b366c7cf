// Dialogues of auth/sasl.h: the examples of the RFCs, and what attackers say.
#include "auth/sasl.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "auth/accounts.h"
#include "auth/plain.h"
#include "auth/sasl_laws.h"
#include "auth/scram.h"
#include "crypto/base64.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

class AuthSasl : public testing::Test {
 protected:
  Exchange exchange(Mechanism mechanism, const Binding& binding = {}) {
    return Exchange(mechanism, binding, {table_, &random_, &salt_key_});
  }

  static std::string said(const Step& step) {
    if (const auto* challenge = std::get_if<Challenge>(&step))
      return "+" +
             std::string(challenge->octets.begin(), challenge->octets.end());
    if (const auto* wanted = std::get_if<PasswordWanted>(&step)) {
      return "?" + wanted->user + ":" +
             std::string(wanted->password.octets().begin(),
                         wanted->password.octets().end());
    }
    if (const auto* done = std::get_if<Authenticated>(&step))
      return "=" + done->account;
    return "-" + std::string(name(std::get<Refused>(step).failure));
  }

  // The client's side of SCRAM, with what it could do wrong.
  struct Client {
    std::string user = "user@example.com";
    std::string password = "pencil";
    std::string header = "n,,";
    std::string binding = {};  // cbind-data.
    std::string nonce_added = {};
    std::string after_success = {};
    bool spoils_proof = false;
    bool starts_at_once = true;
  };
  std::string play(Mechanism mechanism, const Binding& binding,
                   const Client& client);

  std::shared_ptr<const AccountTable> table_ = some_table();
  sim::SimRandom random_{1};
  crypto::Sha256 salt_key_{9, 8, 7};
};

std::string AuthSasl::play(Mechanism mechanism, const Binding& binding,
                           const Client& client) {
  Exchange server = exchange(mechanism, binding);
  const std::string bare = "n=" + client.user + ",r=rOprNGfwEbeRWgbNEkqO";
  const std::string first = client.header + bare;
  Step step =
      client.starts_at_once ? server.start(octets(first)) : server.start({});
  if (!client.starts_at_once) {
    EXPECT_EQ(said(step), "+");
    step = server.step(octets(first));
  }
  if (!std::holds_alternative<Challenge>(step)) return said(step);
  const std::string server_first = said(step).substr(1);
  const std::size_t salt_at = server_first.find(",s=");
  const std::size_t count_at = server_first.find(",i=");
  const std::string nonce = server_first.substr(2, salt_at - 2);
  EXPECT_TRUE(nonce.starts_with("rOprNGfwEbeRWgbNEkqO"));
  EXPECT_GE(nonce.size(), 20U + 24U);
  const auto salt = crypto::read_base64(
      octets(std::string_view(server_first)
                 .substr(salt_at + 3, count_at - salt_at - 3)),
      64);
  const auto count =
      static_cast<std::uint32_t>(std::stoul(server_first.substr(count_at + 3)));
  const std::string without_proof =
      "c=" + crypto::write_base64(octets(client.header + client.binding)) +
      ",r=" + nonce + client.nonce_added;
  const std::string auth_message =
      bare + "," + server_first + "," + without_proof;
  const crypto::Sha256 salted =
      crypto::pbkdf2_hmac_sha256(octets(client.password), *salt, count);
  const crypto::Sha256 client_key =
      crypto::hmac_sha256(salted, octets("Client Key"));
  const crypto::Sha256 signature =
      crypto::hmac_sha256(crypto::sha256(client_key), octets(auth_message));
  crypto::Sha256 proof{};
  for (std::size_t i = 0; i < proof.size(); ++i)
    proof[i] = static_cast<Octet>(client_key[i] ^ signature[i]);
  if (client.spoils_proof) proof[0] ^= 1;
  step =
      server.step(octets(without_proof + ",p=" + crypto::write_base64(proof)));
  if (!std::holds_alternative<Challenge>(step)) return said(step);
  const crypto::Sha256 server_key =
      crypto::hmac_sha256(salted, octets("Server Key"));
  EXPECT_EQ(said(step), "+v=" + crypto::write_base64(crypto::hmac_sha256(
                                    server_key, octets(auth_message))));
  return said(server.step(octets(client.after_success)));
}

const std::string nul(1, '\0');

TEST_F(AuthSasl, plain_of_rfc_4616) {
  Exchange server = exchange(Mechanism::plain);
  EXPECT_EQ(said(server.start({})), "+");
  EXPECT_EQ(said(server.step(
                octets(nul + "tim@example.org" + nul + "tanstaaftanstaaf"))),
            "?tim@example.org:tanstaaftanstaaf");
  EXPECT_EQ(server.claimed_user(), "tim@example.org");
  EXPECT_EQ(said(server.password_checked(true)), "-wrong_password")
      << "nobody of that name: even a caller's mistake lets nobody in";
}

TEST_F(AuthSasl, plain_with_an_initial_response) {
  Exchange server = exchange(Mechanism::plain);
  EXPECT_EQ(
      said(server.start(octets("alice@EXAMPLE.org" + nul + "ALICE@example.org" +
                               nul + "wonder land"))),
      "?ALICE@example.org:wonder land");
  EXPECT_EQ(said(server.password_checked(true)), "=Alice@example.org");
  Exchange other = exchange(Mechanism::plain);
  (void)other.start(octets(nul + "alice@example.org" + nul + "wrong"));
  EXPECT_EQ(said(other.password_checked(false)), "-wrong_password");
}

TEST_F(AuthSasl, plain_for_somebody_else_is_refused_before_the_password) {
  Exchange server = exchange(Mechanism::plain);
  EXPECT_EQ(said(server.start(octets("bob@example.org" + nul +
                                     "alice@example.org" + nul + "x"))),
            "-identity_refused");
}

TEST_F(AuthSasl, plain_outside_its_grammar) {
  const std::array<std::string, 9> messages{"",
                                            nul,
                                            nul + nul,
                                            "a" + nul + "b",
                                            nul + "a" + nul,
                                            nul + nul + "p",
                                            nul + "a" + nul + "p" + nul,
                                            nul + "a\n" + nul + "p",
                                            nul + "a" + nul + "\xff"};
  for (const std::string& message : messages) {
    Exchange server = exchange(Mechanism::plain);
    EXPECT_EQ(said(server.start(octets(message))), "-outside_grammar");
  }
}

TEST_F(AuthSasl, what_is_too_long_is_refused) {
  const std::string long_name(identity_octets_max + 1, 'a');
  const std::string long_password(password_octets_max + 1, 'p');
  for (const std::string& message :
       {nul + long_name + nul + "p", long_name + nul + "a" + nul + "p",
        nul + "a" + nul + long_password,
        std::string(sasl_message_octets_max + 1, 'x')}) {
    Exchange server = exchange(Mechanism::plain);
    EXPECT_EQ(said(server.start(octets(message))), "-too_long");
  }
  Exchange login = exchange(Mechanism::login);
  EXPECT_EQ(said(login.start(octets(long_name))), "-too_long");
  Exchange scram = exchange(Mechanism::scram_sha_256);
  EXPECT_EQ(said(scram.start(octets("n,,n=" + long_name + ",r=x"))),
            "-too_long");
  Exchange longer = exchange(Mechanism::scram_sha_256);
  EXPECT_EQ(said(longer.start(octets(
                "n,,n=a,r=" + std::string(scram_message_octets_max, 'x')))),
            "-too_long");
}

TEST_F(AuthSasl, login_asks_twice) {
  Exchange server = exchange(Mechanism::login);
  EXPECT_EQ(said(server.start({})), "+Username:");
  EXPECT_EQ(said(server.step(octets("alice@example.org"))), "+Password:");
  EXPECT_EQ(said(server.step(octets("wonder land"))),
            "?alice@example.org:wonder land");
  EXPECT_EQ(said(server.password_checked(true)), "=Alice@example.org");
}

TEST_F(AuthSasl, login_may_bring_the_name_along) {
  Exchange server = exchange(Mechanism::login);
  EXPECT_EQ(said(server.start(octets("alice@example.org"))), "+Password:");
  EXPECT_EQ(said(server.step(octets(""))), "-outside_grammar");
  Exchange empty = exchange(Mechanism::login);
  EXPECT_EQ(said(empty.start(octets(""))), "-outside_grammar");
}

TEST_F(AuthSasl, scram_lets_in_who_knows_the_password) {
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {}), "=user@example.com");
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.starts_at_once = false}),
            "=user@example.com");
  EXPECT_EQ(
      play(Mechanism::scram_sha_256, {},
           {.user = "USER@EXAMPLE.COM", .header = "y,a=user@example.com,"}),
      "=user@example.com");
}

TEST_F(AuthSasl, scram_refuses_who_does_not) {
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.password = "pen"}),
            "-wrong_proof");
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.spoils_proof = true}),
            "-wrong_proof");
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.nonce_added = "x"}),
            "-wrong_proof");
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.after_success = "x"}),
            "-outside_grammar");
  EXPECT_EQ(
      play(Mechanism::scram_sha_256, {}, {.header = "n,a=bob@b.example,"}),
      "-identity_refused");
  // Who is not there, and who has no verifier, are asked for a proof too.
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.user = "nobody@example.com"}),
            "-wrong_proof");
  EXPECT_EQ(play(Mechanism::scram_sha_256, {}, {.user = "alice@example.org"}),
            "-wrong_proof");
}

TEST_F(AuthSasl, scram_outside_its_grammar) {
  for (const char* message :
       {"", "n,,", "n,,n=,r=x", "n,,n=a", "x,,n=a,r=x", "n,,n=a=2B,r=x",
        "n,,m=ext,n=a,r=x", "N,,n=a,r=x", "n,,n=a,r=x,m=y", "n,,n=a,r=x y",
        "n,,n=a\x01,r=x"}) {
    Exchange server = exchange(Mechanism::scram_sha_256);
    EXPECT_EQ(said(server.start(octets(message))), "-outside_grammar")
        << message;
  }
  Exchange server = exchange(Mechanism::scram_sha_256);
  (void)server.start(octets("n,,n=user@example.com,r=x"));
  EXPECT_EQ(said(server.step(octets("c=biws,r=x,p=!"))), "-outside_grammar");
  Exchange longer = exchange(Mechanism::scram_sha_256);
  (void)longer.start(octets("n,,n=user@example.com,r=x"));
  EXPECT_EQ(said(longer.step(octets(std::string(3000, 'c')))), "-too_long");
}

TEST_F(AuthSasl, plus_binds_to_the_channel_it_runs_over) {
  const Binding binding{{1, 2, 3}, {4, 5, 6}};
  const std::string exporter("\1\2\3");
  const std::string end_point("\4\5\6");
  const Mechanism plus = Mechanism::scram_sha_256_plus;
  EXPECT_EQ(
      play(plus, binding, {.header = "p=tls-exporter,,", .binding = exporter}),
      "=user@example.com");
  EXPECT_EQ(play(plus, binding,
                 {.header = "p=tls-server-end-point,,", .binding = end_point}),
            "=user@example.com");
  EXPECT_EQ(
      play(plus, binding, {.header = "p=tls-exporter,,", .binding = end_point}),
      "-binding_refused")
      << "another channel: someone is between";
  EXPECT_EQ(play(plus, binding, {.header = "p=tls-unique,,"}),
            "-binding_refused");
  EXPECT_EQ(play(plus, binding, {.header = "n,,"}), "-binding_refused");
  EXPECT_EQ(play(plus, {}, {.header = "p=tls-exporter,,"}), "-binding_refused");
}

TEST_F(AuthSasl, taking_plus_away_on_the_way_is_noticed) {
  const Binding binding{{1, 2, 3}, {}};
  const Mechanism scram = Mechanism::scram_sha_256;
  EXPECT_EQ(play(scram, binding, {.header = "y,,"}), "-binding_refused")
      << "RFC 5802 section 6: the client saw no -PLUS, we offered it";
  EXPECT_EQ(play(scram, binding, {.header = "n,,"}), "=user@example.com");
  EXPECT_EQ(play(scram, binding, {.header = "p=tls-exporter,,"}),
            "-binding_refused");
}

TEST_F(AuthSasl, salts_of_nobody_stay_the_same_and_differ) {
  const auto server_first = [&](const std::string& user) {
    Exchange server = exchange(Mechanism::scram_sha_256);
    const std::string text =
        said(server.start(octets("n,,n=" + user + ",r=x")));
    return text.substr(text.find(",s="));
  };
  EXPECT_EQ(server_first("nobody@example.com"),
            server_first("NOBODY@example.com"));
  EXPECT_NE(server_first("nobody@example.com"),
            server_first("noone@example.com"));
  EXPECT_EQ(server_first("nobody@example.com").size(),
            server_first("user@example.com").size());
}

TEST_F(AuthSasl, an_account_that_goes_away_meanwhile_is_served_from_its_table) {
  Exchange server = exchange(Mechanism::plain);
  (void)server.start(octets(nul + "alice@example.org" + nul + "wonder land"));
  table_ = std::make_shared<const AccountTable>();
  EXPECT_EQ(said(server.password_checked(true)), "=Alice@example.org");
}

TEST_F(AuthSasl, exchanges_move) {
  Exchange first = exchange(Mechanism::login);
  EXPECT_EQ(first.mechanism(), Mechanism::login);
  (void)first.start({});
  Exchange second = std::move(first);
  EXPECT_EQ(said(second.step(octets("a"))), "+Password:");
  second = exchange(Mechanism::plain);
  EXPECT_EQ(said(second.start({})), "+");
}

TEST_F(AuthSasl, no_other_mechanism_is_there) {
  for (const char* name :
       {"", "NTLM", "RPA", "GSS-SPNEGO", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL",
        "ANONYMOUS", "XOAUTH2", "OTP", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUSX",
        "PLAIN ", "\xd0\x9fLAIN"}) {
    EXPECT_EQ(mechanism_named(name), std::nullopt) << name;
  }
  for (const Mechanism mechanism :
       {Mechanism::plain, Mechanism::login, Mechanism::scram_sha_256,
        Mechanism::scram_sha_256_plus}) {
    EXPECT_EQ(mechanism_named(name(mechanism)), mechanism);
  }
  EXPECT_EQ(mechanism_named("Scram-Sha-256-Plus"),
            Mechanism::scram_sha_256_plus);
}

TEST_F(AuthSasl, who_exists_cannot_be_told_by_asking) {
  for (const char* user : {"user@example.com", "alice@example.org",
                           "nobody@example.com", "sales@example.org"}) {
    EXPECT_TRUE(law_existence_stays_unknown(
        Mechanism::scram_sha_256, {}, table_,
        {"n,,n=" + std::string(user) + ",r=x", "c=biws,r=x,p="}));
    EXPECT_TRUE(law_existence_stays_unknown(Mechanism::plain, {}, table_,
                                            {nul + user + nul + "x"}));
    EXPECT_TRUE(
        law_existence_stays_unknown(Mechanism::login, {}, table_, {user, "x"}));
  }
}

TEST_F(AuthSasl, failures_have_names) {
  for (int i = 0; i <= static_cast<int>(ExchangeFailure::wrong_password); ++i)
    EXPECT_FALSE(name(static_cast<ExchangeFailure>(i)).empty());
}

}  // namespace
