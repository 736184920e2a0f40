--- The stages of a Dockerfile, and what each takes from where: base images, mounts, arguments,
--- with build arguments and defaults filled in. Source: BuildKit, frontend/dockerfile/instructions.
local sources = require("os2.docker.dockerfile.sources")
local words = require("os2.docker.dockerfile.words")

---@class os2.docker.dockerfile.stages
local M = {}

---@class os2.docker.dockerfile.stage
---@field name string?  in lower case
---@field base string  an image, or the name of another stage
---@field from string[]  other images and stages that something is taken from
---@field sources string[]  what it takes out of the context, as seen from its root
---@field mounts os2.docker.dockerfile.mount[]
---@field args table<string, true>  the build arguments that it declares
---@field writes table<string, true>  the instructions that it contains: RUN, ENTRYPOINT
---@field count integer  how many instructions it has after its FROM
---@field entrypoint string?  what stands behind ENTRYPOINT
---@field shell string?  what stands behind SHELL
---@field package variables table<string, string>

---@class os2.docker.dockerfile.mount
---@field type string  "bind", "cache", "secret", …
---@field from string?
---@field id string?
---@field target string?
---@field source string?
---@field is_required boolean
---@field line integer

local IS_TRUE <const> = { [""] = true, ["1"] = true, t = true, T = true, TRUE = true,
  ["true"] = true, True = true }
local TARGETS <const> = { dst = "target", destination = "target", src = "source" }

-- Splits "type=secret,id=a,required" into its parts.
local function parse_mount(value, line, variables, escape)
  local mount = { type = "bind", line = line, is_required = false }
  for part in value:gmatch("[^,]+") do
    local key, text = part:match("^%s*([^=]+)=?(.*)$")
    key = key and (TARGETS[key:lower()] or key:lower())
    if key == "required" then mount.is_required = IS_TRUE[text] or false
    elseif key then mount[key] = words.expand(text, variables, escape) end
  end
  mount.type = mount.type:lower()
  return mount
end

-- Reads "A=1 B=2", or "A rest of the line", which ENV also accepts.
local function pairs_of(text, escape)
  local first = text:match("^%S+") or ""
  if not first:find("=", 1, true) then return { { first, text:match("^%S+%s+(.*)$") } } end
  local list = {}
  for word in words.each(text, escape) do
    local key, value = word:match("^([^=]+)=(.*)$")
    list[#list + 1] = { key or word, value }
  end
  return list
end

local function flag_of(instruction, name)
  for _, flag in ipairs(instruction.flags) do
    local value = flag:match("^%-%-" .. name .. "=(.*)$")
    if value then return value end
  end
end

-- ARG may have names without a value: "ARG A B=1".
local function arg(self, instruction)
  local stage = self.stage
  local variables = stage and stage.variables or self.global
  for word in words.each(instruction.text, self.escape) do
    local name, default = word:match("^([^=]+)=?(.*)$")
    if name and not word:find("=", 1, true) then default = nil end
    if name then
      variables[name] = self.given[name]
        or default and words.expand(default, variables, self.escape) or self.global[name]
      local declared = stage and stage.args or self.global_args
      declared[name] = true
    end
  end
end

local function from(self, instruction)
  local image, rest = instruction.text:match("^(%S+)%s*(.*)$")
  local name = rest and rest:match("^[Aa][Ss]%s+(%S+)")
  self.stage = {
    name = name and name:lower(), base = words.expand(image or "", self.global, self.escape),
    from = {}, sources = {}, mounts = {}, args = {}, writes = {}, variables = {},
    count = 0,
  }
  table.insert(self.stages, self.stage)
end

local function copy(self, instruction)
  local value = flag_of(instruction, "from")
  if not value then
    local found = sources.of_copy(instruction.text, self.stage.variables, self.escape)
    table.move(found, 1, #found, #self.stage.sources + 1, self.stage.sources)
    return
  end
  table.insert(self.stage.from, (words.expand(value, self.stage.variables, self.escape)))
end

local function run(self, instruction)
  for _, flag in ipairs(instruction.flags) do
    local value = flag:match("^%-%-mount=(.*)$")
    if value then
      local mount = parse_mount(value, instruction.line, self.stage.variables, self.escape)
      table.insert(self.stage.mounts, mount)
      if mount.from then table.insert(self.stage.from, mount.from)
      elseif mount.type == "bind" then
        table.insert(self.stage.sources, sources.clean(mount.source or sources.EVERYTHING))
      end
    end
  end
end

local function env(self, instruction)
  local variables = self.stage.variables
  for _, pair in ipairs(pairs_of(instruction.text, self.escape)) do
    if pair[2] then variables[pair[1]] = words.expand(pair[2], variables, self.escape) end
  end
end

local function entrypoint(self, instruction)
  if not instruction.is_onbuild then self.stage.entrypoint = instruction.text end
end

local function shell(self, instruction)
  if not instruction.is_onbuild then self.stage.shell = instruction.text end
end

local READ <const> = {
  COPY = copy, ADD = copy, RUN = run, ENV = env, ENTRYPOINT = entrypoint, SHELL = shell,
}

--- Reads the stages of a Dockerfile's instructions.
---@param instructions os2.docker.dockerfile.instruction[]
---@param given table<string, string>  build arguments
---@param global table<string, string>  variables that are known before the first stage
---@param escape string
---@return os2.docker.dockerfile.stage[]
---@return table<string, true> global_args  those declared before the first stage
function M.read(instructions, given, global, escape)
  local self = {
    stages = {}, global = global, given = given, escape = escape, global_args = {},
  }
  for _, instruction in ipairs(instructions) do
    local name = instruction.name
    if self.stage and name ~= "FROM" then self.stage.count = self.stage.count + 1 end
    if name == "ARG" then arg(self, instruction)
    elseif name == "FROM" then from(self, instruction)
    elseif self.stage then
      self.stage.writes[name] = not instruction.is_onbuild or self.stage.writes[name]
      if READ[name] then READ[name](self, instruction) end
    end
  end
  return self.stages, self.global_args
end

return M
