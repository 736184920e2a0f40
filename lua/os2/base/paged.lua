--- Lists that come in pages.
---@class os2.base.paged
local M = {}

--- Returns an iterator over the items of all pages; a page is asked for when it is reached.
---@generic T
---@param next_page fun(): T[]?
---@return fun(): T?
function M.items(next_page)
  local page, index = {}, 0
  return function()
    while page and index >= #page do page, index = next_page(), 0 end
    index = index + 1
    return page and page[index]
  end
end

return M
