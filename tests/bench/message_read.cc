// Reads every message of a folder from memory, again and again, by src/message
// and by GMime in turn: structure and fields, then with what an ENVELOPE has.
//
//   message_read FOLDER SECONDS ROUNDS
//
// One line a measurement: what, octets/s and fields/s of Postkeep and of GMime,
// and the median of the rounds' ratios.
#include <gmime/gmime.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "message/summary.h"

using namespace postkeep;

namespace {

// What was read: counted, so that no compiler leaves the reading out.
struct Count {
  std::size_t octets = 0;
  std::size_t fields = 0;
  std::size_t parts = 0;
  std::size_t other = 0;
};

void count_addresses(Count& count, InternetAddressList* list) {
  if (list != nullptr) {
    count.other += static_cast<std::size_t>(internet_address_list_length(list));
  }
}

void postkeep_structure(const std::string& text, Count& count) {
  const Octets octets = postkeep::octets(text);
  const message::Structure structure = message::read_structure(octets);
  for (const message::Part& part : structure.parts) {
    const message::Header header =
        message::read_header(message::header_of(octets, part));
    count.fields += header.fields.size();
    for (const message::Field& field : header.fields) {
      count.other += field.value.size();
    }
  }
  count.parts += structure.parts.size();
}

void postkeep_envelope(const std::string& text, Count& count) {
  const message::Summary summary = message::read_summary(octets(text));
  count.parts += summary.structure.parts.size();
  count.other += summary.envelope.to.size() + summary.envelope.from.size();
}

void count_part(GMimeObject*, GMimeObject* part, gpointer data) {
  Count& count = *static_cast<Count*>(data);
  ++count.parts;
  GMimeHeaderList* const fields = g_mime_object_get_header_list(part);
  const int size = g_mime_header_list_get_count(fields);
  count.fields += static_cast<std::size_t>(size);
  for (int i = 0; i < size; ++i) {
    const char* const value = g_mime_header_get_raw_value(
        g_mime_header_list_get_header_at(fields, i));
    count.other += value == nullptr ? 0 : static_cast<std::size_t>(*value);
  }
}

GMimeMessage* gmime_message(const std::string& text) {
  GMimeStream* const stream =
      g_mime_stream_mem_new_with_buffer(text.data(), text.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  // Bodies stay where they are and are not copied.
  g_mime_parser_set_persist_stream(parser, TRUE);
  GMimeMessage* const read = g_mime_parser_construct_message(parser, nullptr);
  g_object_unref(parser);
  g_object_unref(stream);
  return read;
}

void gmime_structure(const std::string& text, Count& count) {
  GMimeMessage* const read = gmime_message(text);
  if (read == nullptr) return;
  count_part(nullptr, GMIME_OBJECT(read), &count);
  g_mime_message_foreach(read, count_part, &count);
  g_object_unref(read);
}

void gmime_envelope(const std::string& text, Count& count) {
  GMimeMessage* const read = gmime_message(text);
  if (read == nullptr) return;
  g_mime_message_foreach(read, count_part, &count);
  const char* const subject = g_mime_message_get_subject(read);
  const char* const id = g_mime_message_get_message_id(read);
  count.other += subject == nullptr ? 0 : 1;
  count.other += id == nullptr ? 0 : 1;
  count.other += g_mime_message_get_date(read) != nullptr ? 1 : 0;
  count_addresses(count, g_mime_message_get_from(read));
  count_addresses(count, g_mime_message_get_sender(read));
  count_addresses(count, g_mime_message_get_reply_to(read));
  count_addresses(count, g_mime_message_get_to(read));
  count_addresses(count, g_mime_message_get_cc(read));
  count_addresses(count, g_mime_message_get_bcc(read));
  g_object_unref(read);
}

using Read = void (*)(const std::string&, Count&);

struct Rate {
  double octets = 0;  // A second.
  double messages = 0;
};

Rate measure(const std::vector<std::string>& messages, double seconds,
             Read read, Count& count) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::size_t turns = 0;
  double passed = 0;
  do {
    count = {};
    for (const std::string& text : messages) {
      read(text, count);
      count.octets += text.size();
    }
    ++turns;
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (passed < seconds);
  const auto times = static_cast<double>(turns) / passed;
  return {static_cast<double>(count.octets) * times,
          static_cast<double>(messages.size()) * times};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void compare(const char* what, const std::vector<std::string>& messages,
             double seconds, int rounds, Read ours, Read theirs) {
  std::vector<double> ratios;
  Rate a;
  Rate b;
  Count count;
  Count fields;  // The same number for both: those of all parts.
  Count other;
  measure(messages, 0, postkeep_structure, fields);
  const double fields_of_octet =
      static_cast<double>(fields.fields) / static_cast<double>(fields.octets);
  for (int round = 0; round < rounds; ++round) {
    a = measure(messages, seconds, ours, count);
    b = measure(messages, seconds, theirs, other);
    ratios.push_back(a.octets / b.octets);
  }
  std::printf(
      "%-24s %8.1f MB/s %11.0f fields/s   GMime %7.1f MB/s %10.0f fields/s"
      "   %5.2f times\n",
      what, a.octets / 1e6, a.octets * fields_of_octet, b.octets / 1e6,
      b.octets * fields_of_octet, median(ratios));
  if (count.other == 0 || other.other == 0) std::puts("nothing was read");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 1;
  std::vector<std::string> messages;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file{entry.path(), std::ios::binary};
    messages.emplace_back(std::istreambuf_iterator<char>{file},
                          std::istreambuf_iterator<char>{});
  }
  if (messages.empty()) return 1;
  g_mime_init();
  const double seconds = std::atof(argv[2]);
  const auto rounds = static_cast<int>(std::strtol(argv[3], nullptr, 10));
  compare("structure and fields", messages, seconds, rounds, postkeep_structure,
          gmime_structure);
  compare("with an ENVELOPE", messages, seconds, rounds, postkeep_envelope,
          gmime_envelope);
  return 0;
}
