# shellcheck shell=bash
# The few requests to the Docker Engine that bootstrap and the test servers need, with curl alone:
# an engine on a mounted socket comes without a docker command. Source common.sh first.

# engine_socket: DOCKER_HOST's, else the system's, else a rootless engine's; os2 searches the same places.
engine_socket() {
  local system=/var/run/docker.sock rootless=${XDG_RUNTIME_DIR:-/nonexistent}/docker.sock
  case ${DOCKER_HOST:-} in
    unix://*) printf '%s\n' "${DOCKER_HOST#unix://}" ;;
    ?*) printf '%s\n' /nonexistent ;;
    *) if [ ! -S "$system" ] && [ -S "$rootless" ]; then echo "$rootless"; else echo "$system"; fi ;;
  esac
}

# engine_needs_root: whether the socket is there and only root may write to it.
engine_needs_root() { [ -S "$(engine_socket)" ] && [ ! -w "$(engine_socket)" ]; }

# engine_curl SECONDS PATH [CURL OPTIONS]: one request, body on stdout, failure on a status >= 400.
engine_curl() {
  local seconds=$1 path=$2
  shift 2
  set -- curl -sSf --max-time "$seconds" --unix-socket "$(engine_socket)" "$@" "http://engine$path"
  if engine_needs_root; then as_root "$@"; else "$@"; fi
}

engine_answers() { engine_curl 5 /_ping -o /dev/null 2>/dev/null; }

engine_has_image() { engine_curl 10 "/images/$1/json" -o /dev/null 2>/dev/null; }

# engine_pull REF SECONDS: 0 when the image is there afterwards; a refusal comes inside a 200 stream.
engine_pull() {
  local name=${1%:*} tag=${1##*:}
  engine_curl "$2" "/images/create?fromImage=$name&tag=$tag" -X POST -o /dev/null 2>/dev/null || true
  engine_has_image "$1"
}

# url_encoded TEXT: of a Dockerfile instruction, in a query.
url_encoded() { printf '%s' "$1" | sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/#/%23/g; s/+/%2B/g'; }

# engine_import REPO TAG [INSTRUCTION…]: an image from the root file system that arrives as a tar on
# stdin, changed by Dockerfile instructions such as LABEL.
engine_import() {
  local query="fromSrc=-&repo=$1&tag=$2" change
  shift 2
  for change in "$@"; do query="$query&changes=$(url_encoded "$change")"; done
  engine_curl 300 "/images/create?$query" \
    -X POST -T - -H 'Content-Type: application/x-tar' -o /dev/null
}
