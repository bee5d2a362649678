#!/bin/sh
# Puts billet-agent on this server, enrols it with its coordinator and starts it. A coordinator with boot_listen fills
# in what stands between @ and serves the result as /install.sh; `billet boot install` prints the line that fetches it,
# checks its digest and runs it. All that it fetches is checked against the digests in it. See docs/first-boot.md.
set -eu

BILLET_URL='@URL@'
BILLET_ENROL='@ENROL@'
BILLET_FINGERPRINT='@FINGERPRINT@'
# What `billet-agent --version` prints, when it was signed, and the SHA-256 of all that is fetched; - for what there is
# not.
BILLET_AGENT='@AGENT@'
BILLET_SIGNED='@SIGNED@'
BILLET_SHA256_X64='@SHA256_X64@'
BILLET_SHA256_ARM64='@SHA256_ARM64@'
BILLET_SHA256_UNIT='@SHA256_UNIT@'
BILLET_SHA256_KEY='@SHA256_KEY@'
# Seconds in which what cannot be fetched is tried again: many servers may come at once.
BILLET_PATIENCE=300

usage() {
  cat <<'END'
Usage: sh install.sh [options]

Installs billet-agent, or replaces an older one, enrols this server and starts the agent. Run again, it changes nothing
that is as it should be. A task that runs meanwhile goes on.

  --token-file FILE       the join token; standard input otherwise. Not needed where this server has enrolled
  --ca-fingerprint TEXT   refuse unless this script is for the fleet whose authority has this fingerprint
  --wait SECONDS          how long to wait until the server has enrolled (60)
  --root DIRECTORY        put everything below this directory, such as the mounted image of a server
  --no-start              start nothing, and wait for nothing: the agent enrols when the image starts
  --uninstall             stop the agent and remove it; its identity and its options stay
  --purge                 with --uninstall: remove these too
  --force                 with --uninstall: though a tenant is on this machine
  --help

Exit codes: 0 done; 1 it did not work out, and what is there stays as it was; 2 wrong options; 3 systemd does not run
here; 4 the agent is installed and runs, and has not enrolled yet.
END
}

say() {
  printf 'billet: %s\n' "$*" >&2
}

