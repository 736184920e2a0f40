--- How long each kind of wait may take.
local policy = require("os2.policy")

---@class os2.policies.timeouts
local M = {}

local HOUR <const> = 3600
local DAY <const> = 24 * HOUR

local function define(word, doc, default, least, most, facts)
  policy.define("timeouts." .. word, {
    facts = facts, doc = doc, type = "number", unit = "s", range = { least, most },
    default = default,
  })
end

define("connect", "How long a connection may take, including name lookup and TLS.",
  10, 0.1, 10 * 60)
define("request", "How long one request to the Daytona API may take, including the connection.",
  30, 0.1, HOUR)
define("engine", "How long one short request to the Docker Engine may take.", 30, 0.1, HOUR)
define("build", "How long a whole image build may take.", HOUR, 1, DAY)
define("push", "How long a whole push may take.", HOUR, 1, DAY)
define("build_log", "How long reading the rest of a log may take, once a build at Daytona has "
  .. "failed.", 10, 0.1, HOUR)
define("build_log_idle", "How long the log of a build at Daytona may say nothing, until it is "
  .. "asked for anew.", 5 * 60, 1, DAY)
define("storage_idle", "How long the object storage of build contexts may take nothing and say "
  .. "nothing.", 60, 1, HOUR)
define("push_visible", "How long a registry may take to show a pushed image.", 60, 0, HOUR)
define("git", "How long reading a git repository may take, on disk or on a server.", 60, 0.1, HOUR)
define("git_transfer", "How long a whole clone, fetch or reset may take.", 20 * 60, 1, DAY)
define("git_idle", "How long a git server may send nothing.", 60, 1, HOUR)
define("activate", "How long a registered snapshot may take to become active; --timeout takes "
  .. "precedence.",
  20 * 60, 1, DAY)
define("snapshot_change", "How long a snapshot may take to be deactivated or deleted.", 120, 1, DAY)
define("machine_start", "How long a machine may take from its create or start request until it is "
  .. "started.", 180, 1,
  DAY)
define("machine_healthy", "How long a started machine may take until its port answers with 200.",
  180, 1, DAY)
define("machine_change", "How long a machine may take to be stopped or archived.", 10 * 60, 1, DAY)
define("machine_delete", "How long the deletion of a machine may take.", 120, 1, DAY)
define("candidate", "How long the machine of a candidate (--verify) may take from its request "
  .. "until it is healthy.",
  300, 1, DAY)
define("check", "How long each command of snapshot.checks may take.", 60, 1, DAY)
define("exec", "How long a command in a machine may take; --timeout takes precedence.",
  HOUR, 1, 7 * DAY)
define("session", "How long a shell, or a command that gets stdin, may take; --timeout takes "
  .. "precedence.", DAY, 1, 30 * DAY)
define("follow", "How long the logs of a machine are followed.", DAY, 1, 30 * DAY)
define("websocket", "How long a WebSocket of a script may stay open.", DAY, 1, 30 * DAY)
define("websocket_close", "How long a server may take to answer the close of a WebSocket.",
  2, 0.1, 60)
define("transfer", "How long copying files into or out of a machine may take.", HOUR, 1, DAY)
-- CI systems kill a process 7.5 s after they have interrupted it.
define("machine_cleanup",
  "How long deleting the machines may take that were made by a run which was interrupted or "
    .. "reached its deadline.", 7, 0, 600)
define("machine_undo", "How long deleting the machines of a failed run may take.", 60, 0, HOUR)
define("lock", "How long to wait for another process that makes the same request; afterwards the "
  .. "answer counts as unavailable.",
  60, 0, HOUR)
define("status", "How long each part of `os2 status` and `os2 doctor` may take.", 10, 0.1, HOUR, {
  part = "string: the part, such as machines",
})
-- An interrupted run ends within a second, including its clean-up.
define("cleanup", "How long the clean-up after a failure or an interrupt may take.", 0.8, 0, 60)

return M
