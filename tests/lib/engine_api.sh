# shellcheck shell=bash
# The few requests to the Docker Engine that bootstrap and the test servers need, with curl alone:
# an engine on a mounted socket comes without a docker command. Source common.sh first.

# engine_socket: the socket of DOCKER_HOST, or the usual place.
engine_socket() {
  case ${DOCKER_HOST:-} in
    unix://*) printf '%s\n' "${DOCKER_HOST#unix://}" ;;
    *) printf '%s\n' /var/run/docker.sock ;;
  esac
}

# engine_curl SECONDS PATH [CURL OPTIONS]: one request, body on stdout, failure on a status >= 400.
engine_curl() {
  local seconds=$1 path=$2 socket
  shift 2
  case ${DOCKER_HOST:-} in
    tcp://*) curl -sSf --max-time "$seconds" "$@" "http://${DOCKER_HOST#tcp://}$path" ;;
    *)
      socket=$(engine_socket)
      # A socket that only root may write belongs to an engine we still may ask through sudo.
      if [ ! -S "$socket" ] || [ -w "$socket" ]; then
        curl -sSf --max-time "$seconds" --unix-socket "$socket" "$@" "http://engine$path"
      else
        as_root curl -sSf --max-time "$seconds" --unix-socket "$socket" "$@" "http://engine$path"
      fi
      ;;
  esac
}

engine_answers() { engine_curl 5 /_ping -o /dev/null 2>/dev/null; }

engine_has_image() { engine_curl 10 "/images/$1/json" -o /dev/null 2>/dev/null; }

# engine_pull REF SECONDS: 0 when the image is there afterwards; a refusal comes inside a 200 stream.
engine_pull() {
  local name=${1%:*} tag=${1##*:}
  engine_curl "$2" "/images/create?fromImage=$name&tag=$tag" -X POST -o /dev/null 2>/dev/null || true
  engine_has_image "$1"
}

# engine_import REPO TAG: an image from the root file system that arrives as a tar on stdin.
engine_import() {
  engine_curl 300 "/images/create?fromSrc=-&repo=$1&tag=$2" \
    -X POST -T - -H 'Content-Type: application/x-tar' -o /dev/null
}
