#include "role/belongings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "io/listening.h"
#include "io/local_socket.h"
#include "io/operator_files.h"
#include "io/place.h"
#include "mbox/spool_file.h"
#include "role/role_context.h"
#include "role/topology.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

std::unexpected<std::string> wrong(const std::string& what, Trouble why) {
  return std::unexpected(what + ": " + std::string(name(why)));
}

// Which service is for which role.
bool serves(RoleName role, std::string_view service) {
  switch (role) {
    // LMTP beside port 25: a hole in either gives the mail that passes through,
    // and that is all that either has.
    case RoleName::smtp_in: return service == "mx" || service == "lmtp";
    case RoleName::submission:
      return service == "submission" || service == "submissions";
    case RoleName::access:
      return service == "imap" || service == "imaps" || service == "pop3" ||
             service == "pop3s";
    default: return false;
  }
}

// A name of /etc/passwd or /etc/group, or a number.
template <typename Lookup>
std::optional<std::uint32_t> id_of(const std::string& text, Lookup lookup) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && last == end) return number;
  return lookup(text);
}

std::expected<Descriptor, std::string> listen_at_path(const ListenPlan& plan) {
  io::LocalSocket wanted{.path = plan.path, .mode = plan.mode, .owner = {}};
  if (!plan.user.empty()) {
    const auto user = io::ids_of_user(plan.user);
    const auto uid = id_of(plan.user, [&](const std::string&) {
      return user ? std::optional(user->uid) : std::nullopt;
    });
    if (!uid) return std::unexpected(plan.user + ": there is no such user");
    auto gid = user ? std::optional(user->gid) : uid;
    if (!plan.group.empty()) gid = id_of(plan.group, io::id_of_group);
    if (!gid) return std::unexpected(plan.group + ": there is no such group");
    wanted.owner = io::UserIds{*uid, *gid};
  }
  return io::listen_locally(wanted);
}

bool granted(const RolePlan& plan, std::string_view file) {
  // No seed needs what its children are given.
  if (plan.role == RoleName::seed) return false;
  if (file == "configuration") return true;
  if (file.starts_with("certificate:")) return plan.certificates;
  if (file.starts_with("key:")) return plan.keys;
  if (file == "resolvers") return plan.resolvers;
  if (file == "authorities") return plan.authorities;
  if (file == "mboxes") {
    return plan.role == RoleName::spool || plan.role == RoleName::mbox;
  }
  return file == "accounts" && plan.accounts;
}

// Who a role becomes.
io::UserIds ids_of(const ServerPlan& plan, RoleName role) {
  const io::UserIds own{io::own_uid(), io::own_gid()};
  if (!io::is_root() || plan.first_uid == 0) return own;
  if (!plan.user_prefix.empty()) {
    std::string user = plan.user_prefix + "-" + std::string(name(role));
    std::replace(user.begin(), user.end(), '_', '-');
    if (const auto ids = io::ids_of_user(user); ids && ids->uid != 0) {
      return *ids;
    }
  }
  const std::uint32_t uid = plan.first_uid + plan_of(role).uid_offset;
  return {uid, uid};
}

}  // namespace

std::expected<Belongings, std::string> Belongings::open(ServerPlan plan,
                                                        SharedMemory& memory) {
  Belongings all;
  all.plan_ = std::move(plan);
  auto opened = all.open_directories();
  if (opened) opened = all.open_files(all.plan_, memory);
  if (opened) opened = all.open_sockets(all.plan_);
  if (opened) opened = all.open_log(all.plan_);
  if (opened) opened = all.open_mboxes(all.plan_.mbox);
  if (!opened) return std::unexpected(opened.error());
  return all;
}

std::expected<void, std::string> Belongings::open_directories() {
  const std::string& path = plan_.data_directory;
  if (const auto made = io::make_directories(path); !made) {
    return wrong("cannot make the data directory " + path, made.error());
  }
  auto data = io::open_directory(path);
  if (!data) return wrong("cannot open " + path, data.error());
  data_ = std::move(*data);
  auto lock = io::lock_in(data_, "lock");
  if (!lock && lock.error() == Trouble::locked) {
    return std::unexpected("another server runs on " + path +
                           ": stop it first, or choose another data directory");
  }
  if (!lock) return wrong("cannot lock " + path, lock.error());
  lock_ = std::move(*lock);
  auto spool = io::open_directory_in(data_, "spool");
  auto mail = io::open_directory_in(data_, "mail");
  if (!spool || !mail) {
    return wrong("cannot make spool and mail below " + path,
                 spool ? mail.error() : spool.error());
  }
  const io::UserIds ids = ids_of(RoleName::spool);
  if (const auto given = io::give_directory(*spool, ids.uid, ids.gid); !given) {
    return wrong("cannot give " + path + "/spool to its role", given.error());
  }
  spool_ = std::move(*spool);
  mail_ = std::move(*mail);
  auto drop = drop_directory(plan_);
  if (!drop) return std::unexpected(drop.error());
  drop_ = std::move(*drop);
  return {};
}

