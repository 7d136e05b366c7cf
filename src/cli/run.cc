#include <CLI/CLI.hpp>
#include <string>

#include "cli/cli.h"
#include "cli/commands.h"

namespace postkeep::cli {
namespace {

constexpr const char* main_help =
    "A complete mail server in one hardened binary.\n\n"
    "Begin with:\n"
    "  postkeep init --domain example.org\n"
    "  postkeep account add user@example.org\n"
    "  postkeep check && postkeep serve";

void add_account(CLI::App& app, AccountOptions& options, int& status) {
  CLI::App* account = app.add_subcommand("account", "Who has mail here.");
  account->require_subcommand(1);
  account->footer(
      "Examples:\n"
      "  postkeep account add user@example.org\n"
      "  postkeep account add user@example.org --generate\n"
      "  printf '%s\\n' \"$PASSWORD\" | postkeep account passwd "
      "user@example.org\n"
      "  postkeep account alias sales@example.org ann@example.org,bob@example."
      "org\n"
      "  postkeep account alias @example.org ann@example.org   (catch-all)\n"
      "  postkeep account add ann@example.org --mbox ann   (/var/mail/ann)\n"
      "  postkeep account list");
  const auto command = [&](const char* name, const char* what,
                           int (*run)(const AccountOptions&)) {
    CLI::App* sub = account->add_subcommand(name, what);
    sub->callback([&status, &options, run] { status = run(options); });
    return sub;
  };
  CLI::App* add =
      command("add", "Adds an account; asks for its password.", account_add);
  CLI::App* passwd =
      command("passwd", "Gives an account a new password.", account_passwd);
  for (CLI::App* sub : {add, passwd}) {
    sub->add_option("address", options.address, "user@example.org")->required();
    sub->add_flag("--generate", options.generate,
                  "Make a password and print it");
    sub->add_flag("--scram", options.scram,
                  "Keep a SCRAM verifier too (weaker at rest than argon2id)");
  }
  command("remove", "Removes an account or alias; its mail is kept.",
          account_remove)
      ->add_option("address", options.address)
      ->required();
  CLI::App* alias = command(
      "alias", "Leads an address to others; @domain takes all the rest.",
      account_alias);
  alias->add_option("address", options.address)->required();
  alias->add_option("targets", options.alias_targets, "Separated by commas")
      ->required();
  add->add_option("--mbox", options.mbox,
                  "Append the mail to this local user's mbox spool file, "
                  "instead of keeping it in mailboxes");
  CLI::App* mbox = command(
      "mbox", "Gives an account an mbox spool file, or mailboxes again.",
      account_mbox);
  mbox->add_option("address", options.address, "user@example.org")->required();
  mbox->add_option("user", options.mbox,
                   "The local user; without one, mailboxes again");
  command("list", "Lists accounts and aliases.", account_list);
}

void add_transfers(CLI::App& app, TransferOptions& options, int& status) {
  const auto command = [&](const char* name, const char* what) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("address", options.address, "The account")->required();
    CLI::Option_group* form = sub->add_option_group("What");
    form->add_option("--mbox", options.mbox, "A file with one mailbox");
    form->add_option("--maildir", options.maildir,
                     "A Maildir, with the folders below it (Maildir++)");
    form->require_option(1);
    sub->add_option("--mailbox", options.mailbox,
                    "The mailbox (default: INBOX; levels by '/')");
    return sub;
  };
  CLI::App* in = command("import", "Brings mail into a user's mailboxes.");
  in->add_flag("--again", options.again,
               "Import once more what was imported before");
  in->footer(
      "The server must run. When it was interrupted, run the same command "
      "again:\nno message comes twice, none is lost.\n"
      "Example:\n"
      "  postkeep import ann@example.org --mbox ~/mbox --mailbox Old/2019\n"
      "  postkeep import ann@example.org --maildir ~/Maildir");
  in->callback([&status, &options] { status = import_mail(options); });
  CLI::App* out = command("export", "Writes mail into a file or a Maildir.");
  out->footer(
      "The server must run. When it was interrupted, run the same command "
      "again.\n"
      "Example:\n"
      "  postkeep export ann@example.org --mbox ann.mbox\n"
      "  postkeep export ann@example.org --maildir ./ann   (every mailbox)");
  out->callback([&status, &options] {
    options.is_export = true;
    status = export_mail(options);
  });
}

void add_init(CLI::App& app, InitOptions& options, int& status) {
  CLI::App* init_app =
      app.add_subcommand("init", "Writes an annotated postkeep.toml.");
  init_app->add_option("--domain", options.domain, "The domain of the mail")
      ->required();
  init_app->add_option("--hostname", options.hostname,
                       "This host's name (default: mail.DOMAIN)");
  init_app->add_option("--data", options.data, "Where everything is kept");
  init_app->add_option("--output", options.config_path,
                       "The file to write (default: postkeep.toml)");
  init_app->add_flag("--trial", options.trial,
                     "Listen on loopback and unprivileged ports only");
  init_app->add_option("--port", options.port,
                       "With --trial: the base of the ports (default: 2500, "
                       "so SMTP is 2525, IMAP 2543)");
  init_app->add_flag("--force", options.force, "Replace the file");
  init_app->footer(
      "Examples:\n"
      "  postkeep init --domain example.org\n"
      "  postkeep init --domain example.test --trial --data ./data");
  init_app->callback([&] { status = init(options); });
}

void add_lookup(CLI::App& app, LookupOptions& options, int& status) {
  CLI::App* lookup =
      app.add_subcommand("lookup", "Shows what the server sees of a name.");
  lookup->add_option("name", options.name, "A name; for PTR an address, too")
      ->required();
  lookup->add_option("type", options.type,
                     "A, AAAA, MX (default), TXT, PTR, TLSA or CNAME");
  lookup->footer(
      "The server must run: it is its own DNS role that is asked. Status 0:\n"
      "there is an answer, be it that there is no such name.\n"
      "Examples:\n"
      "  postkeep lookup example.org\n"
      "  postkeep lookup _25._tcp.mail.example.org TLSA\n"
      "  postkeep lookup 192.0.2.1 PTR");
  lookup->callback([&status, &options] { status = look_up(options); });
}

void add_server(CLI::App& app, std::string& config_path, int& status) {
  const auto command = [&](const char* name, const char* what,
                           const char* example, auto run) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->footer(std::string("Example:\n  ") + example);
    sub->callback([&status, &config_path, run] { status = run(config_path); });
  };
  command("check", "Says on one screen what is wrong.",
          "postkeep check --config /etc/postkeep/postkeep.toml", check);
  command("serve", "Runs the server in the foreground.",
          "postkeep serve --config /etc/postkeep/postkeep.toml", serve);
  command("status", "Shows roles, sessions, spool and accounts.",
          "postkeep status",
          [](const std::string& path) { return ask_server(path, "status"); });
  command("sandbox", "Shows what each role may do, read from the kernel.",
          "postkeep sandbox",
          [](const std::string& path) { return ask_server(path, "sandbox"); });
  command("reload", "Reads configuration, accounts and certificates again.",
          "postkeep reload", reload);
  CLI::App* reference =
      app.add_subcommand("reference", "Prints all settings, as Markdown.");
  reference->callback([&status] { status = print_reference(); });
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{main_help, "postkeep"};
  int status = 0;
  std::string config_path;
  InitOptions init_options;
  AccountOptions account_options;
  TransferOptions transfer_options;
  LookupOptions lookup_options;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "postkeep " POSTKEEP_VERSION);
  app.add_option("--config", config_path,
                 "The configuration (default: ./postkeep.toml, then "
                 "/etc/postkeep/postkeep.toml)");
  add_init(app, init_options, status);
  add_account(app, account_options, status);
  add_server(app, config_path, status);
  add_transfers(app, transfer_options, status);
  add_lookup(app, lookup_options, status);
  app.parse_complete_callback([&] {
    if (!config_path.empty()) init_options.config_path = config_path;
    account_options.config_path = config_path;
    transfer_options.config_path = config_path;
    lookup_options.config_path = config_path;
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return status;
}

}  // namespace postkeep::cli
