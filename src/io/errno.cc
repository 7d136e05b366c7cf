#include "io/errno.h"

#include <unistd.h>

#include <cerrno>

namespace postkeep::io {

Trouble trouble_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return Trouble::no_space;
    case EIO: return Trouble::input_output;
    case ENOENT: return Trouble::not_found;
    case EEXIST:
    case ENOTEMPTY: return Trouble::exists;
    case EACCES:
    case EPERM:
    case EROFS:
    case EXDEV:
    case EMLINK:
    case ELOOP: return Trouble::not_permitted;
    case EMFILE:
    case ENFILE: return Trouble::descriptors;
    case ENOMEM:
    case ENOBUFS: return Trouble::memory;
    case EISDIR:
    case ENOTDIR:
    case ENXIO: return Trouble::wrong_kind;
    case EAGAIN:
    case EINTR: return Trouble::would_block;
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case ESHUTDOWN: return Trouble::closed;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH: return Trouble::timed_out;
    case ENOSYS:
    case EOPNOTSUPP:
    case EINVAL: return Trouble::unsupported;
    default: return Trouble::other;
  }
}

Descriptor own(int number) {
  return {number, [](int n) { ::close(n); }};
}

}  // namespace postkeep::io
