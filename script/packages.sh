# What Postkeep stands on: Debian 12 packages, named once. Sourced by the other
# scripts of this folder.

packages_build="g++ cmake ninja-build ragel python3 pkg-config
  libevent-dev libssl-dev libsqlite3-dev libseccomp-dev libsodium-dev libc-ares-dev
  libtomlplusplus-dev libcli11-dev libfmt-dev"

packages_server="curl"

packages_test="git binutils clang-19 libclang-rt-19-dev llvm-19 clang-format-19
  clang-tidy-19 libgtest-dev librapidcheck-dev libbenchmark-dev libgmime-3.0-dev graphviz
  swaks libnet-ssleay-perl msmtp fetchmail mpop curl isync mutt neomutt offlineimap3
  procmail python3-dkim opendkim bsd-mailx
  openssl xfsprogs e2fsprogs mount spin procps unbound ldnsutils"

# say TEXT: what is being done, with the seconds since the start.
say() { printf '== %4ds  %s\n' "$SECONDS" "$*"; }

# need PACKAGE…: installs what is missing; an ordinary user is told how.
need() {
  local missing="" package
  for package in "$@"; do
    case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
      "install ok installed") ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing. As root, run:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends -y$missing" >&2
    exit 1
  fi
  say "installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || { echo "apt-get update failed: is a package source reachable?" >&2; exit 1; }
  apt-get install -qq --no-install-recommends -y $missing >/dev/null ||
    { echo "apt-get could not install:$missing" >&2; exit 1; }
}
