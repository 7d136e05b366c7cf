#include "smtp/dot_stuffer.h"

#include <cstring>

namespace postkeep::smtp {

void DotStuffer::start() { line_start_ = true; }

void DotStuffer::append(Octets octets, std::string& wire) {
  const char* at = reinterpret_cast<const char*>(octets.data());
  const char* const end = at + octets.size();
  while (at != end) {
    if (line_start_ && *at == '.') wire += '.';
    const void* lf = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    line_start_ = lf != nullptr;
    const char* const stop =
        lf != nullptr ? static_cast<const char*>(lf) + 1 : end;
    wire.append(at, stop);
    at = stop;
  }
}

void DotStuffer::end(std::string& wire) {
  wire += line_start_ ? ".\r\n" : "\r\n.\r\n";
  line_start_ = true;
}

}  // namespace postkeep::smtp
