// Quick resynchronisation: which messages a client is to take as expunged (RFC
// 7162 section 3.2.5 and section 3.2.6).
//
// Here:      missing_of(), last_match().
// Not here:  who remembers expunges (store/mailbox.h); the responses
//            (imap/fetch.h).
// Grammar:   none: sets are read by imap/sequence_set.h.
// Laws:      tests/imap/resync_test.cc; proptests/imap/resync_prop.cc.
#pragma once

#include <span>
#include <vector>

#include "imap/sequence_set.h"
#include "imap/session_view.h"
#include "store/mailbox.h"

namespace postkeep::imap {

// What a client says it knows.
struct Known {
  std::vector<SequenceRange> uids;  // Resolved, all below the next UID.
  store::ModificationSequence since = 0;
  store::Uid matched = 0;  // Up to here it has what there is.
};

// Of the UIDs that the client knows, those that are not there any more, and
// were there at `since` or may have been: where the store does not remember,
// all that are missing (RFC 7162 section 3.2.6). Those that the view is still
// to announce as gone are left out: they come in a VANISHED of their own.
[[nodiscard]] std::vector<SequenceRange> missing_of(const Known& known,
                                                    store::Folder& folder,
                                                    const SessionView& view);

// RFC 7162 section 3.2.5.2: the highest UID of which `numbers` and `uids`, read
// side by side, say rightly which number it has; 0 when there is none. UIDs
// ascend, so that below such a pair nothing has been expunged.
[[nodiscard]] store::Uid last_match(std::span<const SequenceRange> numbers,
                                    std::span<const SequenceRange> uids,
                                    std::span<const store::Uid> there);

// A set as CHANGEDSINCE's VANISHED means it: "*" is the highest UID that was
// ever given, so that what was expunged at the end is in "1:*". Clipped to
// those.
[[nodiscard]] std::vector<SequenceRange> known_uids(const SequenceSet& set,
                                                    store::Uid uid_next);

}  // namespace postkeep::imap
