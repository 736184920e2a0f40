--- What os2 has to know of a Dockerfile before the engine reads it. This is the only place in os2
--- that reads Dockerfiles.
local json = require("os2.json")
local nested = require("os2.docker.dockerfile.nested")
local places = require("os2.docker.dockerfile.places")
local reader = require("os2.docker.dockerfile.reader")
local reference = require("os2.docker.reference")
local sources = require("os2.docker.dockerfile.sources")
local stages = require("os2.docker.dockerfile.stages")

---@class os2.docker.dockerfile
---@field syntax string?  the image of the front end, when the Dockerfile names one
---@field stages os2.docker.dockerfile.stage[]
---@field target string?  the requested stage
---@field package instructions os2.docker.dockerfile.instruction[]
---@field package global_args table<string, true>  those declared before the first stage
local Dockerfile = {}
Dockerfile.__index = Dockerfile

local M = {}

-- Arguments that are known before the first FROM without a declaration. Those of the building
-- machine are not known to os2.
local function platform_args(platform)
  local os, architecture, variant = (platform or ""):match("^([^/]+)/([^/]+)/?(.*)$")
  if not os then return {} end
  return {
    TARGETPLATFORM = platform, TARGETOS = os, TARGETARCH = architecture, TARGETVARIANT = variant,
  }
end

-- The build argument takes precedence over the directive. In both, words after a blank are ignored.
local function syntax_of(directives, args)
  local text = args.BUILDKIT_SYNTAX or directives.syntax
  return text and text:match("^%s*(%S+)")
end

--- Reads a Dockerfile. It does not raise, because the engine reports errors.
---@param options? {args: table<string, string>?, platform: string?, target: string?}  those of the
---  build
---@param options? {args: table<string, string>?, platform: string?, target: string?}  as the build
---  is given them
---@return os2.docker.dockerfile
function M.read(text, options)
  options = options or {}
  local instructions, directives = reader.read(text)
  local given = {}
  for name, value in pairs(options.args or {}) do given[name] = tostring(value) end
  local found, global_args = stages.read(instructions, given, platform_args(options.platform),
    directives.escape)
  return setmetatable({
    instructions = instructions, syntax = syntax_of(directives, given), stages = found,
    global_args = global_args, target = options.target,
  }, Dockerfile)
end

--- Returns the text of a Dockerfile that takes the context out of an archive in it, and how many
--- lines were put before its first FROM. Raises `invalid` (exit 3) for what cannot be taken so.
---@param text string
---@param options {file: string, is_archive: fun(path: string): boolean}
---@return string
---@return integer
function M.nested(text, options)
  return nested.rewrite(text, options), nested.LINES
end

-- Returns the index of the stage that a name, or a number, means before the stage `index`; nil when
-- there is none.
local function stage_before(self, index, name)
  local number = math.tointeger(tonumber(name))
  if number and number >= 0 and number < index - 1 then return number + 1 end
  for before = index - 1, 1, -1 do
    if self.stages[before].name == name:lower() then return before end
  end
end

