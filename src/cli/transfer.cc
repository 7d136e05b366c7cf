#include "cli/transfer.h"

#include <array>
#include <utility>

#include "auth/account.h"
#include "io/operator_files.h"
#include "ipc/control_messages.h"

namespace postkeep::cli {
namespace {

constexpr int answer_seconds_max = 600;
constexpr std::size_t length_octets = 4;

// The account of that address; nobody else has a mailbox.
Transfer::Result<std::string> account_of(const OperatorConfig& config,
                                         const std::string& address) {
  const std::string path = accounts_path(config.config);
  const auto text = io::read_file(path, auth::accounts_octets_max);
  if (!text) {
    return std::unexpected(path + " cannot be read (" +
                           std::string(name(text.error())) +
                           "); run this as the user that owns it");
  }
  auto file = auth::AccountFile::read(octets(*text));
  if (!file) {
    return std::unexpected(path + ":" + std::to_string(file.error().line) +
                           ": " + std::string(sentence(file.error().fault)));
  }
  file->set_rules(
      {.separators = config.config.accounts.separator, .postmaster = ""},
      config.config.domains);
  const auto table = auth::AccountTable::make(*file);
  if (!table)
    return std::unexpected(std::string(sentence(table.error().fault)));
  const auth::Account* const account = table->login(address);
  if (account == nullptr) {
    return std::unexpected(address +
                           " is no account; `postkeep account list` "
                           "shows them");
  }
  return account->address;
}

std::string sentence_of(ipc::TransferVerdict verdict) {
  switch (verdict) {
    case ipc::TransferVerdict::not_found: return "there is no such mailbox";
    case ipc::TransferVerdict::bad_name: return "no mailbox can have that name";
    case ipc::TransferVerdict::limit:
      return "a limit of the mailbox is reached (messages, keywords or size); "
             "the log says more";
    case ipc::TransferVerdict::no_space: return "the disk is full";
    default: return "the mailbox cannot do it; the log says why";
  }
}

}  // namespace

Transfer::Result<Transfer> Transfer::open(const OperatorConfig& config,
                                          const std::string& address,
                                          const std::string& mailbox,
                                          bool create) {
  const auto user = account_of(config, address);
  if (!user) return std::unexpected(user.error());
  const std::string path = control_path(config.config);
  auto stream = io::LocalStream::connect(path, answer_seconds_max);
  if (!stream) {
    return std::unexpected(
        "no server answers at " + path + " (" +
        std::string(name(stream.error())) +
        "); `postkeep serve` starts one: mail is brought in and out by the "
        "server alone, so that nobody else writes there");
  }
  Transfer transfer(std::move(*stream));
  if (auto said = transfer.say(ipc::write(
          ipc::ControlRequest{.command = std::string(ipc::transfer_service),
                              .arguments = {*user}}));
      !said) {
    return std::unexpected(said.error());
  }
  if (auto opened = transfer.change(mailbox, create); !opened) {
    return std::unexpected(opened.error());
  }
  return transfer;
}

Transfer::Result<> Transfer::change(const std::string& mailbox, bool create) {
  ipc::TransferRequest request;
  request.what = create ? ipc::TransferWhat::create : ipc::TransferWhat::open;
  request.mailbox = mailbox;
  auto first = ask(std::move(request));
  if (!first) return std::unexpected(shown(mailbox) + ": " + first.error());
  first_ = std::move(*first);
  return {};
}

Transfer::Result<std::vector<std::string>> Transfer::list() {
  std::vector<std::string> all;
  while (true) {
    ipc::TransferRequest request;
    request.what = ipc::TransferWhat::list;
    request.uid = static_cast<std::uint32_t>(all.size());
    auto answer = ask(std::move(request));
    if (!answer) return std::unexpected(answer.error());
    if (answer->names.empty()) return all;
    for (std::string& name : answer->names) all.push_back(std::move(name));
  }
}

Transfer::Result<> Transfer::say(const std::vector<Octet>& message) {
  std::array<Octet, length_octets> length{};
  for (std::size_t i = 0; i < length_octets; ++i) {
    length[i] = static_cast<Octet>(message.size() >> (24 - 8 * i));
  }
  if (stream_.send(length) && stream_.send(message)) return {};
  return std::unexpected("the server has gone; run the same command again");
}

Transfer::Result<> Transfer::put(ipc::TransferMessage message) {
  ipc::TransferRequest request;
  request.what = ipc::TransferWhat::put;
  request.message = std::move(message);
  return say(ipc::write(std::move(request)));
}

Transfer::Result<ipc::TransferAnswer> Transfer::flush() {
  ipc::TransferRequest request;
  request.what = ipc::TransferWhat::flush;
  return ask(std::move(request));
}

Transfer::Result<ipc::TransferAnswer> Transfer::get(std::uint32_t uid) {
  ipc::TransferRequest request;
  request.what = ipc::TransferWhat::get;
  request.uid = uid;
  return ask(std::move(request));
}

Transfer::Result<ipc::TransferAnswer> Transfer::ask(
    ipc::TransferRequest request) {
  if (auto said = say(ipc::write(std::move(request))); !said) {
    return std::unexpected(said.error());
  }
  std::array<Octet, length_octets> head{};
  std::size_t octets = 0;
  bool whole = stream_.receive(head);
  for (const Octet octet : head) octets = octets << 8 | octet;
  std::vector<Octet> text;
  whole = whole && octets <= ipc::transfer_text_octets_max;
  if (whole) {
    text.resize(octets);
    whole = stream_.receive(text);
  }
  ipc::TransferAnswer answer;
  if (!whole || !ipc::read(text, answer)) {
    return std::unexpected(
        "the server has gone, or does not know this command; run the same "
        "command again");
  }
  if (answer.verdict != ipc::TransferVerdict::done &&
      answer.verdict != ipc::TransferVerdict::end) {
    return std::unexpected(sentence_of(answer.verdict));
  }
  return answer;
}

}  // namespace postkeep::cli
