# shellcheck shell=bash
# The machine that `./bootstrap run` makes, and where its repository comes from. Sourced by bootstrap,
# whose install, node_packages and local_os2 it uses.

LOCAL_PACKAGES="git iproute2"
RUN_DIR=$OS2_ROOT/build/run
MACHINE_LABEL=os2-bootstrap=$OS2_ROOT
BRIDGE=docker0

# decided NAME: what a policy says here.
decided() { build/os2 -e "io.write((policy.ask('$1')))"; }

# answers_a_machine URL: whether a repository is there, asked as a machine asks: without a proxy.
answers_a_machine() {
  curl -sf --noproxy '*' --max-time 3 -o /dev/null "$1/info/refs?service=git-upload-pack"
}

# make_repository DIR: tests/base/repository as a git repository of one commit.
make_repository() {
  rm -rf "$1" && cp -R tests/base/repository "$1"
  git -C "$1" init -q -b main
  git -C "$1" add .
  git -C "$1" -c user.name=os2 -c user.email=os2@localhost -c commit.gpgsign=false commit -q -m "a daemon"
}

# bridge_address: this host's, as machines see it. Node does not list a bridge that no container is on.
bridge_address() { ip -4 -o address show dev "$BRIDGE" 2>/dev/null | sed -n 's,.* inet \([0-9.]*\)/.*,\1,p'; }

repository_url() { grep -m 1 '^http' "$RUN_DIR/repository.log" 2>/dev/null; }

# serve_repository: in the background, for as long as the run; the deadline is for one that is killed.
serve_repository() {
  local address
  address=$(bridge_address)
  [ -n "$address" ] || die "the engine has no bridge $BRIDGE on this host, over which a machine could clone"
  mkdir -p "$RUN_DIR"
  rm -f "$RUN_DIR/repository.log" # the former URL
  make_repository "$RUN_DIR/repository"
  start_background "$RUN_DIR" repository \
    timeout 1800 node tests/base/repository-server.js "$address" "$RUN_DIR/repository"
  trap 'stop_background "$RUN_DIR" repository' EXIT
  wait_until 10 repository_url >/dev/null ||
    { log_tail "$RUN_DIR/repository.log"; die "the local repository cannot be served to machines"; }
}

# choose_repository: sets REPOSITORY to where the machine clones from: the policy's, else a stand-in.
choose_repository() {
  REPOSITORY=$(decided entry.repository)
  ! answers_a_machine "$REPOSITORY" || return 0
  say "$REPOSITORY is not in reach: the machine clones a small stand-in from this host"
  # shellcheck disable=SC2046,SC2086 # lists of words
  install $LOCAL_PACKAGES $(node_packages)
  serve_repository
  REPOSITORY=$(repository_url)
}

# former_machines: names of those that earlier runs of this checkout left, one a line.
former_machines() {
  local_os2 machine list --label "$MACHINE_LABEL" --json | grep -o '"name":"[^"]*"' | cut -d '"' -f 4
}

# delete_former_machines: each run leaves one machine, its own.
delete_former_machines() {
  local names
  mapfile -t names < <(former_machines)
  [ "${#names[@]}" = 0 ] || local_os2 machine delete "${names[@]}" >&2
}

# create_machine SNAPSHOT: prints its name, once it is healthy.
create_machine() {
  local_os2 --policy tests/base/run-policy.lua machine create --snapshot "$1" --label "$MACHINE_LABEL" \
    --env "ITERATE_REPOSITORY=$REPOSITORY" --wait-healthy
}

# health_answer URL: body and status.
health_answer() {
  curl -sSf --noproxy '*' --max-time 10 -w ' (%{http_code})' "$1$(decided entry.health_path)"
}

# run_machine SNAPSHOT: name, URL and health answer of a machine that is left running.
run_machine() {
  local REPOSITORY name url answer
  choose_repository
  delete_former_machines
  name=$(create_machine "$1")
  url=$(local_os2 machine url "$name")
  answer=$(health_answer "$url")
  printf 'machine  %s\nurl      %s\nhealth   %s\n' "$name" "$url" "$answer"
  say "it is left running; build/os2 machine delete --provider docker $name ends it"
}
