#include "dns/answer.h"

#include <chrono>
#include <string>
#include <vector>

#include "dns/answer_laws.h"
#include "gtest/gtest.h"

namespace postkeep::dns {
namespace {

constexpr std::uint16_t id = 0x1234;

DnsQuestion asked(DnsType type, std::string_view text = "example.org") {
  return {named(text), type};
}

MessageBuilder to(const DnsQuestion& question,
                  std::uint16_t flags = flags_answer) {
  return {id, flags, question};
}

DnsAnswer answer_of(const MessageBuilder& message,
                    const DnsQuestion& question) {
  EXPECT_TRUE(law_answer_is_of_the_question(message.octets(), question));
  EXPECT_TRUE(law_answer_is_to_one_question(message.octets(), question));
  EXPECT_TRUE(law_only_the_whole_is_an_answer(message.octets(), question));
  const auto read = read_answer(message.octets(), question, id);
  EXPECT_TRUE(read) << (read ? "" : name(read.error()));
  return read.value_or(DnsAnswer{});
}

std::string error_of(const MessageBuilder& message,
                     const DnsQuestion& question) {
  const auto read = read_answer(message.octets(), question, id);
  return std::string(read ? "an answer" : name(read.error()));
}

TEST(DnsAnswerTest, each_type_is_read) {
  const DnsQuestion a = asked(DnsType::a);
  EXPECT_EQ(
      answer_of(to(a).answer("example.org", a.type, 60, {192, 0, 2, 1}), a)
          .a.at(0),
      (std::array<Octet, 4>{192, 0, 2, 1}));
  const DnsQuestion aaaa = asked(DnsType::aaaa);
  std::vector<Octet> address(16, 0);
  address[0] = 0x20;
  address[15] = 1;
  EXPECT_EQ(
      answer_of(to(aaaa).answer("example.org", aaaa.type, 60, address), aaaa)
          .aaaa.at(0)[15],
      1);
  const DnsQuestion mx = asked(DnsType::mx);
  const DnsAnswer two = answer_of(
      to(mx)
          .answer("example.org", mx.type, 60, mx_data(10, "mx.example.org"))
          .answer("EXAMPLE.org", mx.type, 30, mx_data(5, "mx2.example.net")),
      mx);
  ASSERT_EQ(two.mx.size(), 2U);
  EXPECT_EQ(two.mx[1], (DnsMx{5, named("mx2.example.net")}));
  EXPECT_EQ(two.ttl_seconds, 30U);  // RFC 2181 section 5.2.
  const DnsQuestion txt = asked(DnsType::txt);
  EXPECT_EQ(answer_of(to(txt).answer("example.org", txt.type, 60,
                                     txt_data({"v=spf1 ", "", "-all"})),
                      txt)
                .txt.at(0),
            "v=spf1 -all");
  const DnsQuestion ptr = asked(DnsType::ptr, "1.2.0.192.in-addr.arpa");
  EXPECT_EQ(answer_of(to(ptr).answer("1.2.0.192.in-addr.arpa", ptr.type, 60,
                                     MessageBuilder::data_of_name("a.example")),
                      ptr)
                .names.at(0)
                .text(),
            "a.example");
  const DnsQuestion tlsa = asked(DnsType::tlsa, "_25._tcp.mx.example.org");
  EXPECT_EQ(answer_of(to(tlsa, flags_authentic)
                          .answer("_25._tcp.mx.example.org", tlsa.type, 60,
                                  {3, 1, 1, 0xAB, 0xCD}),
                      tlsa)
                .tlsa.at(0),
            (DnsTlsa{3, 1, 1, {0xAB, 0xCD}}));
  const DnsQuestion cname = asked(DnsType::cname, "www.example.org");
  const DnsAnswer alias =
      answer_of(to(cname).cname("www.example.org", "_x.example.net"), cname);
  EXPECT_EQ(alias.names.at(0).text(), "_x.example.net");
  EXPECT_EQ(alias.canonical.text(), "www.example.org");
}

TEST(DnsAnswerTest, a_null_mx_names_the_root) {  // RFC 7505 section 3.
  const DnsQuestion mx = asked(DnsType::mx);
  EXPECT_TRUE(
      answer_of(to(mx).answer("example.org", mx.type, 60, mx_data(0, ".")), mx)
          .mx.at(0)
          .exchange.is_root());
}

TEST(DnsAnswerTest, chains_are_followed_to_their_end_in_any_order) {
  const DnsQuestion a = asked(DnsType::a);
  const DnsAnswer answer =
      answer_of(to(a)
                    .answer("c.example", a.type, 300, {192, 0, 2, 3})
                    .cname("b.example", "c.example", 40)
                    .cname("example.org", "b.example", 50)
                    .answer("other.example", a.type, 1, {192, 0, 2, 9}),
                a);
  EXPECT_EQ(answer.canonical.text(), "c.example");
  EXPECT_EQ(answer.ttl_seconds, 40U);
  ASSERT_EQ(answer.a.size(), 1U);  // What belongs to nobody asked for is not.
  EXPECT_EQ(answer.a[0][3], 3);
}

TEST(DnsAnswerTest, a_chain_is_bounded_and_loops_are_trouble) {
  const DnsQuestion a = asked(DnsType::a, "n0.example");
  for (const int links : {8, 9, 1000}) {
    MessageBuilder message = to(a);
    for (int i = 0; i < links; ++i) {
      message.cname("n" + std::to_string(i) + ".example",
                    "n" + std::to_string(i + 1) + ".example");
    }
    message.answer("n" + std::to_string(links) + ".example", a.type, 60,
                   {192, 0, 2, 1});
    const DnsAnswer answer = answer_of(message, a);
    EXPECT_EQ(answer.trouble,
              links == 8 ? DnsTrouble::none : DnsTrouble::chain);
  }
  EXPECT_EQ(answer_of(to(a).cname("n0.example", "n0.example"), a).trouble,
            DnsTrouble::chain);
  EXPECT_EQ(answer_of(to(a)
                          .cname("n0.example", "n1.example")
                          .cname("n1.example", "n0.example"),
                      a)
                .trouble,
            DnsTrouble::chain);
}

TEST(DnsAnswerTest, a_name_has_one_cname) {  // RFC 2181 section 10.1.
  const DnsQuestion a = asked(DnsType::a);
  EXPECT_EQ(error_of(to(a)
                         .cname("example.org", "b.example")
                         .cname("example.org", "c.example")
                         .answer("c.example", a.type, 60, {192, 0, 2, 1}),
                     a),
            "malformed");
  EXPECT_EQ(answer_of(to(a)
                          .cname("example.org", "b.example", 9)
                          .cname("example.org", "B.example", 5)
                          .answer("b.example", a.type, 60, {192, 0, 2, 1}),
                      a)
                .ttl_seconds,
            5U);
}

TEST(DnsAnswerTest, denials_live_as_long_as_the_soa_says) {  // RFC 2308.
  const DnsQuestion mx = asked(DnsType::mx, "a.example.org");
  const DnsAnswer no_data = answer_of(to(mx).soa("example.org", 900, 60), mx);
  EXPECT_EQ(no_data.verdict, DnsVerdict::no_data);
  EXPECT_EQ(no_data.ttl_seconds, 60U);
  const DnsAnswer no_name =
      answer_of(to(mx, flags_no_name).soa("org", 30, 900), mx);
  EXPECT_EQ(no_name.verdict, DnsVerdict::no_name);
  EXPECT_EQ(no_name.ttl_seconds, 30U);
  // Section 5: without an SOA they are not kept.
  EXPECT_EQ(answer_of(to(mx), mx).verdict, DnsVerdict::no_data);
  EXPECT_EQ(answer_of(to(mx), mx).ttl_seconds, 0U);
  // The SOA of a zone that does not have the name says nothing.
  for (const char* zone : {"example.net", "ample.org", "b.a.example.org"}) {
    EXPECT_EQ(
        answer_of(to(mx, flags_no_name).soa(zone, 900, 900), mx).ttl_seconds,
        0U);
  }
  // RFC 6604: the code is about the end of the chain.
  const DnsAnswer led =
      answer_of(to(mx, flags_no_name)
                    .cname("a.example.org", "gone.example.net", 10)
                    .soa("example.net", 900, 900),
                mx);
  EXPECT_EQ(led.verdict, DnsVerdict::no_name);
  EXPECT_EQ(led.canonical.text(), "gone.example.net");
  EXPECT_EQ(led.ttl_seconds, 10U);
}

TEST(DnsAnswerTest, what_was_not_looked_up_is_no_denial) {
  const DnsQuestion mx = asked(DnsType::mx);
  EXPECT_EQ(answer_of(to(mx).record(8, "org", type_ns, 60,
                                    MessageBuilder::data_of_name("ns.org")),
                      mx)
                .trouble,
            DnsTrouble::server_failed);
  EXPECT_EQ(
      answer_of(to(mx).cname("example.org", "elsewhere.example"), mx).trouble,
      DnsTrouble::server_failed);
}

TEST(DnsAnswerTest, trouble_is_trouble) {
  const DnsQuestion a = asked(DnsType::a);
  EXPECT_EQ(answer_of(to(a, flags_server_failed), a).trouble,
            DnsTrouble::server_failed);
  EXPECT_EQ(answer_of(to(a, flags_refused), a).trouble, DnsTrouble::refused);
  // RFC 6891 section 6.1.3: with the upper bits in OPT, NXDOMAIN is no denial.
  const DnsAnswer extended = answer_of(
      to(a, flags_no_name).record(10, ".", type_opt, 0x01000000, {}), a);
  EXPECT_EQ(extended.trouble, DnsTrouble::server_failed);
}

TEST(DnsAnswerTest, ttls_with_the_upper_bit_are_zero) {  // RFC 2181 section 8.
  const DnsQuestion a = asked(DnsType::a);
  EXPECT_EQ(
      answer_of(to(a).answer("example.org", a.type, 0x80000000, {192, 0, 2, 1}),
                a)
          .ttl_seconds,
      0U);
}

TEST(DnsAnswerTest, lies_and_errors_are_told_apart) {
  const DnsQuestion a = asked(DnsType::a);
  const MessageBuilder right =
      to(a).answer("example.org", a.type, 60, {192, 0, 2, 1});
  EXPECT_EQ(error_of(right, a), "an answer");
  EXPECT_EQ(error_of(MessageBuilder(id + 1, flags_answer, a), a), "other_id");
  EXPECT_EQ(error_of(MessageBuilder(id, 0x0100, a), a), "not_an_answer");
  EXPECT_EQ(error_of(MessageBuilder(id, 0xA180, a), a), "not_an_answer");
  EXPECT_EQ(error_of(to(asked(DnsType::a, "example.net")), a),
            "other_question");
  EXPECT_EQ(error_of(to(asked(DnsType::mx)), a), "other_question");
  EXPECT_EQ(error_of(to(a, flags_truncated), a), "truncated");
  EXPECT_EQ(error_of(MessageBuilder(right).set(4, 1), a), "other_question");
  EXPECT_EQ(error_of(MessageBuilder(right).set(7, 2), a), "malformed");
  EXPECT_EQ(error_of(MessageBuilder(right).set(6, 0xFF), a), "malformed");
  EXPECT_EQ(error_of(MessageBuilder(right).set(11, 1), a), "malformed");
  // A class other than IN is nobody's record.
  const DnsQuestion txt = asked(DnsType::txt);
  MessageBuilder chaos =
      to(txt).answer("example.org", txt.type, 60, txt_data({"x"}));
  EXPECT_EQ(answer_of(chaos.set(chaos.size() - 2 - 2 - 4 - 1, 3), txt).verdict,
            DnsVerdict::no_data);
}

TEST(DnsAnswerTest, data_has_the_form_of_its_type_to_the_last_octet) {
  const auto with = [](DnsType type, const std::vector<Octet>& data) {
    const DnsQuestion question = asked(type);
    return error_of(to(question).answer("example.org", type, 60, data),
                    question);
  };
  EXPECT_EQ(with(DnsType::a, {192, 0, 2}), "malformed");
  EXPECT_EQ(with(DnsType::a, {192, 0, 2, 1, 0}), "malformed");
  EXPECT_EQ(with(DnsType::aaaa, {0, 0, 0, 0}), "malformed");
  EXPECT_EQ(with(DnsType::mx, {0}), "malformed");
  EXPECT_EQ(with(DnsType::mx, {0, 10, 1, 'a'}), "malformed");
  EXPECT_EQ(with(DnsType::mx, {0, 10, 1, 'a', 0, 0}), "malformed");
  EXPECT_EQ(with(DnsType::txt, {}), "malformed");
  EXPECT_EQ(with(DnsType::txt, {2, 'a'}), "malformed");
  EXPECT_EQ(with(DnsType::txt, {1, 'a', 0}), "an answer");
  EXPECT_EQ(with(DnsType::tlsa, {3, 1}), "malformed");
  EXPECT_EQ(with(DnsType::ptr, {}), "malformed");
  EXPECT_EQ(with(DnsType::ptr, {0x40, 'a', 0}), "malformed");
}

TEST(DnsAnswerTest, hosts_without_a_hosts_name_are_dropped) {
  const DnsQuestion mx = asked(DnsType::mx);
  const std::vector<Octet> odd{0, 10, 3, 'a', ' ', 'b', 0};
  EXPECT_EQ(error_of(to(mx).answer("example.org", mx.type, 60, odd), mx),
            "malformed");
  EXPECT_EQ(error_of(to(mx).answer("example.org", mx.type, 60,
                                   mx_data(1, "192.0.2.1")),
                     mx),
            "malformed");
  EXPECT_EQ(answer_of(to(mx)
                          .answer("example.org", mx.type, 60, odd)
                          .answer("example.org", mx.type, 60,
                                  mx_data(10, "mx.example")),
                      mx)
                .mx.size(),
            1U);
}

// RFC 1035 section 4.1.4: pointers lead back, and end.
TEST(DnsAnswerTest, pointers_lead_back_and_end) {
  const DnsQuestion mx = asked(DnsType::mx);
  const auto with = [&](const std::vector<Octet>& host) {
    std::vector<Octet> data{0, 10};
    data.insert(data.end(), host.begin(), host.end());
    return error_of(to(mx).answer("example.org", mx.type, 60, data), mx);
  };
  const auto here = static_cast<Octet>(to(mx).size() + 13 + 10 + 2);
  EXPECT_EQ(with({2, 'm', 'x', 0xC0, 12}), "an answer");
  EXPECT_EQ(with({0xC0, here}), "malformed");          // To itself.
  EXPECT_EQ(with({1, 'a', 0xC0, here}), "malformed");  // A loop.
  EXPECT_EQ(with({0xC0, static_cast<Octet>(here + 1)}), "malformed");
  EXPECT_EQ(with({0xFF, 0xFF}), "malformed");  // Past the end.
  EXPECT_EQ(with({0xC0}), "malformed");
  EXPECT_EQ(with({0x80, 0}), "malformed");  // No such kind.
}

// 4,000 names of 255 octets in 64 KiB, each by pointers: bounded all the same.
TEST(DnsAnswerTest, the_worst_message_is_read_in_bounded_time_and_memory) {
  const std::string label(62, 'a');
  const DnsQuestion ptr =
      asked(DnsType::ptr, label + "." + label + "." + label + "." + label);
  MessageBuilder message = to(ptr);
  std::size_t records = 0;
  while (message.size() + 14 <= 65535) {
    message.put16(0xC00C).put16(12).put16(1).put32(60).put16(2).put16(0xC00C);
    ++records;
  }
  message.set(6, static_cast<std::uint8_t>(records >> 8));
  message.set(7, static_cast<std::uint8_t>(records & 0xFF));
  ASSERT_GT(records, dns_records_max);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of(message, ptr), "malformed");  // More than we take.
  message.set(6, dns_records_max >> 8).set(7, 0);
  EXPECT_EQ(error_of(message, ptr), "malformed");  // Octets left over.
  // A pointer to a pointer to a pointer …: as long as a message, not longer.
  MessageBuilder pointers = to(ptr);
  pointers.put16(0xC00C);
  while (pointers.size() + 2 < 16000) {
    const std::size_t before = pointers.size() - 2;
    pointers.put16(static_cast<std::uint16_t>(0xC000 | before));
  }
  for (std::size_t at = 0; at < pointers.size(); ++at) {
    EXPECT_TRUE(law_names_stay_names(pointers.octets(), at));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(DnsAnswerTest, a_thousand_records_are_read) {
  const DnsQuestion a = asked(DnsType::a);
  MessageBuilder message = to(a);
  for (unsigned i = 0; i < 1000; ++i) {
    message.answer(
        "example.org", a.type, 60,
        {10, 0, static_cast<Octet>(i >> 8), static_cast<Octet>(i & 0xFF)});
  }
  EXPECT_EQ(answer_of(message, a).a.size(), 1000U);
}

// Every change of one octet, and every front, of a real answer.
TEST(DnsAnswerTest, laws_on_every_changed_octet) {
  const DnsQuestion mx = asked(DnsType::mx);
  MessageBuilder whole =
      to(mx, flags_authentic)
          .cname("example.org", "b.example")
          .answer("b.example", mx.type, 60, {0, 10, 2, 'm', 'x', 0xC0, 12})
          .record(10, ".", type_opt, 0, {});
  ASSERT_EQ(error_of(whole, mx), "an answer");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      MessageBuilder changed = whole;
      changed.set(at, static_cast<std::uint8_t>(value));
      const Octets octets = changed.octets();
      const DnsQuestion question = question_in(octets, DnsType::mx);
      ASSERT_TRUE(law_answer_is_of_the_question(octets, question));
      ASSERT_TRUE(law_answer_is_to_one_question(octets, question));
      ASSERT_TRUE(law_names_stay_names(octets, at));
    }
    ASSERT_FALSE(read_answer(Octets(whole.octets()).first(at), mx, id));
  }
}

TEST(DnsQueryTest, asks_as_it_should) {
  const DnsQuestion tlsa = asked(DnsType::tlsa, "_25._tcp.mx.example.org");
  const std::vector<Octet> query = write_query(tlsa, 0xABCD);
  EXPECT_EQ(query[0], 0xAB);
  EXPECT_EQ(query[2], 0x01);                 // RD.
  EXPECT_EQ(query[3], 0x20);                 // AD.
  EXPECT_EQ(query[query.size() - 4], 0x80);  // DO (RFC 3225 section 3).
  EXPECT_EQ(write_query(asked(DnsType::mx), 1).back(), 0);
  EXPECT_EQ(write_query(asked(DnsType::mx), 1, {.checking_disabled = true})[3],
            0x30);
  EXPECT_TRUE(law_query_is_a_question(tlsa, 0xABCD));
  EXPECT_TRUE(law_query_is_a_question({DnsName{}, DnsType::mx}, 1));
}

}  // namespace
}  // namespace postkeep::dns
