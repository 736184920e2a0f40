--- The functions of the native modules, of LuaFileSystem and of Lua's own io and os, and whether
--- they change something. A spec fails for a module and for a function that does not stand here.
return {
  ["host.fs"] = {
    changes = { "write_atomic", "append", "mkdir", "chmod", "try_lock" },
    reads = { "takes_entries", "realpath", "is_terminal", "has_input", "terminal_columns" },
  },
  ["host.proc"] = {
    changes = { "spawn" },
    reads = { "environment", "set_variable", "pid", "signals" }, -- of os2's own process
  },
  ["host.http"] = {
    changes = { "start", "request", "upgrade" }, reads = { "join", "origin", "version" },
  },
  ["host.websocket"] = { changes = { "start" }, reads = {} },
  ["host.docker"] = {
    changes = { "build" },
    -- the gate takes from `context` the file that says what its engine has been sent
    reads = {
      "base64_decode", "base64_url", "context", "decode_trace", "frames", "operation",
      "operations", "session_id", "target", "version",
    },
  },
  ["host.git"] = {
    changes = { "clone", "fetch", "reset", "config_set" },
    reads = {
      "head", "branch", "is_ancestor", "tree", "untracked", "lost_submodules", "status", "files",
      "remotes", "ls_remote", "config_get", "version",
    },
  },
  -- these reach memory, the clock, the terminal and os2's own process
  ["host.clock"] = { changes = {}, reads = { "monotonic", "now", "time", "utc" } },
  ["host.columns"] = { changes = {}, reads = { "lines" } },
  ["host.crypto"] = { changes = {}, reads = { "digest", "hmac_sha256" } },
  ["host.daytona"] = { changes = {}, reads = { "operation", "operations", "target", "toolbox" } },
  ["host.edit"] = { changes = {}, reads = { "open" } },
  ["host.err"] = { changes = {}, reads = { "kind_of_errno", "metatable", "version" } },
  ["host.hash"] = { changes = {}, reads = { "sha256" } },
  ["host.json"] = {
    changes = {},
    reads = {
      "array", "checker", "decode", "encode", "encoder", "null", "picker", "version",
    },
  },
  ["host.loop"] = {
    changes = {},
    reads = {
      "catch_signals", "enter", "forget_signal", "interrupt", "is_operation", "last_words",
      "pending", "poll", "signal", "take", "timer", "version", "wait",
    },
  },
  ["host.names"] = { changes = {}, reads = { "matcher" } },
  ["host.record"] = {
    changes = {},
    reads = {
      "brief", "decision", "event", "finish", "forms", "found", "length", "limits", "open", "pause",
      "start", "started", "suspects", "take", "text", "without_queries",
    },
  },
  ["host.tty"] = {
    changes = {},
    reads = {
      "input", "is_stdout", "restore", "set_raw", "size", "watch_size", "writable", "write",
    },
  },
  lfs = {
    changes = { "mkdir", "rmdir", "touch", "link", "lock_dir" },
    -- lock and unlock act on an open file, setmode on a stream, chdir on os2's own process
    reads = {
      "attributes", "symlinkattributes", "chdir", "currentdir", "dir", "lock", "unlock", "setmode",
    },
  },
  io = {
    changes = { "open", "popen", "output" },
    -- tmpfile has no name, and is gone with its handle
    reads = {
      "close", "flush", "input", "lines", "read", "tmpfile", "type", "write", "stderr", "stdin",
      "stdout",
    },
  },
  os = {
    changes = { "remove", "rename", "execute", "tmpname" },
    reads = { "clock", "date", "difftime", "exit", "getenv", "setlocale", "time" },
  },
}
