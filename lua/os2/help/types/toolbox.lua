--- Types of the toolbox in a sandbox for `os2 help`; made by tools/rows.lua, not by hand.
--- Source: the description of the toolbox API (client 0.218.0).
return {
  delete_file = {
    tag = "file-system",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "path", "string" }, { "recursive", "boolean" },
    },
  },
  list_files = {
    tag = "file-system",
    returns = "toolbox.FileInfo[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "group isDir modTime mode modifiedAt name owner path permissions size",
    fields = {
      { "path", "string" }, { "depth", "integer" },
    },
  },
  download_files = {
    tag = "file-system",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "paths", "string[]" },
    },
  },
  upload_files = {
    tag = "file-system",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
  },
  download_file = {
    tag = "file-system",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "path", "string" },
    },
  },
  find_in_files = {
    tag = "file-system",
    returns = "toolbox.Match[]",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "content file line",
    fields = {
      { "path", "string" }, { "pattern", "string" },
    },
  },
  create_folder = {
    tag = "file-system",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "path", "string" }, { "mode", "string" },
    },
  },
  get_file_info = {
    tag = "file-system",
    returns = "toolbox.FileInfo",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "group isDir modTime mode modifiedAt name owner path permissions size",
    fields = {
      { "path", "string" },
    },
  },
  move_file = {
    tag = "file-system",
    returns = "any",
    errors = "conflict, denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "source", "string" }, { "destination", "string" },
    },
  },
  set_file_permissions = {
    tag = "file-system",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "path", "string" }, { "owner", "string" }, { "group", "string" }, { "mode", "string" },
    },
  },
  replace_in_files = {
    tag = "file-system",
    returns = "toolbox.ReplaceResult[]",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "error file success",
    fields = {
      { "files", "string[]" }, { "newValue", "string" }, { "pattern", "string" },
    },
  },
  search_files = {
    tag = "file-system",
    returns = "toolbox.SearchFilesResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "files",
    fields = {
      { "path", "string" }, { "pattern", "string" },
    },
  },
  upload_file = {
    tag = "file-system",
    returns = "toolbox.UploadedFile",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "name path type",
    fields = {
      { "path", "string" },
    },
  },
  add_files = {
    tag = "git",
    returns = "any",
    errors = "conflict, denied, invalid, network, timeout, unavailable",
    fields = {
      { "files", "string[]" }, { "path", "string" },
    },
  },
  delete_branch = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "path", "string" },
    },
  },
  list_branches = {
    tag = "git",
    returns = "toolbox.ListBranchResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "branches current",
    fields = {
      { "path", "string" },
    },
  },
  create_branch = {
    tag = "git",
    returns = "any",
    errors = "conflict, denied, exists, invalid, network, timeout, unavailable",
    fields = {
      { "name", "string" }, { "path", "string" },
    },
  },
  checkout_branch = {
    tag = "git",
    returns = "any",
    errors = "conflict, denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "branch", "string" }, { "path", "string" },
    },
  },
  clone_repository = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "branch", "string" }, { "commit_id", "string" }, { "depth", "integer" },
      { "insecure_skip_tls", "boolean" }, { "password", "string" }, { "path", "string" },
      { "url", "string" }, { "username", "string" },
    },
  },
  commit_changes = {
    tag = "git",
    returns = "toolbox.GitCommitResponse",
    errors = "conflict, denied, invalid, network, timeout, unavailable",
    record = "hash",
    fields = {
      { "allow_empty", "boolean" }, { "author", "string" }, { "email", "string" },
      { "message", "string" }, { "path", "string" },
    },
  },
  get_git_config = {
    tag = "git",
    returns = "toolbox.GitConfigResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "value",
    fields = {
      { "key", "string" }, { "path", "string" }, { "scope", "string" },
    },
  },
  set_git_config = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "key", "string" }, { "path", "string" }, { "scope", "string" }, { "value", "string" },
    },
  },
  configure_user = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "email", "string" }, { "name", "string" }, { "path", "string" }, { "scope", "string" },
    },
  },
  authenticate = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "host", "string" }, { "password", "string" }, { "protocol", "string" },
      { "username", "string" },
    },
  },
  get_commit_history = {
    tag = "git",
    returns = "toolbox.GitCommitInfo[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "author email hash message timestamp",
    fields = {
      { "path", "string" },
    },
  },
  init_repository = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "bare", "boolean" }, { "initial_branch", "string" }, { "path", "string" },
    },
  },
  pull_changes = {
    tag = "git",
    returns = "any",
    errors = "conflict, denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "branch", "string" }, { "password", "string" }, { "path", "string" },
      { "remote", "string" }, { "username", "string" },
    },
  },
  push_changes = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "branch", "string" }, { "password", "string" }, { "path", "string" },
      { "remote", "string" }, { "set_upstream", "boolean" }, { "username", "string" },
    },
  },
  list_remotes = {
    tag = "git",
    returns = "toolbox.ListRemotesResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "remotes",
    fields = {
      { "path", "string" },
    },
  },
  add_remote = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "fetch", "boolean" }, { "name", "string" }, { "overwrite", "boolean" },
      { "path", "string" }, { "url", "string" },
    },
  },
  reset_changes = {
    tag = "git",
    returns = "any",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "files", "string[]" }, { "mode", "string" }, { "path", "string" }, { "target", "string" },
    },
  },
  restore_files = {
    tag = "git",
    returns = "any",
    errors = "conflict, denied, invalid, network, timeout, unavailable",
    fields = {
      { "files", "string[]" }, { "path", "string" }, { "source", "string" },
      { "staged", "boolean" }, { "worktree", "boolean" },
    },
  },
  get_status = {
    tag = "git",
    returns = "toolbox.GitStatus",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "ahead behind branchPublished currentBranch detached fileStatus upstream",
    fields = {
      { "path", "string" },
    },
  },
  get_user_home_dir = {
    tag = "info",
    returns = "toolbox.UserHomeDirResponse",
    errors = "denied, network, timeout, unavailable",
    record = "dir",
  },
  get_version = {
    tag = "info",
    returns = "table<string, string>",
    errors = "denied, network, timeout, unavailable",
  },
  get_work_dir = {
    tag = "info",
    returns = "toolbox.WorkDirResponse",
    errors = "denied, network, timeout, unavailable",
    record = "dir",
  },
  get_ports = {
    tag = "port",
    returns = "toolbox.PortList",
    errors = "denied, network, timeout, unavailable",
    record = "ports",
  },
  is_port_in_use = {
    tag = "port",
    returns = "toolbox.IsPortInUseResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "isInUse",
    fields = {
      { "port", "integer" },
    },
  },
  code_run = {
    tag = "process",
    returns = "toolbox.CodeRunResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "artifacts exitCode result",
    fields = {
      { "argv", "string[]" }, { "code", "string" }, { "envs", "table<string, string>" },
      { "language", "string" }, { "timeout", "integer", "seconds" },
    },
  },
  execute_command = {
    tag = "process",
    returns = "toolbox.ExecuteResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "exitCode result",
    fields = {
      { "command", "string" }, { "cwd", "string" }, { "envs", "table<string, string>" },
      { "timeout", "integer", "seconds" },
    },
  },
  list_pty_sessions = {
    tag = "process",
    returns = "toolbox.PtyListResponse",
    errors = "denied, network, timeout, unavailable",
    record = "sessions",
  },
  create_pty_session = {
    tag = "process",
    returns = "toolbox.PtyCreateResponse",
    errors = "conflict, denied, invalid, network, timeout, unavailable",
    record = "sessionId",
    fields = {
      { "cols", "integer" }, { "cwd", "string" }, { "envs", "table<string, string>" },
      { "id", "string" }, { "lazyStart", "boolean" }, { "rows", "integer" },
    },
  },
  delete_pty_session = {
    tag = "process",
    returns = "toolbox.gin.H",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sessionId", "string" },
    },
  },
  get_pty_session = {
    tag = "process",
    returns = "toolbox.PtySessionInfo",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "active cols createdAt cwd envs id lazyStart rows",
    fields = {
      { "sessionId", "string" },
    },
  },
  connect_pty_session = {
    tag = "process",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sessionId", "string" },
    },
  },
  resize_pty_session = {
    tag = "process",
    returns = "toolbox.PtySessionInfo",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "active cols createdAt cwd envs id lazyStart rows",
    fields = {
      { "sessionId", "string" }, { "cols", "integer" }, { "rows", "integer" },
    },
  },
  list_sessions = {
    tag = "process",
    returns = "toolbox.Session[]",
    errors = "denied, network, timeout, unavailable",
    record = "commands sessionId",
  },
  create_session = {
    tag = "process",
    returns = "any",
    errors = "conflict, denied, invalid, network, timeout, unavailable",
    fields = {
      { "sessionId", "string" },
    },
  },
  get_entrypoint_session = {
    tag = "process",
    returns = "toolbox.Session",
    errors = "denied, network, not_found, timeout, unavailable",
    record = "commands sessionId",
  },
  get_entrypoint_logs = {
    tag = "process",
    returns = "toolbox.SessionCommandLogsResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "output stderr stdout",
    fields = {
      { "follow", "boolean" },
    },
  },
  delete_session = {
    tag = "process",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sessionId", "string" },
    },
  },
  get_session = {
    tag = "process",
    returns = "toolbox.Session",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "commands sessionId",
    fields = {
      { "sessionId", "string" },
    },
  },
  get_session_command = {
    tag = "process",
    returns = "toolbox.Command",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "command exitCode id",
    fields = {
      { "sessionId", "string" }, { "commandId", "string" },
    },
  },
  send_input = {
    tag = "process",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sessionId", "string" }, { "commandId", "string" }, { "data", "string" },
    },
  },
  get_session_command_logs = {
    tag = "process",
    returns = "toolbox.SessionCommandLogsResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "output stderr stdout",
    fields = {
      { "sessionId", "string" }, { "commandId", "string" }, { "follow", "boolean" },
    },
  },
  session_execute_command = {
    tag = "process",
    returns = "toolbox.SessionExecuteResponse",
    errors = "conflict, denied, invalid, network, not_found, timeout, unavailable",
    record = "cmdId exitCode output stderr stdout",
    fields = {
      { "sessionId", "string" }, { "async", "boolean" }, { "command", "string" },
      { "runAsync", "boolean" }, { "suppressInputEcho", "boolean" },
    },
  },
  update_env = {
    tag = "server",
    returns = "table<string, string>",
    errors = "denied, invalid, network, timeout, unavailable",
    fields = {
      { "set", "table<string, string>" }, { "unset", "string[]" }, { "unsetValuePrefix", "string" },
    },
  },
  get_system_metrics = {
    tag = "system",
    returns = "toolbox.SystemMetrics",
    errors = "denied, network, timeout, unavailable",
    record = "cpuCount cpuUsedPct diskFree diskTotal diskUsed memCache memTotal memUsed"
      .. " timestamp timestampUnix",
  },
}
