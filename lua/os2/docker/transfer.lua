--- Turns the engine's messages during a push or a pull into events.
local foreign = require("os2.text.foreign")
local queue = require("os2.docker.queue")

---@class os2.docker.transfer
local M = {}

-- Bytes at the end of a message, in which the code is searched.
local CODE_BYTES <const> = 256

local function code_in(message)
  local words = foreign.tail(message, CODE_BYTES)
  return words:match("exit code: (%d+)") or words:match("non%-zero code: (%d+)")
end

--- Returns the failure that a line reports inside an answer with status 200, or nil.
---@param line table
---@return {message: string, code: integer?}?  message: the engine's own words, of any length
function M.failure_of(line)
  local detail = type(line.errorDetail) == "table" and line.errorDetail or {}
  local message = detail.message or line.error
  if not message then return nil end
  if type(message) ~= "string" then message = "an error without a message" end
  return { message = message, code = math.tointeger(tonumber(detail.code or code_in(message))) }
end

--- Returns true when a line's `progressDetail` tells how many bytes are done.
---@param detail any
---@return boolean
function M.is_counted(detail)
  return type(detail) == "table" and type(detail.current) == "number"
    and type(detail.total or 0) == "number"
end

local function add(self, event)
  self.events:add(event)
end

-- Returns the oldest event that was not taken, or nil.
local function take(self)
  return self.events:take()
end

---@class os2.docker.transfer.push
---@field pushed {Tag: string, Digest: string, Size: integer}?
---@field failure {message: string, code: integer?}?
---@field is_repeating boolean?  the engine sends a layer again that the registry did not accept
local Push = {}
Push.__index = Push

--- Returns a merger for the lines of one push.
---@return os2.docker.transfer.push
function M.push()
  return setmetatable({ events = queue.new() }, Push)
end

local LAYER_STATES <const> = {
  Preparing = "preparing", Waiting = "waiting", Pushed = "done",
  ["Layer already exists"] = "exists",
}

local MOUNTED <const> = "Mounted from"

local function is_layer(line)
  return type(line.id) == "string" and type(line.status) == "string"
    and line.status:find("The push refers", 1, true) ~= 1
end

local function is_mounted(status)
  return status:sub(1, #MOUNTED) == MOUNTED
end

local REPEATING <const> = "Retrying in "

local function on_push_status(self, line)
  local detail = line.progressDetail
  if line.status == "Pushing" and M.is_counted(detail) then
    -- the engine counts the bytes of the tar, which may exceed the size it announced
    local total = math.max(detail.total or 0, detail.current)
    add(self, { type = "bytes", layer = line.id, current = detail.current, total = total })
  elseif LAYER_STATES[line.status] or is_mounted(line.status) then
    add(self, { type = "layer", layer = line.id, state = LAYER_STATES[line.status] or "exists" })
  elseif line.status:sub(1, #REPEATING) == REPEATING then
    self.is_repeating = true
  end
end

local function is_pushed(aux)
  return type(aux) == "table" and type(aux.Digest) == "string"
end

--- Takes one line of the answer.
---@param line table
function Push:feed(line)
  self.failure = self.failure or M.failure_of(line)
  if is_pushed(line.aux) then self.pushed = line.aux end
  if is_layer(line) then on_push_status(self, line) end
end

Push.take = take

---@class os2.docker.transfer.pull
---@field failure {message: string, code: integer?}?
local Pull = {}
Pull.__index = Pull

--- Returns a merger for the lines of one pull.
---@return os2.docker.transfer.pull
function M.pull()
  return setmetatable({ events = queue.new() }, Pull)
end

--- Takes one line of the answer.
---@param line table
function Pull:feed(line)
  self.failure = self.failure or M.failure_of(line)
  local detail = line.progressDetail
  if line.status == "Downloading" and type(line.id) == "string" and M.is_counted(detail) then
    local total = detail.total or 0
    add(self, { type = "bytes", layer = line.id, current = detail.current, total = total })
  end
end

Pull.take = take

return M