fail() {
  billet_code=$1
  shift
  say "$@"
  exit "$billet_code"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

sha256_of() {
  if has sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif has openssl; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    fail 1 'Neither sha256sum nor openssl is here, so nothing can be checked. Install coreutils.'
  fi
}

is_digest() {
  [ -f "$1" ] && [ "$(sha256_of "$1")" = "$2" ]
}

parse() {
  token_file='' fingerprint='' patience=60 root='' starting=yes action=install purge=no force=no
  while [ "$#" -gt 0 ]; do
    case $1 in
      --token-file | --ca-fingerprint | --wait | --root)
        [ "$#" -gt 1 ] || fail 2 "$1: expected a value. --help has the options."
        case $1 in
          --token-file) token_file=$2 ;;
          --ca-fingerprint) fingerprint=$2 ;;
          --wait) patience=$2 ;;
          --root) root=${2%/} ;;
        esac
        shift
        ;;
      --no-start) starting=no ;;
      --uninstall) action=uninstall ;;
      --purge) purge=yes ;;
      --force) force=yes ;;
      --help)
        usage
        exit 0
        ;;
      *) fail 2 "$1 is no option. --help has those there are." ;;
    esac
    shift
  done
  case $patience in
    '' | *[!0-9]* | ??????*) fail 2 "--wait: expected a number of seconds, got '$patience'." ;;
  esac
  case $root in
    '' | /*) ;;
    *) fail 2 "--root: expected an absolute path, got '$root'." ;;
  esac
}

paths() {
  etc=$root/etc/billet
  agent=$root/usr/local/bin/billet-agent
  unit=$root/etc/systemd/system/billet-agent.service
  state=''
  # The options' own word, where they have one.
  if [ -f "$etc/agent.toml" ]; then
    state=$(sed -n 's/^state_dir *= *"\([^"]*\)" *$/\1/p' "$etc/agent.toml")
  fi
  state=$root${state:-/var/lib/billet-agent}
}

architecture() {
  case $(uname -m) in
    x86_64 | amd64) arch=x64 sha256=$BILLET_SHA256_X64 ;;
    aarch64 | arm64) arch=arm64 sha256=$BILLET_SHA256_ARM64 ;;
    *) fail 1 "There is no agent for $(uname -m): there are x86_64 and aarch64." ;;
  esac
  [ "$sha256" != - ] || fail 1 "This coordinator has no agent for $arch. Put one into its artefacts, and try again."
}

options_text() {
  printf '# Written by install.sh, which does not change it any more.\n'
  printf 'enrol_address = "%s"\nca_fingerprint = "%s"\n' "$BILLET_ENROL" "$BILLET_FINGERPRINT"
  printf 'token_file = "/etc/billet/token"\n'
  [ "$BILLET_SHA256_KEY" = - ] || printf 'upgrade_key = "/etc/billet/upgrade.pub"\n'
}

by_hand() {
  say 'systemd does not run here, so nothing was changed. By hand, as root:'
  cat >&2 <<END
  1. Fetch $BILLET_URL/agent/$arch/billet-agent to /usr/local/bin/billet-agent.
     Its SHA-256 must be $sha256. Make it executable.
  2. Put the join token into /etc/billet/token, for root alone to read, and into /etc/billet/agent.toml:
$(options_text | sed 's/^/       /')
  3. Have this started at each boot, and again whenever it ends: /usr/local/bin/billet-agent run
     Whatever ends it must end that one process and not its children: a task outlives its agent.
END
  exit 3
}

# What this server must have, before anything is changed.
look() {
  [ "$(id -u)" = 0 ] || fail 1 'This must be run as root.'
  if [ -n "$fingerprint" ] && [ "$fingerprint" != "$BILLET_FINGERPRINT" ]; then
    fail 1 "This script is for the fleet of $BILLET_FINGERPRINT, and $fingerprint was meant."
  fi
  has curl || has wget || fail 1 'Neither curl nor wget is here. Install one of them.'
  architecture
  if [ -f "$etc/agent.toml" ] && grep -q '^ca_fingerprint' "$etc/agent.toml" &&
    ! grep -qF "$BILLET_FINGERPRINT" "$etc/agent.toml"; then
    fail 1 "$etc/agent.toml is for another fleet." \
      'Retire the machine there, and run this with --uninstall --purge first.'
  fi
  [ "$starting" = yes ] || return 0
  if [ ! -d "$root/run/systemd/system" ] || ! has systemctl; then by_hand; fi
  for needed in setpriv setsid fallocate; do
    has "$needed" || fail 1 "$needed is not here, which the agent needs. Install util-linux."
  done
}

has_identity() {
  [ -s "$state/identity/certificate.pem" ]
}

tell() {
  "$agent" status --config-file "$etc/agent.toml" --state-dir "$state" 2>/dev/null
}

# An identity whose time is over is none: the agent needs a token again.
has_enrolled() {
  has_identity || return 1
  ends=$(tell | sed -n 's/^It is .* certificate ends \(.*\) UTC\.$/\1/p')
  now=$(date -u '+%Y-%m-%d %H:%M:%S')
  [ -n "$ends" ] && [ "$(printf '%s\n' "$ends" "$now" | sort | tail -n 1)" = "$ends" ]
}

# The token goes from file to file, and through no command line.
take_token() {
  if [ -z "$token_file" ] || [ ! -e "$token_file" ]; then
    if has_identity; then return 0; fi
  fi
  if [ -z "$token_file" ] && [ -s "$etc/token" ]; then return 0; fi
  mkdir -p "$etc"
  umask 077
  rm -f "$etc/token.new"
  if [ -n "$token_file" ]; then
    [ -r "$token_file" ] || fail 1 "--token-file: $token_file cannot be read."
    tr -d '[:space:]' <"$token_file" >"$etc/token.new"
  elif [ -t 0 ]; then
    printf 'Join token (it is not shown): ' >&2
    stty -echo
    trap 'stty echo' EXIT
    trap 'stty echo; exit 1' INT TERM HUP
    head -n 1 | tr -d '[:space:]' >"$etc/token.new"
    stty echo
    trap - EXIT INT TERM HUP
    echo >&2
  else
    tr -d '[:space:]' >"$etc/token.new"
  fi
  if [ ! -s "$etc/token.new" ]; then
    rm -f "$etc/token.new"
    fail 1 'There is no join token. Give it on standard input or by --token-file; billet tokens create makes one.'
  fi
  mv -f "$etc/token.new" "$etc/token"
  umask 022
}

# A server that never ends fills no disk: the limit is a GiB or two, as the shell counts.
download() (
  ulimit -f 2097152
  if has curl; then
    curl --globoff --fail --silent --show-error --connect-timeout 10 --speed-limit 1024 --speed-time 30 \
      --continue-at - --output "$2" "$1"
  else
    # Not -T: some builds of busybox end by a fault of theirs with it.
    wget -q -c -O "$2" "$1"
  fi
)

# fetch PATH FILE SHA256: goes on where a try was cut off, and keeps nothing that is not as it should be.
fetch() {
  rm -f "$2"
  pause=1 waited=0
  until download "$BILLET_URL$1" "$2"; do
    if is_digest "$2" "$3"; then break; fi
    if [ "$waited" -ge "$BILLET_PATIENCE" ]; then
      rm -f "$2"
      fail 1 "$BILLET_URL$1 cannot be fetched."
    fi
    say "$BILLET_URL$1 was not fetched whole; it goes on in $pause s."
    sleep "$pause"
    waited=$((waited + pause))
    [ "$pause" -ge 30 ] || pause=$((pause * 2))
  done
  is_digest "$2" "$3" && return 0
  got=$(sha256_of "$2")
  rm -f "$2"
  fail 1 "$BILLET_URL$1 has the SHA-256 $got, and $3 was expected." \
    'It was not taken. The coordinator may have been given other agents since: print the line to run anew.'
}

# put PATH FILE SHA256 MODE: whole or not at all, where it is not there already.
put() {
  if is_digest "$2" "$3"; then return 0; fi
  mkdir -p "${2%/*}"
  fetch "$1" "$2.new" "$3"
  chmod "$4" "$2.new"
  sync "$2.new" 2>/dev/null || sync
  mv -f "$2.new" "$2"
  changed=yes
}

put_agent() {
  if is_digest "$agent" "$sha256"; then return 0; fi
  newest=$(cat "$state/upgrade/newest" 2>/dev/null || echo 0)
  case $newest in '' | *[!0-9]*) newest=0 ;; esac
  if [ -x "$agent" ] && [ "$newest" -gt "$BILLET_SIGNED" ]; then
    say "This machine has taken an agent that was signed later; it stays."
    return 0
  fi
  mkdir -p "${agent%/*}"
  fetch "/agent/$arch/billet-agent" "$agent.new" "$sha256"
  chmod 755 "$agent.new"
  said=$("$agent.new" --version 2>&1) || said="cannot be run: $said"
  if [ "$said" != "$BILLET_AGENT" ]; then
    rm -f "$agent.new"
    fail 1 "The agent that was fetched should call itself $BILLET_AGENT, and does not: $said"
  fi
  sync "$agent.new" 2>/dev/null || sync
  mv -f "$agent.new" "$agent"
  changed=yes
}

# What it is compared with after each tenant takes the unit for right as it is now, and nothing else.
put_unit() {
  if is_digest "$unit" "$BILLET_SHA256_UNIT"; then return 0; fi
  put /agent/billet-agent.service "$unit" "$BILLET_SHA256_UNIT" 644
  if [ -f "$state/baseline.json" ] && [ "$starting" = yes ]; then
    "$agent" baseline --config-file "$etc/agent.toml" --state-dir "$state" --accept "$unit" >&2 ||
      say 'The unit is a new one, and the baseline has the old: billet-agent baseline --forget'
  fi
}

put_options() {
  [ ! -f "$etc/agent.toml" ] || return 0
  if [ "$BILLET_SHA256_KEY" != - ]; then
    if [ -f "$etc/upgrade.pub" ] && ! is_digest "$etc/upgrade.pub" "$BILLET_SHA256_KEY"; then
      say "$etc/upgrade.pub is another key than the coordinator's; it stays."
    else
      put /agent/upgrade.pub "$etc/upgrade.pub" "$BILLET_SHA256_KEY" 644
    fi
  fi
  options_text >"$etc/agent.toml.new"
  chmod 644 "$etc/agent.toml.new"
  mv -f "$etc/agent.toml.new" "$etc/agent.toml"
  changed=yes
}

start() {
  if [ "$starting" = no ]; then
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -sf /etc/systemd/system/billet-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
    say "The agent is in place below ${root:-/}. It enrols when that starts, as long as its token lasts."
    exit 0
  fi
  if [ "$changed" = yes ]; then
    systemctl daemon-reload
    systemctl enable billet-agent.service
    systemctl restart billet-agent.service
  elif ! systemctl is-active --quiet billet-agent.service; then
    systemctl enable billet-agent.service
    systemctl restart billet-agent.service
  else
    say 'Everything is in place already.'
  fi
}

await_enrolment() {
  while ! has_enrolled; do
    if [ "$patience" -le 0 ]; then
      say "The agent runs and has not enrolled yet. It goes on trying, and needs $etc/token for it." \
        'Run this again later to have the token removed. What the agent says:'
      if has journalctl; then journalctl --unit billet-agent --lines 3 --output cat --no-pager >&2 || true; fi
      exit 4
    fi
    patience=$((patience - 1))
    sleep 1
  done
  rm -f "$etc/token"
  say "This is $(tell | sed -n 's/^It is //p')"
}

install_all() {
  changed=no
  umask 022
  look
  take_token
  put_agent
  put_unit
  put_options
  start
  await_enrolment
}

uninstall() {
  [ "$(id -u)" = 0 ] || fail 1 'This must be run as root.'
  if [ "$force" = no ] && [ -x "$agent" ] && [ -d "$state" ]; then
    if tell | grep ' tenant .*(plc-' | grep -qv 'proved clean'; then
      fail 1 'A tenant is on this machine. Drain it first (billet machines drain), or say --force.'
    fi
  fi
  if [ -f "$unit" ] && has systemctl && [ "$starting" = yes ]; then
    systemctl disable --now billet-agent.service || true
  fi
  rm -f "$unit" "$root/etc/systemd/system/multi-user.target.wants/billet-agent.service"
  rm -f "$agent" "$agent.new" "$agent.previous"
  if has systemctl && [ "$starting" = yes ]; then systemctl daemon-reload || true; fi
  if [ "$purge" = yes ]; then
    # The options name it, and may name another directory by mistake.
    if [ -e "$state/lock" ] || [ -d "$state/identity" ]; then
      rm -rf "$state"
    elif [ -d "$state" ]; then
      say "$state is not the state of an agent, and stays."
    fi
    rm -f "$etc/agent.toml" "$etc/token" "$etc/upgrade.pub"
  fi
  say 'The agent is gone. To take the machine out of the fleet for good: billet machines retire.'
}

main() {
  parse "$@"
  paths
  case $action in
    install) install_all ;;
    uninstall) uninstall ;;
  esac
}

# One command that is whole with its last character alone: of a script that was cut off, nothing runs.
{ main "$@"; exit; }
