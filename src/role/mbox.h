// mbox: appends mail to the mbox spool files of users of this machine, which
// their own programs read and change. Sees those files and nothing else.
//
// Here:      MboxRole.
// Not here:  the file, its locks and its crash story (mbox/spool_file.h); who
//            has one (auth/account.h); making one (role/belongings.h).
// Laws:      a delivery is said done only when it will be in the file after
//            any crash.
//
// Reads:     messages of spool; the files, as far as it wrote them itself.
// May:       read and write the files of one directory, which is its root.
// May not:   open anything else, connect, fork; name a file that no account
//            has; understand a message.
// Talks to:  spool (DropAnswer, DropsKnown), supervisor (SpoolFileWanted).
// Dies when: any PK_CHECK fails, or a flush failed; nothing that was said done
//            is lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "config/config.h"
#include "ipc/drop_messages.h"
#include "ipc/supervisor_messages.h"
#include "mbox/spool_file.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/mbox_users.h"
#include "role/role_context.h"

namespace postkeep::role {

// What waits for files that others have locked; more comes again later.
inline constexpr std::uint64_t drops_waiting_octets_max =
    std::uint64_t{256} * 1024 * 1024;
// Notes that are open; the least used is closed.
inline constexpr std::size_t drop_files_max = 1024;
// A delivery waits so long here for a lock; then spool repeats it, less and
// less often.
inline constexpr std::chrono::seconds drop_wait_seconds_max{30};
// Spool repeats what was interrupted every five minutes at the least
// (spool::retry_wait_max). What does not come for so long never will.
inline constexpr std::chrono::minutes interrupted_minutes_max{15};

class MboxRole final : public Role {
 public:
  explicit MboxRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  struct Waiting {
    ipc::Drop message;
    std::unique_ptr<SharedMemory::View> view;  // Of a long one.
    SteadyTime since;
  };
  struct File {
    std::string user;  // The account.
    std::unique_ptr<mbox::SpoolFile> file;
    std::deque<Waiting> waiting;
    std::size_t tried = 0;  // Of those that wait, since one went in.
    bool is_told = false;   // Spool knows what its notes have.
    bool is_asked = false;  // Supervisor is to make it.
    TimerId pause = TimerId::none;
    Duration pause_next{};
    std::optional<SteadyTime> interrupted_since;
    std::uint64_t used = 0;
  };
  enum class Next : std::uint8_t { more, later };

  void spool_message(ipc::Received received);
  void dropped(ipc::Drop& message, std::vector<Descriptor>& descriptors);
  File* file_of(const std::string& name, const std::string& user);
  bool make_room();
  void work_soon();
  void work();
  Next step(const std::string& name, File& file);
  Next could_not(const std::string& name, File& file, mbox::DropError why);
  Next later(File& file);
  void tell_known(File& file);
  void forget(const ipc::DropsForget& message);
  void file_made(const ipc::SpoolFileMade& made);
  void answer(const ipc::Drop& message, ipc::DropVerdict verdict,
              std::string_view why = {});
  void answer_first(File& file, ipc::DropVerdict verdict,
                    std::string_view why = {});
  void drain_when_done();
  [[nodiscard]] SteadyTime now() const { return context_.clock.steady(); }

  RoleContext& context_;
  config::Config config_;
  MboxUsers users_;
  DirectoryHandle notes_ = DirectoryHandle::none;
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  std::map<std::string, File> files_;  // By their names.
  std::uint64_t waiting_octets_ = 0;
  std::uint64_t waiting_count_ = 0;
  std::uint64_t delivered_count_ = 0;
  std::uint64_t uses_ = 0;
  TimerId work_timer_ = TimerId::none;
  bool has_failed_ = false;
  bool draining_ = false;
};

}  // namespace postkeep::role
