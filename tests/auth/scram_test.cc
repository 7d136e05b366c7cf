// Known answers for auth/scram.h: RFC 7677 section 3, and its laws on every
// short string.
#include "auth/scram.h"

#include <gtest/gtest.h>

#include <string>

#include "auth/scram_laws.h"
#include "crypto/base64.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

const std::string client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const std::string nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const std::string server_first =
    "r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const std::string without_proof = "c=biws,r=" + nonce;
const std::string client_final =
    without_proof + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

std::vector<Octet> salt() {
  return *crypto::read_base64(octets("W22ZaJ0SNY7soEsUEjb6gQ=="), 16);
}

TEST(AuthScram, the_example_of_rfc_7677) {
  const auto first = read_client_first(octets(client_first));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->user, "user");
  EXPECT_EQ(first->nonce, "rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(first->gs2_header, "n,,");
  EXPECT_EQ(first->bare, "n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(write_server_first(nonce, salt(), 4096), server_first);

  const auto final = read_client_final(octets(client_final));
  ASSERT_TRUE(final);
  EXPECT_EQ(final->nonce, nonce);
  EXPECT_EQ(final->without_proof, without_proof);
  EXPECT_EQ(std::string(final->binding.begin(), final->binding.end()), "n,,");

  const ScramVerifier verifier = verifier_of(octets("pencil"), salt(), 4096);
  const std::string auth_message =
      first->bare + "," + server_first + "," + final->without_proof;
  EXPECT_TRUE(proof_fits(verifier, octets(auth_message), final->proof));
  EXPECT_EQ(
      write_server_final(server_signature(verifier, octets(auth_message))),
      "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_FALSE(proof_fits(verifier, octets(auth_message + "x"), final->proof));
  EXPECT_FALSE(proof_fits(verifier, octets(auth_message), {}));
}

TEST(AuthScram, names_are_unquoted) {
  const auto first =
      read_client_first(octets("p=tls-exporter,a=x=2Cy,n=a=3Db=2C,r=n,x=ext"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->flag, BindingFlag::wanted);
  EXPECT_EQ(first->binding_name, "tls-exporter");
  EXPECT_EQ(first->authzid, "x,y");
  EXPECT_EQ(first->user, "a=b,");
  EXPECT_EQ(first->gs2_header, "p=tls-exporter,a=x=2Cy,");
  EXPECT_EQ(first->bare, "n=a=3Db=2C,r=n,x=ext");
}

TEST(AuthScram, extensions_stand_before_the_proof) {
  const auto final =
      read_client_final(octets("c=biws,r=n,x=one,y=p=AA,p=AAAA"));
  ASSERT_TRUE(final);
  EXPECT_EQ(final->without_proof, "c=biws,r=n,x=one,y=p=AA");
  EXPECT_EQ(final->proof.size(), 3U);
  EXPECT_FALSE(read_client_final(octets("c=biws,r=n,p=AAAA,x=one")));
  EXPECT_FALSE(read_client_final(octets("c=biws,r=n,p=AAAA,p=AAAA")));
  EXPECT_FALSE(read_client_final(octets("c=biws,r=n,m=one,p=AAAA")));
  EXPECT_FALSE(read_client_final(octets("c=biwt=,r=n,p=AAAA")));
}

TEST(AuthScram, what_we_say_is_in_the_grammar) {
  EXPECT_TRUE(reference_accepts_server_first(
      octets(write_server_first(nonce, salt(), 4096))));
  EXPECT_TRUE(
      reference_accepts_server_final(octets(write_server_final({1, 2, 3}))));
}

TEST(AuthScram, verifiers_are_kept_as_text) {
  const ScramVerifier verifier = verifier_of(octets("pencil"), salt(), 4096);
  const std::string text =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
      "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
      "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
  EXPECT_EQ(write(verifier), text);
  EXPECT_TRUE(law_scram_record_is_read_again(verifier));
  EXPECT_TRUE(law_scram_record_agrees_with_grammar(octets(text)));
  for (const char* bad :
       {"", "SCRAM-SHA-256$", "SCRAM-SHA-1$4096:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$4096:$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$1000001:AAAA$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="}) {
    EXPECT_FALSE(read_verifier(bad)) << bad;
  }
  EXPECT_FALSE(read_verifier(std::string(5000, 'x')));
}

// Every string of up to five of the octets at which the grammar turns, after
// a start that gets near.
TEST(AuthScram, laws_on_all_short_strings) {
  const std::string turns = "n,=ra2C";
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    for (const char* start : {"", "n,,", "n,,n=a,", "p=", "n,,n=a,r=n"}) {
      const std::string message = start + text;
      ASSERT_TRUE(law_client_first_agrees_with_grammar(octets(message)));
      ASSERT_TRUE(law_client_first_loses_nothing(octets(message)));
    }
    for (const char* start : {"", "c=", "c=biws,r=n,p=", "c=,r=n"}) {
      const std::string message = start + text;
      ASSERT_TRUE(law_client_final_agrees_with_grammar(octets(message)));
      ASSERT_TRUE(law_client_final_loses_nothing(octets(message)));
    }
    if (text.size() == 5) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

}  // namespace