std::expected<Descriptor, std::string> Belongings::drop_directory(
    const ServerPlan& plan) {
  const std::string path = plan.data_directory + "/drop";
  auto data = io::open_directory(plan.data_directory);
  if (!data) return wrong("cannot open " + plan.data_directory, data.error());
  auto drop = io::open_directory_in(*data, "drop");
  if (!drop) return wrong("cannot make " + path, drop.error());
  // To whom it is given first: another owner would undo its mode.
  const io::UserIds ids = role::ids_of(plan, RoleName::pickup);
  auto done = io::give_directory(*drop, ids.uid, ids.gid);
  if (done) done = io::open_to_drop(*drop);
  if (done) done = io::open_to_pass(*data);
  if (!done) return wrong("cannot open " + path + " to all", done.error());
  return std::move(*drop);
}

std::expected<void, std::string> Belongings::open_files(const ServerPlan& plan,
                                                        SharedMemory& memory) {
  std::map<std::string, Descriptor> files;
  const auto seal = [&](const std::string& what, std::string_view text) {
    const std::array pieces{octets(text)};
    auto sealed = memory.seal(pieces);
    if (sealed) files[what] = std::move(*sealed);
    return sealed.has_value();
  };
  if (!seal("configuration", plan.configuration)) {
    return std::unexpected("no memory for the configuration");
  }
  if (!seal("resolvers", plan.resolvers)) {
    return std::unexpected("no memory for the resolvers");
  }
  if (!seal("authorities", plan.authorities)) {
    return std::unexpected("no memory for the authorities");
  }
  if (!seal("mboxes", plan.mbox.accounts)) {
    return std::unexpected("no memory for the accounts");
  }
  for (const FilePlan& file : plan.files) {
    const auto text = io::read_file(file.path, given_octets_max);
    if (!text) return wrong("cannot read " + file.path, text.error());
    if (!seal(file.name, *text)) {
      return std::unexpected("no memory for " + file.path);
    }
  }
  files_ = std::move(files);
  return {};
}

std::expected<void, std::string> Belongings::open_sockets(
    const ServerPlan& plan) {
  std::vector<Socket> sockets;
  for (const ListenPlan& wanted : plan.listen) {
    auto socket = wanted.path.empty()
                      ? io::listen_on(wanted.address, wanted.port)
                      : listen_at_path(wanted);
    if (!socket) return std::unexpected(socket.error());
    sockets.push_back({wanted, std::move(*socket)});
  }
  // The lock on the data directory says that no other server is here.
  auto control = io::listen_locally(
      {.path = plan.control_path, .live = io::LiveSocket::is_replaced});
  if (!control) return std::unexpected(control.error());
  control_ = std::move(*control);
  sockets_ = std::move(sockets);
  return {};
}

std::expected<void, std::string> Belongings::open_log(const ServerPlan& plan) {
  auto log = plan.log_path.empty() ? io::standard_output()
                                   : io::append_to(plan.log_path);
  if (!log) return wrong("cannot write the log " + plan.log_path, log.error());
  log_ = std::move(*log);
  return {};
}

// At the first account that has one; whose directory it is stays so until a
// restart.
std::expected<void, std::string> Belongings::open_mboxes(const MboxPlan& plan) {
  if (plan.users.empty()) return {};
  if (mboxes_) {
    if (plan.directory == mbox_directory_ && plan.group == mbox_group_) {
      return {};
    }
    return std::unexpected("another mbox.directory or group needs a restart");
  }
  io::UserIds ids = ids_of(RoleName::mbox);
  if (io::is_root() && plan_.first_uid != 0) {
    const auto gid = io::group_of(plan.group);
    if (!gid || *gid == 0) {
      return std::unexpected(plan.group + ": no group for mbox files can be " +
                             (gid ? "root's" : "this: there is no such group"));
    }
    mbox_gid_ = *gid;
    ids.gid = *gid;
  }
  auto directory = io::open_spool_directory(
      plan.directory, std::string(mbox::spool_notes_directory), ids);
  if (!directory) return std::unexpected(directory.error());
  mboxes_ = std::move(*directory);
  mbox_directory_ = plan.directory;
  mbox_group_ = plan.group;
  return {};
}

bool Belongings::wants(RoleName role) const {
  return role != RoleName::mbox || mboxes_.has_value();
}

