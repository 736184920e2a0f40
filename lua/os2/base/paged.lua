--- Lists that come in pages.
---@class os2.base.paged
local M = {}

-- iterator -> function that returns its next items without taking them
local ahead = setmetatable({}, { __mode = "k" })

-- Returns the items behind `index` and those of another page, in one list.
local function joined(page, index, further)
  local items = table.move(page, index + 1, #page, 1, {})
  return table.move(further, 1, #further, #items + 1, items)
end

--- Returns an iterator over the items of all pages; a page is asked for when it is reached.
---@generic T
---@param next_page fun(): T[]?
---@return fun(): T?
function M.items(next_page)
  local page, index, is_last = {}, 0, false
  local function turn()
    local further = not is_last and next_page() or nil
    is_last = further == nil
    return further
  end
  local function next_item()
    while page and index >= #page do page, index = turn(), 0 end
    index = index + 1
    return page and page[index]
  end
  ahead[next_item] = function(count)
    while page and not is_last and #page - index < count do
      page, index = joined(page, index, turn() or {}), 0
    end
    return page and table.move(page, index + 1, math.min(#page, index + count), 1, {}) or {}
  end
  return next_item
end

--- Returns the items that an iterator of `items` gives next, at most `count`, and takes none of
--- them; nil for another function. It may ask for pages.
---@param iterator function
---@param count integer
---@return any[]?
function M.ahead(iterator, count)
  local look = ahead[iterator]
  return look and look(count)
end

return M
