--- Limits for what is accepted from a server.
local policy = require("os2.policy")

---@class os2.policies.http
local M = {}

local MEGABYTE <const> = 1024 * 1024

policy.define("http.response_limit", {
  doc = "The longest answer that is kept in memory, and the longest line of a stream.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 64 * MEGABYTE,
})

-- A list of empty lists takes thirty times its length in memory when it is decoded.
policy.define("http.json_limit", {
  doc = "The longest answer that is decoded as JSON.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 8 * MEGABYTE,
})

policy.define("http.max_message", {
  doc = "The longest message that is taken from a WebSocket.",
  type = "integer", unit = "bytes", range = { 1024, 1024 * MEGABYTE }, default = 16 * MEGABYTE,
})

policy.define("http.redirect_headers", {
  doc = "The request headers that are also sent after a redirect to another scheme, host or port; "
    .. "\"*\" stands for any text.",
  type = "list", element = "string",
  default = {
    "Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "If-Modified-Since",
    "If-None-Match", "Range", "User-Agent",
  },
})

return M
