# shellcheck shell=bash
# Shared by bootstrap and the test servers: messages, deadlines, background processes.
# Sourced by bash scripts; OS2_ROOT is the project's directory.

# What fails inside of $(…) ends that, too.
shopt -s inherit_errexit

# Not every user's PATH has the daemons.
PATH=$PATH:/usr/sbin:/sbin

export OS2_ROOT
OS2_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${0##*/}: $*"
  exit 1
}

# as_root CMD…: runs it as root, through sudo when we are not.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

# set_from CMD…: sets the variables that CMD prints as NAME=value lines; fails where CMD does.
set_from() {
  local lines
  lines=$("$@") || return
  eval "$lines"
}

# in_root DIR CMD…: in the root file system DIR, where this machine's TMPDIR and home are not.
in_root() {
  local root=$1
  shift
  as_root env -u TMPDIR PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 chroot "$root" "$@"
}

# wait_until SECONDS CMD…: 0 as soon as CMD succeeds, 1 when the time is over.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# retry TIMES CMD…: CMD again after a growing pause, for what a network or a lock can make fail.
retry() {
  local times=$1 try=1
  shift
  until "$@"; do
    [ "$try" -lt "$times" ] || return 1
    say "retrying in $((try * 5)) s: $*"
    sleep $((try * 5))
    try=$((try + 1))
  done
}

# start_background DIR NAME CMD…: CMD in a session of its own, with DIR/NAME.log and DIR/NAME.pid.
start_background() {
  local dir=$1 name=$2
  shift 2
  setsid "$@" >"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

# pid_gone PID: ended, reaped or not; in a container nobody may reap what we started.
pid_gone() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }

# background_alive DIR NAME: whether what start_background started still runs.
background_alive() {
  [ -f "$1/$2.pid" ] && ! pid_gone "$(cat "$1/$2.pid")"
}

# stop_background DIR NAME [SECONDS]: TERM, then KILL after SECONDS (10); nothing to stop is success.
stop_background() {
  local file=$1/$2.pid pid
  [ -f "$file" ] || return 0
  pid=$(cat "$file")
  as_root kill "$pid" 2>/dev/null || true
  if ! wait_until "${3:-10}" pid_gone "$pid"; then
    as_root kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$file"
}

# log_tail FILE: the last lines of a server's log, for the message of a failed start.
log_tail() { tail -n 15 "$1" >&2 2>/dev/null || true; }

# cache_dir: where what is slow to make and worth keeping lives between runs.
cache_dir() {
  local dir=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/os2-tests
  mkdir -p "$dir"
  printf '%s\n' "$dir"
}

# drop_others DIR PATTERN: what stands beside DIR under PATTERN is an older edition of it.
drop_others() {
  as_root find "$(dirname "$1")" -mindepth 1 -maxdepth 1 -name "$2" ! -path "$1" -exec rm -rf {} +
}
