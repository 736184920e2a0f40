--- The arguments that several commands about snapshots have, as `ctx` of their steps declares them.
local M = {}

-- Of whatever registers a snapshot.
local OF_ALL <const> = {
  provider = "string?: --provider",
  cpu = "integer?: --cpu",
  memory = "integer?: --memory, in GB",
  disk = "integer?: --disk, in GB",
  timeout = "number?: --timeout, in seconds",
  is_dry_run = "boolean?: --dry-run",
  json = "boolean?: --json",
  result = "string?: --result",
}

-- Of what registers an image again.
local OF_REPUBLISHING <const> = {
  region = "string?: --region",
  also = "string[]?: --also, where the image is, too",
}

local function merged(...)
  local all = {}
  for _, fields in ipairs{ ... } do
    for name, said in pairs(fields) do all[name] = said end
  end
  return all
end

--- Returns the arguments of a command that makes a snapshot.
---@param own table<string, string>  those that it alone has
---@return table<string, string>
function M.of_making(own)
  return merged(OF_ALL, own)
end

--- Returns the arguments of a command that registers an image again.
---@param own table<string, string>  those that it alone has
---@return table<string, string>
function M.of_republishing(own)
  return merged(OF_ALL, OF_REPUBLISHING, own)
end

return M