std::expected<void, std::string> Belongings::make_spool_file(
    const std::string& user) const {
  const std::vector<std::string>& users = plan_.mbox.users;
  if (!mboxes_ || std::find(users.begin(), users.end(), user) == users.end()) {
    return std::unexpected("no account has it");
  }
  std::optional<io::UserIds> owner;
  if (mbox_gid_ != 0) {
    owner = io::ids_of_user(user);
    if (!owner) return std::unexpected("there is no such local user");
    owner->gid = mbox_gid_;
  }
  const auto made = io::make_spool_file(*mboxes_, user, owner);
  if (!made) return std::unexpected(std::string(name(made.error())));
  return {};
}

std::expected<void, std::string> Belongings::reload(ServerPlan plan,
                                                    SharedMemory& memory) {
  if (plan.data_directory != plan_.data_directory) {
    return std::unexpected("another data directory needs a restart");
  }
  auto done = open_mboxes(plan.mbox);
  if (done) done = open_files(plan, memory);
  if (done) done = open_log(plan);
  if (!done) return done;
  // These are part of what runs already.
  plan.listen = plan_.listen;
  plan.control_path = plan_.control_path;
  plan.first_uid = plan_.first_uid;
  plan.user_prefix = plan_.user_prefix;
  plan.instances = plan_.instances;
  plan_ = std::move(plan);
  return {};
}

io::UserIds Belongings::ids_of(RoleName role) const {
  return role::ids_of(plan_, role);
}

ipc::Start Belongings::start_of(RoleName role, std::uint32_t instance) const {
  const io::UserIds ids = ids_of(role);
  ipc::Start start;
  start.role = role;
  start.instance = instance;
  start.uid = ids.uid;
  start.gid = ids.gid;
  if (role == RoleName::mbox && mbox_gid_ != 0) start.gid = mbox_gid_;
  start.landlock_abi_max = plan_.landlock_abi_max;
  start.require = plan_.sandbox_require;
  if (plan_of(role).resolvers) {
    for (const std::uint16_t port : plan_.resolver_ports) {
      start.connect_ports.push_back({port});
    }
  }
  if (role == RoleName::connect) {
    start.connect_ports.push_back({plan_.outbound_port});
  }
  return start;
}

std::expected<void, Trouble> Belongings::add_files(RoleName role,
                                                   Parcel& parcel) const {
  for (const auto& [file_name, sealed] : files_) {
    if (!granted(plan_of(role), file_name)) continue;
    auto copy = io::copy_of(sealed);
    if (!copy) return std::unexpected(copy.error());
    parcel.emplace_back(file_name, std::move(*copy));
  }
  if (role == RoleName::log) {
    auto copy = io::copy_of(log_);
    if (!copy) return std::unexpected(copy.error());
    parcel.emplace_back("log", std::move(*copy));
  }
  return {};
}

std::expected<void, Trouble> Belongings::add_sockets(RoleName role,
                                                     Parcel& parcel) const {
  std::map<std::string, unsigned> counts;
  for (const Socket& socket : sockets_) {
    if (!serves(role, socket.plan.service)) continue;
    auto copy = io::copy_of(socket.descriptor);
    if (!copy) return std::unexpected(copy.error());
    const unsigned number = counts[socket.plan.service]++;
    parcel.emplace_back(
        "listen:" + socket.plan.service + ":" + std::to_string(number),
        std::move(*copy));
  }
  if (role == RoleName::control) {
    auto copy = io::copy_of(control_);
    if (!copy) return std::unexpected(copy.error());
    parcel.emplace_back("listen:control:0", std::move(*copy));
  }
  return {};
}

std::expected<Parcel, Trouble> Belongings::of(RoleName role) const {
  Parcel parcel;
  auto added = add_files(role, parcel);
  if (added) added = add_sockets(role, parcel);
  if (!added) return std::unexpected(added.error());
  if (role == RoleName::spool || role == RoleName::pickup ||
      role == RoleName::mbox) {
    if (role == RoleName::mbox && !mboxes_) return parcel;
    auto copy = io::copy_of(role == RoleName::spool    ? spool_
                            : role == RoleName::pickup ? drop_
                                                       : mboxes_->files);
    if (!copy) return std::unexpected(copy.error());
    parcel.emplace_back("directory", std::move(*copy));
  }
  return parcel;
}

std::expected<Parcel, Trouble> Belongings::of_reload(RoleName role) const {
  Parcel parcel;
  const auto added = add_files(role, parcel);
  if (!added) return std::unexpected(added.error());
  return parcel;
}

std::expected<Descriptor, Trouble> Belongings::mailbox_directory(
    const std::string& user) const {
  auto directory = io::open_directory_in(mail_, user);
  if (!directory) return directory;
  const io::UserIds ids = ids_of(RoleName::mailbox);
  const auto given = io::give_directory(*directory, ids.uid, ids.gid);
  if (!given) return std::unexpected(given.error());
  return directory;
}

}  // namespace postkeep::role
