#include "dns/answer.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "dns/query.h"
#include "dns/wire.h"

namespace postkeep::dns {
namespace {

constexpr std::uint16_t flag_response = 0x8000;
constexpr std::uint16_t opcode_bits = 0x7800;
constexpr std::uint16_t flag_truncated = 0x0200;
constexpr std::uint16_t flag_authentic_data = 0x0020;
constexpr std::uint16_t rcode_bits = 0x000F;

constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t type_ns = 2;
constexpr std::uint16_t type_cname = 5;
constexpr std::uint16_t type_soa = 6;
constexpr std::uint16_t type_opt = 41;

constexpr unsigned rcode_no_error = 0;
constexpr unsigned rcode_no_name = 3;
constexpr unsigned rcode_refused = 5;

constexpr std::size_t tlsa_head_octets = 3;  // RFC 6698 section 2.1.

// A record as it lies in the message.
struct Record {
  WireName owner;
  std::uint16_t type = 0;
  std::uint16_t of_class = 0;
  std::uint32_t ttl = 0;
  std::size_t data_at = 0;
  std::size_t data_octets = 0;
};

// RFC 2181 section 8: with the upper bit set, it is zero.
std::uint32_t ttl_of(std::uint32_t wire) {
  return wire > std::numeric_limits<std::int32_t>::max() ? 0 : wire;
}

// `name` is `zone` or below it.
bool is_within(const DnsName& name, const DnsName& zone) {
  if (zone.is_root() || name == zone) return true;
  return name.text().size() > zone.text().size() &&
         name.text().ends_with(zone.text()) &&
         name.text()[name.text().size() - zone.text().size() - 1] == '.';
}

class AnswerReader {
 public:
  AnswerReader(Octets message, const DnsQuestion& question)
      : message_(message), reader_(message), question_(question) {}

  std::expected<DnsAnswer, AnswerError> read(std::uint16_t id);

 private:
  bool read_sections(std::uint16_t answers, std::uint16_t authorities,
                     std::uint16_t additionals);
  bool read_record(Record& record);
  std::optional<DnsTrouble> follow_names();
  const Record* cname_of(const DnsName& owner);
  bool take_records();
  bool take_record(const Record& record);
  bool take_name(const Record& record, std::size_t head_octets);
  bool take_text(Octets data);
  void deny(DnsVerdict verdict);
  std::optional<std::uint32_t> denial_ttl() const;
  DnsAnswer trouble(DnsTrouble why) const;
  void limit_ttl(std::uint32_t ttl) {
    answer_.ttl_seconds = std::min(answer_.ttl_seconds, ttl);
  }

