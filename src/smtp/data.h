// Mail data: DATA's octets up to CRLF "." CRLF, without the dots that were
// stuffed (RFC 5321 sections 4.1.1.4 and 4.5.2).
//
// Here:      DataReader.
// Not here:  whether the octets are fit for mail (smtp/text_check.h); BDAT,
//            which only counts (smtp/server_chunk.cc).
// Grammar:   grammar/rfc5321_data.rl, rule profile_data_stream.
// Laws:      proptests/smtp/data_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/octets.h"

namespace postkeep::smtp {

// Told what the data is; borrowed until the call returns.
class DataSink {
 public:
  virtual void data_octets(Octets octets) = 0;

 protected:
  ~DataSink() = default;
};

// The end is CRLF "." CRLF and nothing else, whatever stands before it: a bare
// CR or LF never ends a line. The machine runs only where that can turn, so
// that a body moves at the speed of memory.
class DataReader {
 public:
  DataReader();
  void start();

  // Takes octets from the front of `input` and moves `input` past them; true
  // once the end was read: what follows is not touched.
  [[nodiscard]] bool read(Octets& input, DataSink& sink);

 private:
  // smtp/data.rl
  void start_machine();
  void run();

  // smtp/data.cc
  void text();
  void cr();
  void line_end();
  void dot();
  void data_end();
  void keep_until(const Octet* end);
  void give_held_crs(DataSink& sink);

  int machine_state_ = 0;
  bool in_text_ = false;
  bool complete_ = false;
  // CRs at the end of the last input, of which the last may belong to the end.
  std::uint64_t held_crs_ = 0;
  // Only while read() runs.
  const Octet* at_ = nullptr;
  const Octet* end_ = nullptr;
  const Octet* kept_from_ = nullptr;
  DataSink* sink_ = nullptr;
};

}  // namespace postkeep::smtp
