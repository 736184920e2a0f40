--- A stream as `host.http.start` gives it, whose answer is known as a whole.

---@class os2.flows.testing.stream
---@field private ask fun(body: string?): table?, os2.Err?
---@field private mode "lines"|"chunks"|"whole"
local Stream = {}
Stream.__index = Stream

local M = {}

local function pieces_of(mode, body)
  local list = {}
  for piece in body:gmatch(mode == "lines" and "[^\n]+" or ".+") do list[#list + 1] = piece end
  return list
end

-- The body of an answer that is no success is a part of the result, and no piece of the stream; in
-- the mode "whole" every body is.
local function open(self)
  if self.is_open then return end
  self.is_open = true
  local answer, failure = self.ask(#self.sent > 0 and table.concat(self.sent) or nil)
  self.failure, self.pieces = failure, {}
  if not answer then return end
  local is_streamed = answer.status < 300 and self.mode ~= "whole"
  if is_streamed then self.pieces = pieces_of(self.mode, answer.body) end
  self.answer = { status = answer.status, headers = answer.headers, elapsed = 0,
    body = is_streamed and "" or answer.body }
end

--- Makes a stream; `ask` gets the body that was sent, and returns the answer or nil and an error.
---@param mode string?
---@param ask fun(body: string?): table?, os2.Err?
---@return os2.flows.testing.stream
function M.new(mode, ask)
  return setmetatable({ mode = mode or "chunks", ask = ask, sent = {}, at = 0 }, Stream)
end

function Stream:head()
  open(self)
  return self.answer, self.failure
end

function Stream:next()
  open(self)
  self.at = self.at + 1
  return self.pieces[self.at]
end

function Stream:result()
  open(self)
  return self.answer, self.failure
end

function Stream:send(bytes)
  self.sent[#self.sent + 1] = bytes
  return true
end

function Stream:send_end() open(self) end

function Stream:close() self.pieces, self.at = {}, 0 end

Stream.__call = Stream.next
Stream.__close = Stream.close

return M
