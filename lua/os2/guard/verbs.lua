--- Whether the verbs of `os2 help` change something. Each verb stands here: a spec fails for one
--- that does not, and calls each that changes something.
---
--- changes: --read-only refuses it. depends: the method of the request decides. reads: all others.
return {
  changes = {
    daytona = {
      "create_snapshot", "delete_snapshot", "activate_snapshot", "deactivate_snapshot",
      "start_machine", "stop_machine", "delete_machine",
    },
    docker = { "build", "push", "pull", "tag", "untag", "exec" },
    fs = { "write_atomic", "lock", "remove", "mkdir_p", "chmod" },
    git = { "clone", "fetch", "reset", "config_set" },
    http = { "websocket" },
    machines = { "create", "start", "stop", "archive", "delete", "exec", "cp" },
    proc = { "spawn", "run" },
    snapshots = { "make", "promote", "rollback", "activate", "deactivate", "delete" },
  },
  depends = {
    daytona = { "request" },
    docker = { "request" },
    http = { "request", "stream" },
  },
  reads = {
    clock = { "now", "monotonic", "utc", "time", "iso", "parse_http", "parse_iso" },
    daytona = {
      "observe", "operations", "is_available", "snapshots", "snapshot", "build_log", "key",
      "push_access", "machines", "machine", "events", "toolbox",
    },
    docker = {
      "ping", "context", "nested_context", "build_failure", "kept_output", "image", "images",
      "distribution", "logs",
    },
    env = { "get", "home", "all", "set", "conceal", "masked" },
    err = { "new", "is", "raise", "from", "exit_code", "exit_name", "check" },
    fs = {
      "read", "stat", "exists", "list", "realpath", "mode_of", "takes_entries", "is_terminal",
      "has_input", "terminal_columns",
    },
    git = {
      "head", "branch", "is_ancestor", "overwritten", "status", "is_changed", "files", "remotes",
      "ls_remote", "config_get",
    },
    hash = { "sha256" },
    json = { "array", "encode", "decode" },
    machines = { "get", "list", "logs", "url", "wait_healthy" },
    policy = {
      "api", "define", "alias", "set", "override", "insert_before", "insert_after", "replace",
      "drop", "set_facts", "replace_facts", "place_of", "ask", "refuse", "steps", "load_shipped",
      "load_sources", "run_tests", "changes", "list", "explain", "fingerprint", "reset",
    },
    snapshots = { "list", "get", "newest", "logs" },
    task = { "sleep", "defer", "group", "timeout", "map", "try" },
  },
}
