--- Checks the Docker Engine's answers: the fields that os2 reads exist and have their types. The
--- engine sends null for an empty value.
local record = require("os2.client.record")

---@class os2.docker.records
local M = {}

local HINT <const> = "check that a Docker engine answers there, and that it works"

local function check(op, what, found, shape)
  return record.check({ op = "docker." .. op, what = what, hint = HINT }, found, shape)
end

local CONFIG <const> = { Labels = "words?", Env = "texts?" }
local STATE <const> = { Status = "string?", Error = "string?", ExitCode = "integer?" }

--- Returns the record of a container (inspect); its Config, State and Ports are always set.
---@param found any
---@return table
function M.container(found)
  local op = "container_inspect"
  check(op, "container", found, {
    Id = "text", Created = "string?", Config = "object?", State = "object?",
    NetworkSettings = "object?",
  })
  found.Config = check(op, "container", found.Config or {}, CONFIG)
  found.Config.Labels = record.texts(found.Config.Labels)
  found.State = check(op, "container", found.State or {}, STATE)
  found.NetworkSettings = check(op, "container", found.NetworkSettings or {}, { Ports = "object?" })
  return found
end

--- Returns where a port of a container is published; nil when it is not.
---@param found table  a checked container
---@param port string  "3000/tcp"
---@return string?
function M.host_port(found, port)
  local bindings = (found.NetworkSettings.Ports or {})[port]
  local first = type(bindings) == "table" and bindings[1]
  if not first then return nil end
  return check("container_inspect", "port", first, { HostPort = "text" }).HostPort
end

-- The rows of a list have os2's labels; their values are made text.
local function rows(op, what, found, shape)
  record.check_list({ op = "docker." .. op, what = what, hint = HINT }, found, shape)
  for _, row in ipairs(found) do row.Labels = record.texts(row.Labels) end
  return found
end

--- Returns the rows of a list of containers.
---@param found any
---@return table[]
function M.containers(found)
  return rows("container_list", "container", found, {
    Id = "text", State = "string?", Labels = "words?", Created = "number?",
  })
end

--- Returns the rows of a list of images.
---@param found any
---@return table[]
function M.images(found)
  return rows("image_list", "image", found, {
    Id = "text", RepoTags = "texts?", RepoDigests = "texts?", Labels = "words?", Size = "number?",
  })
end

--- Returns the answer to a creation, which has an id.
---@param op string
---@param found any
---@return {Id: string}
function M.made(op, found)
  return check(op, "answer", found, { Id = "text" })
end

--- Returns the state of a command in a container.
---@param found any
---@return table
function M.exec(found)
  return check("exec_inspect", "command", found, {
    Running = "boolean?", ExitCode = "integer?", Pid = "integer?", CanRemove = "boolean?",
  })
end

return M
