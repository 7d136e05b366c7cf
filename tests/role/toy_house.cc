#include "role/toy_house.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace postkeep::role {
namespace {

constexpr uid_t nobody = 65534;
constexpr std::chrono::seconds patience{60};

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace

ToyHouse::ToyHouse(std::string_view configuration) {
  write(configuration);
  for (const char* name : {"accounts", "certificate", "key"}) {
    write_file(path() + "/" + name, name);
  }
}

ToyHouse::~ToyHouse() {
  if (process_ == 0) return;
  signal(SIGKILL);
  wait();
}

void ToyHouse::write(std::string_view configuration) const {
  write_file(path() + "/configuration", configuration);
}

void ToyHouse::start(bool ordinary) {
  const std::string directory = path();
  if (ordinary && geteuid() == 0) {
    for (const char* name :
         {"", "/accounts", "/certificate", "/key", "/configuration"}) {
      EXPECT_EQ(chown((directory + name).c_str(), nobody, nobody), 0);
    }
  }
  process_ = fork();
  if (process_ != 0) return;
  const int errors = open((directory + "/errors").c_str(),
                          O_CREAT | O_APPEND | O_WRONLY, 0666);
  dup2(errors, STDERR_FILENO);
  // Opened as root: an ordinary user may not see the build directory.
  const int binary = open(POSTKEEP_TOY_SERVER, O_RDONLY | O_CLOEXEC);
  if (ordinary && geteuid() == 0 &&
      (setresgid(nobody, nobody, nobody) != 0 ||
       setresuid(nobody, nobody, nobody) != 0)) {
    _exit(126);
  }
  std::string name = "toy_server";
  std::string data = directory;
  char* const arguments[] = {name.data(), data.data(), nullptr};
  char* const environment[] = {nullptr};
  execveat(binary, "", arguments, environment, AT_EMPTY_PATH);
  _exit(127);
}

void ToyHouse::signal(int number) const { kill(process_, number); }

int ToyHouse::wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

std::vector<std::string> ToyHouse::log() const {
  std::ifstream file(path() + "/log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string ToyHouse::errors() const {
  std::ifstream file(path() + "/errors");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t ToyHouse::count(const std::vector<std::string_view>& texts) const {
  std::size_t lines = 0;
  for (const std::string& line : log()) {
    const bool all = std::all_of(texts.begin(), texts.end(), [&](auto text) {
      return line.find(text) != std::string::npos;
    });
    lines += all ? 1U : 0U;
  }
  return lines;
}

bool ToyHouse::wait_for(const std::vector<std::string_view>& texts,
                        std::size_t times) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (count(texts) < times) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

pid_t ToyHouse::process_of(std::string_view role) const {
  pid_t process = 0;
  for (const std::string& line : log()) {
    const std::string wanted =
        "event=role_ready role=" + std::string(role) + " pid=";
    const std::size_t at = line.find(wanted);
    if (at != std::string::npos) {
      process = std::stoi(line.substr(at + wanted.size()));
    }
  }
  return process;
}

std::vector<pid_t> ToyHouse::children_called(std::string_view role) const {
  const std::string wanted = std::string("--role\0", 7) + std::string(role);
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto text_of = [&](const char* file) {
      std::ifstream in(entry.path() / file);
      std::stringstream text;
      text << in.rdbuf();
      return text.str();
    };
    const std::string parent = "PPid:\t" + std::to_string(process_) + "\n";
    if (text_of("status").find(parent) != std::string::npos &&
        text_of("cmdline").find(wanted) != std::string::npos) {
      found.push_back(std::stoi(name));
    }
  }
  return found;
}

}  // namespace postkeep::role
