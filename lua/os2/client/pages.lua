--- Iterates over the pages of a list: by number (page, totalPages) or by cursor (nextCursor).
local err = require("os2.err")
local policy = require("os2.policy")

---@class os2.client.pages
local M = {}

local function refuse(op, message)
  err.raise(err.new{
    kind = "protocol", op = op, message = message,
    hint = "check that the API's URL is an API and not a proxy",
  })
end

local function check(op, body, paging)
  local is_page = type(body) == "table" and type(body.items) == "table"
  if not is_page then refuse(op, "the answer holds no items") end
  if paging == "page" and math.type(body.totalPages) ~= "integer" then
    refuse(op, "the answer does not say how many pages there are")
  end
  return body
end

-- The parameter for the next page; nil after the last page.
local NEXT <const> = {
  page = function(_, body, at) return at < body.totalPages and at + 1 or nil end,
  cursor = function(op, body, at)
    local cursor = body.nextCursor
    if type(cursor) ~= "string" or cursor == "" then return nil end
    if cursor == at then refuse(op, "the answer's cursor is that of the same page") end
    return cursor
  end,
}

local function refuse_more(op, limit)
  err.raise(err.new{
    kind = "protocol", op = op,
    message = ("the list has more than %d pages (policy limits.pages)"):format(limit),
    hint = "ask for less (a prefix, a label), or raise limits.pages in a policy file",
  })
end

--- Returns an iterator over the pages, each a list of items, which may be empty. Raises after
--- `limits.pages` pages, and raises what `ask` raises.
---@param op string  for errors: "daytona.get_all_snapshots"
---@param operation {paging: "page"|"cursor"}
---@param params table  for the first page; a page or cursor in it is the start
---@param ask fun(params: table): table  requests one page
---@return fun(): any[]?
function M.each(op, operation, params, ask)
  local key = operation.paging
  local at = params[key] or (key == "page" and 1 or nil)
  local is_last, count, limit = false, 0, policy.ask("limits.pages")
  return function()
    if is_last then return nil end
    if count == limit then refuse_more(op, limit) end
    count = count + 1
    local page = {}
    for name, value in pairs(params) do page[name] = value end
    page[key] = at
    local body = check(op, ask(page), key)
    at = NEXT[key](op, body, at)
    is_last = at == nil
    return body.items
  end
end

--- Returns an iterator over the items of all pages, as `each` over the pages.
---@param op string
---@param operation {paging: "page"|"cursor"}
---@param params table
---@param ask fun(params: table): table
---@return fun(): any
function M.items(op, operation, params, ask)
  return require("os2.base.paged").items(M.each(op, operation, params, ask))
end

return M
