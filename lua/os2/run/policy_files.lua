--- The paths of policy files. A small module without dependencies, because every run checks whether
--- there is such a file.
local native_err = require("host.err")
local run_options = require("os2.run.options")

---@class os2.run_options.policy_files
local M = {}

local SYSTEM_FILE <const> = "/etc/os2/policy.lua"

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Returns the directory of the user's files; nil without a home.
---@return string?
function M.config_folder()
  local base = variable("XDG_CONFIG_HOME")
  -- the XDG rules: a relative path is ignored, and the current directory is never searched
  if base and base:sub(1, 1) == "/" then return base .. "/os2" end
  local home = variable("HOME")
  if home and home:sub(1, 1) ~= "/" then require("os2.env").home() end -- raises
  return home and home .. "/.config/os2"
end

--- Returns the path of the user's policy file; nil without a home.
---@return string?
function M.user_file()
  local folder = M.config_folder()
  return folder and folder .. "/policy.lua"
end

--- Returns the files to load, in order: {path, from?}; `from` is the option or variable that names
--- the file.
---@param options os2.policy.sources_options
---@return {path: string, from: string?}[]
function M.list(options)
  local files = {}
  if not options.isolated then
    files[1] = { path = SYSTEM_FILE }
    local own = options.user_file or M.user_file()
    files[2] = own and { path = own }
  end
  local named = variable("OS2_POLICY")
  if options.file then
    files[#files + 1] = { path = options.file, from = "--policy" }
  elseif not options.isolated and named then
    files[#files + 1] = { path = named, from = "OS2_POLICY" }
  end
  return files
end

-- A file that cannot be opened for another reason exists; an attempt to load it reports the reason.
local function is_there(path)
  local file <close>, _, code = io.open(path)
  return file ~= nil or native_err.kind_of_errno(code) ~= "not_found"
end

--- Returns true when the run has a policy file to load; a named file counts also when it does not
--- exist.
---@param options os2.policy.sources_options
---@return boolean
function M.any(options)
  for _, file in ipairs(M.list(options)) do
    if file.from or is_there(file.path) then return true end
  end
  return false
end

--- Whether this run has any policy file to load.
---@return boolean
function M.has_any()
  return M.any{ file = run_options.policy_file, isolated = run_options.isolated }
end

local function load_all()
  if M.has_any() then require("os2.policy") end
end

--- Loads the policy files of this run, if there are any. A fault in one stops the run, also a run
--- that uses no policy.
function M.check()
  load_all()
end

--- Loads the policy files for a run that a fault must not stop, such as one that lists policies. A
--- file with a fault is left out entirely. Call it before a policy is used.
---@return os2.Err[] faults
function M.faults()
  run_options.faults = {}
  local ok, failure = pcall(load_all)
  -- the paths of the files could not be determined, so none was loaded
  local faults = run_options.faults
  if not ok and not faults[1] then faults[1] = require("os2.err").from(failure) end
  return faults
end

return M
