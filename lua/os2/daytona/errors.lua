--- Makes error objects of the Daytona API's answers. Their bodies are JSON, plain text, or a
--- proxy's HTML.
local blank = require("os2.text.blank")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local headers = require("os2.client.headers")

---@class os2.daytona.errors
local M = {}

local EXCERPT_BYTES <const> = 200 -- bytes of a body that is not JSON
local HTML_HEAD_BYTES <const> = 8 * 1024 -- bytes of a page in which its title is searched
local MOST_TEXTS <const> = 100 -- items of a message that is a list

local KIND_OF_STATUS <const> = {
  [400] = "invalid", [401] = "denied", [402] = "quota", [403] = "denied", [404] = "not_found",
  [408] = "timeout", [409] = "conflict", [422] = "invalid", [429] = "unavailable",
}

-- Words of a 400 that mean a limit of the organization.
local QUOTA_WORDS <const> = {
  "quota", "exceeds maximum allowed", "limit exceeded", "limit reached",
}

-- The text after this is an error of the machine itself, whatever its words are.
local START_FAILED <const> = "Sandbox failed to start"

local function texts_of(list)
  local texts = {}
  for index = 1, math.min(#list, MOST_TEXTS) do texts[index] = tostring(list[index]) end
  return table.concat(texts, ", ")
end

-- Returns the title of a page that starts with this text; "" when it has none.
local function html_title(head)
  local lower = head:lower()
  local tag = lower:find("<title", 1, true)
  local open = tag and lower:find(">", tag, true)
  if not open then return "" end
  local close = lower:find("</", open, true)
  return blank.one_line(head:sub(open + 1, close and close - 1))
end

-- Returns an excerpt of a body that is not JSON.
local function excerpt(body)
  local head = blank.trim(foreign.visible((foreign.head(body, HTML_HEAD_BYTES))))
  if head:sub(1, 1) ~= "<" then return foreign.line(body, EXCERPT_BYTES) end
  local title = foreign.line(html_title(head), EXCERPT_BYTES)
  return title ~= "" and ("a web page titled '%s'"):format(title) or "a web page"
end

--- Returns the message of an error body as one line; nil when it has none.
---@param body string
---@return string?
function M.message_of(body)
  local value = foreign.decode(body)
  local message = type(value) == "table" and value.message
  if type(message) == "table" then message = texts_of(message) end
  message = type(message) == "string" and foreign.message(message) or excerpt(body)
  return message ~= "" and message or nil
end

local function has_word(message, words)
  local lower = message:lower()
  for _, word in ipairs(words) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

local function is_quota(status, message)
  return (status == 400 or status == 403) and message:find(START_FAILED, 1, true) ~= 1
    and has_word(message, QUOTA_WORDS)
end

local function kind_of(status, message)
  if status >= 500 then return "unavailable" end
  if status < 400 then return "protocol" end
  if is_quota(status, message) then return "quota" end
  if status == 409 and message:find("already exists", 1, true) then return "exists" end
  return KIND_OF_STATUS[status] or "invalid"
end

local function hint_of(status, operation)
  if status == 401 then
    return "check DAYTONA_API_KEY: it is wrong, expired or of another DAYTONA_API_URL"
  end
  if status == 403 and operation and operation.permission ~= "" then
    return ("the key needs the permission %s: make one with it in the Daytona dashboard"):format(
      operation.permission)
  elseif status == 403 then
    return "check whose key DAYTONA_API_KEY is: what it may do is shown by `os2 doctor`"
  end
  if status == 429 then return "the API's rate limit is reached: try again later" end
  if status < 400 then return "check DAYTONA_API_URL: the API never redirects" end
end

local RETRYABLE <const> = { [429] = true, [502] = true, [503] = true, [504] = true }

--- Returns the error for an answer with status 300 or above.
---@param op string
---@param response {status: integer, headers: table<string, string>, body: string}
---@param operation table?  the operation's row
---@return os2.Err
function M.of_response(op, response, operation)
  local status = response.status
  local message = M.message_of(response.body) or "an empty answer"
  return err.new{
    kind = kind_of(status, message), op = op, status = status, is_sent = true,
    message = ("%d %s"):format(status, message), hint = hint_of(status, operation),
    retryable = RETRYABLE[status] or false, retry_after = headers.retry_after(response.headers),
  }
end

return M
