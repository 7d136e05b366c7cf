#include "store/mailbox.h"

#include "base/check.h"

namespace postkeep::store {

std::string_view name(StoreError error) {
  switch (error) {
    case StoreError::no_space: return "no_space";
    case StoreError::trouble: return "trouble";
    case StoreError::not_found: return "not_found";
    case StoreError::exists: return "exists";
    case StoreError::bad_name: return "bad_name";
    case StoreError::limit: return "limit";
    case StoreError::not_allowed: return "not_allowed";
    case StoreError::uid_exhausted: return "uid_exhausted";
  }
  check_failed("StoreError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::store
