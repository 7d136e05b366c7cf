#include "smtp/data.h"

#include <cstring>

namespace postkeep::smtp {

DataReader::DataReader() { start(); }

void DataReader::start() {
  start_machine();
  in_text_ = false;
  complete_ = false;
  ending_ = Ending::none;
  held_cr_ = false;
}

bool DataReader::read(Octets& input, DataSink& sink) {
  if (complete_ || input.empty()) return complete_;
  at_ = input.data();
  end_ = at_ + input.size();
  kept_from_ = at_;
  sink_ = &sink;
  while (at_ != end_ && !complete_) {
    if (in_text_) {
      // Inside a line all octets but CR leave the machine where it is.
      const void* cr =
          std::memchr(at_, '\r', static_cast<std::size_t>(end_ - at_));
      at_ = cr != nullptr ? static_cast<const Octet*>(cr) : end_;
      in_text_ = cr == nullptr;
    } else {
      run();
    }
  }
  if (!complete_) {
    held_cr_ = ending_ == Ending::dot_cr;
    give_until(held_cr_ ? end_ - 1 : end_);
  }
  input = input.subspan(static_cast<std::size_t>(at_ - input.data()));
  at_ = end_ = kept_from_ = nullptr;
  sink_ = nullptr;
  return complete_;
}

void DataReader::give_until(const Octet* end) {
  if (end > kept_from_) {
    sink_->data_octets(
        {kept_from_, static_cast<std::size_t>(end - kept_from_)});
  }
  kept_from_ = end;
}

// The CR was not the end's after all, so it is the message's.
void DataReader::give_held_cr() {
  if (!held_cr_) return;
  held_cr_ = false;
  sink_->data_octets(octets("\r"));
}

void DataReader::cr() {
  give_held_cr();
  ending_ = ending_ == Ending::dot ? Ending::dot_cr : Ending::none;
}

void DataReader::line_end() { ending_ = Ending::none; }

void DataReader::text() {
  give_held_cr();
  ending_ = Ending::none;
  in_text_ = true;
}

void DataReader::dot() {
  give_until(at_);
  kept_from_ = at_ + 1;
  ending_ = Ending::dot;
}

void DataReader::data_end() { complete_ = true; }

}  // namespace postkeep::smtp
