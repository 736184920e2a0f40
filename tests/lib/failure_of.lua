--- Calls a function that must fail and returns what it raised, as it is: busted's own takes the
--- line away.
---@param fn function
---@return any
return function(fn, ...)
  local ok, failure = pcall(fn, ...)
  if ok then error("nothing was raised", 2) end
  return failure
end
