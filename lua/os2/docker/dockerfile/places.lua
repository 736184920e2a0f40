--- Finds the line of a Dockerfile that made a build fail. The engine tells the step's name and
--- number; only errors of its parser tell a line.
local reference = require("os2.docker.reference")

---@class os2.docker.dockerfile.places
local M = {}

-- The instructions to which BuildKit gives a number. Source: BuildKit, dockerfile2llb/convert.go.
local NUMBERED <const> = { RUN = true, COPY = true, ADD = true, WORKDIR = true }

--- Returns the line that a message names: "dockerfile parse error line 3: …".
---@param message string
---@return integer?
function M.of_message(message)
  local line = message:match("[Dd]ockerfile parse error on line (%d+)")
    or message:match("[Dd]ockerfile parse error line (%d+)")
  return line and math.tointeger(tonumber(line))
end

local function name_of_stage(from)
  local name = from.text:match("^%S+%s+[Aa][Ss]%s+(%S+)")
  return name and name:lower()
end

-- The instructions of each stage, which begins with its FROM.
local function stages_of(instructions)
  local list = {}
  for _, instruction in ipairs(instructions) do
    if instruction.name == "FROM" then
      list[#list + 1] = { name = name_of_stage(instruction) }
    end
    if list[1] then table.insert(list[#list], instruction) end
  end
  return list
end

-- BuildKit calls a stage without a name "stage-1", and the only stage of a file nothing. A build
-- for several platforms puts the platform before it.
local function stage_of(stages, label)
  label = (label or ""):match("%S*$"):lower()
  if label == "" then return stages[1] and not stages[2] and stages[1] or nil end
  for index, stage in ipairs(stages) do
    if (stage.name or ("stage-%d"):format(index - 1)) == label then return stage end
  end
end

-- Counts from the end, because a FROM has a number only when it names an image.
local function numbered_line(stage, step)
  local left = step.total - step.index
  for index = #stage, 1, -1 do
    local instruction = stage[index]
    if NUMBERED[instruction.name] and not instruction.is_onbuild then
      if left == 0 then return instruction.line, instruction.name end
      left = left - 1
    end
  end
  return stage[1].line, "FROM"
end

-- The classic builder counts every instruction of the file.
local function counted_line(instructions, step)
  local instruction = step.total == #instructions and instructions[step.index]
  if instruction then return instruction.line, instruction.name end
end

-- The name of such a step has the image that a FROM needs, or is the URL that an ADD reads.
local function is_needed_by(instruction, name)
  if instruction.name == "ADD" then return instruction.text:find(name, 1, true) ~= nil end
  local image = instruction.name == "FROM" and instruction.text:match("^%S+")
  return image and name:find(reference.full_name(image), 1, true) ~= nil
end

local function line_of_source(instructions, name)
  for _, instruction in ipairs(instructions) do
    if is_needed_by(instruction, name) then return instruction.line end
  end
end

--- Returns the line of the instruction that a step runs; nil when it is not known.
---@param instructions os2.docker.dockerfile.instruction[]
---@param step os2.docker.step
---@return integer?
function M.of_step(instructions, step)
  if not step.index then return line_of_source(instructions, step.name) end
  local word = step.name:match("^%u+")
  local line, name = counted_line(instructions, step)
  if line and name == word then return line end
  local stage = stage_of(stages_of(instructions), step.stage)
  if not stage then return nil end
  line, name = numbered_line(stage, step)
  return name == word and line or nil
end

return M