  Octets message_;
  WireReader reader_;
  const DnsQuestion& question_;
  DnsAnswer answer_;
  std::vector<Record> answers_;
  std::optional<Record> soa_;
  bool referral_ = false;
  bool malformed_ = false;
  std::uint16_t dropped_ = 0;
  std::uint8_t extended_rcode_ = 0;
};

bool AnswerReader::read_record(Record& record) {
  record.owner = reader_.name();
  record.type = reader_.u16();
  record.of_class = reader_.u16();
  record.ttl = reader_.u32();
  record.data_octets = reader_.u16();
  record.data_at = reader_.at();
  reader_.take(record.data_octets);
  return reader_.ok();
}

bool AnswerReader::read_sections(std::uint16_t answers,
                                 std::uint16_t authorities,
                                 std::uint16_t additionals) {
  Record record;
  const std::uint16_t wanted = number_of(question_.type);
  for (unsigned i = 0; i < answers; ++i) {
    if (!read_record(record)) return false;
    // Signatures and whatever else comes along is passed over.
    if (record.of_class == class_in && record.owner.name &&
        (record.type == wanted || record.type == type_cname)) {
      if (answers_.size() == dns_records_max) return false;
      answers_.push_back(std::move(record));
    }
  }
  for (unsigned i = 0; i < authorities; ++i) {
    if (!read_record(record)) return false;
    if (record.of_class != class_in || !record.owner.name) continue;
    if (record.type == type_soa && !soa_) soa_ = record;
    if (record.type == type_ns) referral_ = true;
  }
  bool opt_seen = false;
  for (unsigned i = 0; i < additionals; ++i) {
    if (!read_record(record)) return false;
    if (record.type != type_opt) continue;
    if (std::exchange(opt_seen, true)) return false;  // RFC 6891, 6.1.1.
    extended_rcode_ = static_cast<std::uint8_t>(record.ttl >> 24);
  }
  return reader_.at_end();
}

std::expected<DnsAnswer, AnswerError> AnswerReader::read(std::uint16_t id) {
  const std::uint16_t seen_id = reader_.u16();
  const std::uint16_t flags = reader_.u16();
  const std::uint16_t questions = reader_.u16();
  const std::uint16_t answers = reader_.u16();
  const std::uint16_t authorities = reader_.u16();
  const std::uint16_t additionals = reader_.u16();
  if (!reader_.ok() || (flags & (flag_response | opcode_bits)) != flag_response)
    return std::unexpected(AnswerError::not_an_answer);
  if (seen_id != id) return std::unexpected(AnswerError::other_id);
  if (questions != 1) return std::unexpected(AnswerError::other_question);
  const WireName asked = reader_.name();
  const std::uint16_t type = reader_.u16();
  const std::uint16_t of_class = reader_.u16();
  if (!reader_.ok()) return std::unexpected(AnswerError::malformed);
  if (asked.name != question_.name || type != number_of(question_.type) ||
      of_class != class_in) {
    return std::unexpected(AnswerError::other_question);
  }
  if ((flags & flag_truncated) != 0) {
    return std::unexpected(AnswerError::truncated);
  }
  if (!read_sections(answers, authorities, additionals)) {
    return std::unexpected(AnswerError::malformed);
  }
  const unsigned rcode = extended_rcode_ * 16U + (flags & rcode_bits);
  if (rcode == rcode_refused) return trouble(DnsTrouble::refused);
  if (rcode != rcode_no_error && rcode != rcode_no_name) {
    return trouble(DnsTrouble::server_failed);
  }
  answer_.authenticated = (flags & flag_authentic_data) != 0;
  answer_.ttl_seconds = std::numeric_limits<std::int32_t>::max();
  if (const auto why = follow_names()) return trouble(*why);
  if (!malformed_ && !take_records()) malformed_ = true;
  if (malformed_) return std::unexpected(AnswerError::malformed);
  if (answer_.records() != 0) {
    // RFC 6604 section 3: the code is about the last name, which is there.
    if (rcode == rcode_no_name) return std::unexpected(AnswerError::malformed);
    answer_.verdict = DnsVerdict::found;
    return std::move(answer_);
  }
  if (dropped_ != 0) return std::unexpected(AnswerError::malformed);
  const bool denied = denial_ttl().has_value();
  const bool led_on = answer_.canonical != question_.name;
  // A referral, or a CNAME without what it leads to, by a server that did not
  // look any further.
  if (rcode == rcode_no_error && !denied && (referral_ || led_on)) {
    return trouble(DnsTrouble::server_failed);
  }
  deny(rcode == rcode_no_name ? DnsVerdict::no_name : DnsVerdict::no_data);
  return std::move(answer_);
}

DnsAnswer AnswerReader::trouble(DnsTrouble why) const {
  DnsAnswer answer;
  answer.verdict = DnsVerdict::trouble;
  answer.trouble = why;
  answer.canonical = question_.name;
  return answer;
}

// The one CNAME of `owner`; several that say the same are one.
const Record* AnswerReader::cname_of(const DnsName& owner) {
  const Record* found = nullptr;
  std::optional<DnsName> target;
  for (const Record& record : answers_) {
    if (record.type != type_cname || record.owner.name != owner) continue;
    WireReader data(message_, record.data_at);
    const WireName to = data.name();
    if (!data.ok() || data.at() != record.data_at + record.data_octets ||
        !to.name || (target && target != to.name)) {
      malformed_ = true;  // RFC 2181 section 10.1: only one.
      return nullptr;
    }
    target = to.name;
    if (found == nullptr || ttl_of(record.ttl) < ttl_of(found->ttl)) {
      found = &record;
    }
  }
  return found;
}

// Finds the name that the records belong to.
std::optional<DnsTrouble> AnswerReader::follow_names() {
  answer_.canonical = question_.name;
  if (question_.type == DnsType::cname) return std::nullopt;
  for (std::size_t links = 0;; ++links) {
    const Record* const cname = cname_of(answer_.canonical);
    if (cname == nullptr) return std::nullopt;
    if (links == dns_chain_max) return DnsTrouble::chain;
    limit_ttl(ttl_of(cname->ttl));
    WireReader data(message_, cname->data_at);
    answer_.canonical = *data.name().name;
  }
}

bool AnswerReader::take_records() {
  const std::uint16_t wanted = number_of(question_.type);
  for (const Record& record : answers_) {
    if (record.type != wanted || record.owner.name != answer_.canonical) {
      continue;
    }
    limit_ttl(ttl_of(record.ttl));  // RFC 2181 section 5.2: the least of them.
    if (!take_record(record)) return false;
  }
  return true;
}

bool AnswerReader::take_record(const Record& record) {
  const Octets data = message_.subspan(record.data_at, record.data_octets);
  switch (question_.type) {
    case DnsType::a:
      if (data.size() != 4) return false;
      std::copy(data.begin(), data.end(), answer_.a.emplace_back().begin());
      return true;
    case DnsType::aaaa:
      if (data.size() != 16) return false;
      std::copy(data.begin(), data.end(), answer_.aaaa.emplace_back().begin());
      return true;
    case DnsType::mx: return take_name(record, 2);
    case DnsType::ptr:
    case DnsType::cname: return take_name(record, 0);
    case DnsType::txt: return take_text(data);
    case DnsType::tlsa: break;
  }
  if (data.size() < tlsa_head_octets) return false;
  const Octets rest = data.subspan(tlsa_head_octets);
  answer_.tlsa.push_back(
      {data[0], data[1], data[2], {rest.begin(), rest.end()}});
  return true;
}

// What ends in a name: MX, PTR, CNAME.
bool AnswerReader::take_name(const Record& record, std::size_t head_octets) {
  WireReader data(message_, record.data_at);
  const std::uint16_t preference = head_octets == 0 ? 0 : data.u16();
  const WireName to = data.name();
  if (!data.ok() || data.at() != record.data_at + record.data_octets) {
    return false;
  }
  const bool is_mx = question_.type == DnsType::mx;
  // A null MX names the root (RFC 7505 section 3); a CNAME may lead anywhere.
  if (!to.name || (question_.type != DnsType::cname && !to.name->is_host() &&
                   !(is_mx && to.name->is_root()))) {
    dropped_ = 1;
    return true;
  }
  if (is_mx) {
    answer_.mx.push_back({preference, *to.name});
    return true;
  }
  // One name has one CNAME (RFC 2181 section 10.1).
  if (question_.type == DnsType::cname && !answer_.names.empty()) {
    return answer_.names.front() == *to.name;
  }
  answer_.names.push_back(*to.name);
  return true;
}

// RFC 1035 section 3.3.14: one or more strings, each with its length.
bool AnswerReader::take_text(Octets data) {
  if (data.empty()) return false;
  std::string& text = answer_.txt.emplace_back();
  while (!data.empty()) {
    const std::size_t octets = data[0];
    if (octets > data.size() - 1) return false;
    for (const Octet octet : data.subspan(1, octets)) {
      text += static_cast<char>(octet);
    }
    data = data.subspan(1 + octets);
  }
  return true;
}

// RFC 2308 section 5: the lesser of the SOA's own TTL and its MINIMUM, for a
// zone that has the name.
std::optional<std::uint32_t> AnswerReader::denial_ttl() const {
  if (!soa_ || !is_within(answer_.canonical, *soa_->owner.name)) {
    return std::nullopt;
  }
  WireReader data(message_, soa_->data_at);
  data.name();
  data.name();
  data.take(4 * sizeof(std::uint32_t));  // SERIAL, REFRESH, RETRY, EXPIRE.
  const std::uint32_t minimum = data.u32();
  if (!data.ok() || data.at() != soa_->data_at + soa_->data_octets) {
    return std::nullopt;
  }
  return std::min(ttl_of(soa_->ttl), ttl_of(minimum));
}

void AnswerReader::deny(DnsVerdict verdict) {
  answer_.verdict = verdict;
  limit_ttl(denial_ttl().value_or(0));
}

}  // namespace

std::expected<DnsAnswer, AnswerError> read_answer(Octets message,
                                                  const DnsQuestion& question,
                                                  std::uint16_t id) {
  return AnswerReader(message, question).read(id);
}

std::string_view name(AnswerError error) {
  switch (error) {
    case AnswerError::not_an_answer: return "not_an_answer";
    case AnswerError::other_id: return "other_id";
    case AnswerError::other_question: return "other_question";
    case AnswerError::truncated: return "truncated";
    case AnswerError::malformed: break;
  }
  return "malformed";
}

}  // namespace postkeep::dns
