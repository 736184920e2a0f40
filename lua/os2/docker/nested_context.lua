--- A build context for a builder that reads no more of a context's tar than names, modes and
--- contents of files: what the Dockerfile takes, packed as for the local engine, is one file of it.
local dockerfile = require("os2.docker.dockerfile")
local err = require("os2.err")
local fs = require("os2.fs")
local native_crypto = require("host.crypto")
local native_docker = require("host.docker")
local policy = require("os2.policy")

---@class os2.docker.nested_context
---@field files integer  files and links that the Dockerfile takes
---@field bytes integer  their contents
---@field ignored integer  left out by ignore rules
---@field notices string[]  one line for each thing that was skipped
---@field size integer  bytes of the archive; 0 where the Dockerfile takes nothing
---@field dockerfile os2.docker.dockerfile
---@field text string  the Dockerfile that takes the context out of the archive
---@field lines_added integer  before the first FROM of it
---@field package handle userdata
---@field package path string
local Nested = {}
Nested.__index = Nested

local M = {}

local FILE <const> = "os2-context.tar"
-- Identity is content, so every member has one time: 1985-10-26T08:15:00Z, as in npm's archives,
-- because ZIP tools refuse what is older than 1980.
local TIME_SECONDS <const> = 499162500
local MAGIC_BYTES <const> = 512
-- What the builder's ADD unpacks: gzip, bzip2, xz, zstd, and a tar by its mark.
local MAGIC <const> = { "^\31\139", "^BZh", "^\253" .. "7zXZ%z", "^\40\181\47\253" }
local USTAR_AT <const> = 258

local function has_archive_head(head)
  for _, magic in ipairs(MAGIC) do
    if head:find(magic) then return true end
  end
  return head:sub(USTAR_AT, USTAR_AT + 4) == "ustar"
end

-- A directory cannot be read, and what does not exist the builder reports.
local function is_archive(root, path)
  local file <close> = io.open(root .. "/" .. path, "rb")
  local head = file and file:read(MAGIC_BYTES)
  return head ~= nil and has_archive_head(head)
end

local function sources_of(file)
  if not file:has_foreign_front_end() then return file:sources() end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "snapshot.remote",
    message = ("the Dockerfile is for another front end (%s), which os2 cannot read"):format(
      file.syntax),
    hint = "build on the local engine: leave out --remote",
  })
end

local function nest(self)
  self.text, self.lines_added = dockerfile.nested(self.text, {
    file = FILE, is_archive = function(path) return is_archive(self.path, path) end,
  })
  self.size = err.check(self.handle:nest(FILE, TIME_SECONDS))
end

--- Opens the context of a build that Daytona makes.
---@param options {path: string, dockerfile: string, only: string[]?, platform: string?}
---@return os2.docker.nested_context
function M.open(options)
  local text = fs.read(options.dockerfile)
  local file = dockerfile.read(text, { platform = options.platform })
  local sources = sources_of(file)
  local handle = err.check(native_docker.context{
    path = options.path, dockerfile = options.dockerfile, only = options.only,
    is_selected = true, sources = sources, timeout = policy.ask("timeouts.build"),
  })
  local counted = handle:count()
  local self = setmetatable({
    files = counted.taken_files, bytes = counted.taken_bytes, ignored = counted.ignored,
    notices = handle:notices(), size = 0, dockerfile = file, text = text, lines_added = 0,
    handle = handle, path = options.path,
  }, Nested)
  if not sources or #sources > 0 then nest(self) end
  return self
end

--- Returns the paths that are sent, directories with a slash at their end.
---@return string[]
function Nested:paths()
  return self.size > 0 and self.handle:taken_paths() or {}
end

--- Returns an iterator over the pieces of the archive, from its beginning; `<close>` the second
--- value. Raises when a file has vanished or become shorter since it was listed.
---@return fun(): string?
---@return userdata
function Nested:pieces()
  local op = err.check(self.handle:archive(policy.ask("timeouts.build")))
  return function()
    local piece = op:next()
    if piece == nil then err.check(op:result()) end
    return piece
  end, op
end

--- Returns the archive's SHA-256: its name, because it depends on nothing but paths, modes, links
--- and contents. Reads the whole of it.
---@param on_read? fun(bytes: integer)  is told how much was read so far
---@return string
function Nested:digest(on_read)
  local digest, read = native_crypto.digest(), 0
  local pieces, op = self:pieces()
  local _ <close> = op
  for piece in pieces do
    digest:update(piece)
    read = read + #piece
    if on_read then on_read(read) end
  end
  return digest:hex()
end

--- Frees the context.
function Nested:close()
  self.handle:close()
end

Nested.__close = Nested.close

return M
