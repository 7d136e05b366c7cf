// Answers that wait until what they say is durable. A client that sends many
// STOREs in one go waits for one flush, not for as many.
#include "base/check.h"
#include "imap/session_core.h"

namespace postkeep::imap {

void SessionCore::hold_until_flushed() {
  if (!held_from_) held_from_ = output_.size();
}

// Once nothing more is to be read at once, or what waits grows too long.
bool SessionCore::must_flush() const {
  if (!held_from_) return false;
  if (!has_room()) return true;
  return !work_ && !completion_ && input_read_ == input_.size();
}

void SessionCore::flush_held() {
  if (!held_from_) return;
  const std::size_t from = *std::exchange(held_from_, std::nullopt);
  PK_CHECK(selected_.has_value());
  const auto flushed = selected_->folder->flush_flags();
  if (flushed) return;
  // Nobody hears that it was done.
  output_.resize(from);
  work_.reset();
  completion_.reset();
  end(flushed.error() == store::StoreError::not_found
          ? "The selected mailbox was deleted"
          : "The disk has a problem, flags may not have been kept");
}

}  // namespace postkeep::imap