-- The stage of a target, by name or number; the last one without.
local function target_of(self, target)
  return target and stage_before(self, #self.stages + 1, target) or #self.stages
end

-- Marks a stage and all that it takes something from.
local function mark_needed(self, index, needed)
  local stage = self.stages[index]
  if not stage or needed[index] then return end
  needed[index] = true
  mark_needed(self, stage_before(self, index, stage.base), needed)
  for _, name in ipairs(stage.from) do
    mark_needed(self, stage_before(self, index, name), needed)
  end
end

--- Returns what the build of a target takes out of the context, sorted, each path as seen from its
--- root and once; nil: everything. A base image may take more (ONBUILD), and so may another front
--- end than Docker's own.
---@param target string?
---@return string[]?
function Dockerfile:sources(target)
  local needed, seen, list = {}, {}, {}
  mark_needed(self, target_of(self, target), needed)
  for index, stage in ipairs(self.stages) do
    for _, source in ipairs(needed[index] and stage.sources or {}) do
      if source == sources.EVERYTHING then return nil end
      if not seen[source] then list[#list + 1] = source end
      seen[source] = true
    end
  end
  table.sort(list)
  return list
end

--- Says whether the build may take a file that stands in the context's root.
---@param file string
---@return boolean
function Dockerfile:may_take(file)
  for _, stage in ipairs(self.stages) do
    if sources.may_take(stage.sources, file) then return true end
  end
  return false
end

local function is_image(self, index, name)
  return name ~= "" and name:lower() ~= "scratch" and not stage_before(self, index, name)
end

--- Returns the images that the build may request from a registry, each once and in their order:
--- those of the front end, of stages, of COPY --from and of mounts.
---@return string[]
function Dockerfile:images()
  local list, seen = {}, {}
  local function add(ref)
    if not seen[ref] then list[#list + 1] = ref end
    seen[ref] = true
  end
  if self.syntax then add(self.syntax) end
  for index, stage in ipairs(self.stages) do
    if is_image(self, index, stage.base) then add(stage.base) end
    for _, name in ipairs(stage.from) do
      if is_image(self, index, name) then add(name) end
    end
  end
  return list
end

local FRONT_ENDS <const> = {
  ["docker.io/docker/dockerfile"] = true, ["docker.io/docker/dockerfile-upstream"] = true,
}

--- Returns true when a front end other than Docker's own reads the file; what it requests is not
--- known to os2.
---@return boolean
function Dockerfile:has_foreign_front_end()
  return self.syntax ~= nil and not FRONT_ENDS[(reference.full_name(self.syntax))]
end

--- Returns the mounts of these types, in their order.
---@param types table<string, true>
---@return os2.docker.dockerfile.mount[]
function Dockerfile:mounts(types)
  local list, needed = {}, {}
  mark_needed(self, target_of(self, self.target), needed)
  for index, stage in ipairs(self.stages) do
    for _, mount in ipairs(needed[index] and stage.mounts or {}) do
      if types[mount.type] then list[#list + 1] = mount end
    end
  end
  return list
end

--- Returns the index of the stage that becomes the image: the target, else the last stage; nil when
--- there is no such stage.
---@return integer?
function Dockerfile:final_stage()
  if not self.target then return #self.stages end
  return stage_before(self, #self.stages + 1, self.target)
end

--- Returns the names of the stages, in their order; stages without a name are left out.
---@return string[]
function Dockerfile:stage_names()
  local names = {}
  for _, stage in ipairs(self.stages) do names[#names + 1] = stage.name end
  return names
end

--- Returns true when an ARG declares this build argument.
---@param name string
---@return boolean
function Dockerfile:declares(name)
  if self.global_args[name] then return true end
  for _, stage in ipairs(self.stages) do
    if stage.args[name] then return true end
  end
  return false
end

-- Iterates over the stage that becomes the image, and the stages on which it is based.
local function each_kept(self)
  local index = self:final_stage() or 0
  return function()
    local stage = self.stages[index]
    index = stage and stage_before(self, index, stage.base) or 0
    return stage
  end
end

--- Returns the arguments whose values stay in the image's history: those of the final stage and of
--- the stages on which it is based.
---@return table<string, true>
function Dockerfile:kept_args()
  local names = {}
  for stage in each_kept(self) do
    for name in pairs(stage.args) do names[name] = true end
  end
  return names
end

--- Returns true when this Dockerfile, and not its base image, sets what an instruction writes
--- ("CMD").
---@param name string
---@return boolean
function Dockerfile:writes(name)
  for stage in each_kept(self) do
    if stage.writes[name] then return true end
  end
  return false
end

--- Returns how many instructions the image's history has of this Dockerfile; the others are of the
--- base image.
---@return integer
function Dockerfile:kept_count()
  local count = 0
  for stage in each_kept(self) do count = count + stage.count end
  return count
end

local function first_of_kept(self, field)
  for stage in each_kept(self) do
    if stage[field] then return stage[field] end
  end
end

local function list_of(text)
  if not text or text:sub(1, 1) ~= "[" then return nil end
  local is_json, list = pcall(json.decode, text)
  return is_json and type(list) == "table" and list or nil
end

--- Returns the ENTRYPOINT that this Dockerfile gives the image, as a list of words: its shell form
--- is the shell's command. nil: it gives none, and that of the base image stays.
---@return string[]?
function Dockerfile:entrypoint()
  local text = first_of_kept(self, "entrypoint")
  if not text then return nil end
  local list = list_of(text)
  if list then return list end
  list = list_of(first_of_kept(self, "shell")) or { "/bin/sh", "-c" }
  list[#list + 1] = text
  return list
end

--- Returns those of the instructions that the file contains, in the given order.
---@param names string[]
---@return string[]
function Dockerfile:having(names)
  local there, list = {}, {}
  for _, instruction in ipairs(self.instructions) do
    there[instruction.is_onbuild and "ONBUILD" or instruction.name] = true
  end
  for _, name in ipairs(names) do
    if there[name] then list[#list + 1] = name end
  end
  return list
end

--- Returns the number of the line that made a build fail; nil when it is not known.
---@param step os2.docker.step?  the step that failed
---@param message string  the engine's message
---@return integer?
function Dockerfile:line_of(step, message)
  return places.of_message(message) or step and places.of_step(self.instructions, step)
end

--- Returns true when the file contains a here-document.
---@return boolean
function Dockerfile:has_documents()
  for _, instruction in ipairs(self.instructions) do
    if #instruction.documents > 0 then return true end
  end
  return false
end

return M
