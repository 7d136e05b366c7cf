#include "cli/transfer_note.h"

#include <filesystem>
#include <utility>

#include "auth/account.h"
#include "cli/operator_config.h"
#include "crypto/hash.h"
#include "io/operator_files.h"
#include "ipc/wire.h"
#include "store/folder_name.h"

namespace postkeep::cli {
namespace {

constexpr std::size_t note_octets_max = 1024;

}  // namespace

std::string TransferNotes::name_of(const TransferOptions& options) {
  std::error_code ignored;
  std::string whole =
      std::filesystem::absolute(
          options.maildir.empty() ? options.mbox : options.maildir, ignored)
          .lexically_normal();
  whole += '\0' + auth::folded(options.address) + '\0' + options.mailbox;
  std::string name = options.is_export ? "export-" : "import-";
  for (const Octet octet : crypto::sha256(octets(whole))) {
    name += "0123456789abcdef"[octet >> 4];
    name += "0123456789abcdef"[octet & 0xF];
  }
  return name;
}

std::optional<TransferOptions> in_one_form(TransferOptions options) {
  auto mailbox = store::canonical_mailbox(options.mailbox);
  if (!mailbox) {
    complain(shown(options.mailbox) + ": no mailbox can have that name");
    return std::nullopt;
  }
  options.mailbox = std::move(*mailbox);
  std::string& path = options.maildir;
  if (!path.empty()) path = std::filesystem::path(path).lexically_normal();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return options;
}

std::optional<TransferNote> TransferNotes::read(const std::string& name) const {
  const auto text =
      io::read_file(data_ + "/transfers/" + name, note_octets_max);
  TransferNote note;
  if (!text || !ipc::read(octets(*text), note)) return std::nullopt;
  return note;
}

bool TransferNotes::write(const std::string& name,
                          const TransferNote& note) const {
  const std::string directory = data_ + "/transfers";
  if (!io::exists(directory) && !io::make_directories(directory)) return false;
  const std::vector<Octet> text = ipc::write(note);
  return io::replace_file(
             directory + "/" + name,
             {reinterpret_cast<const char*>(text.data()), text.size()}, 0600)
      .has_value();
}

}  // namespace postkeep::cli
