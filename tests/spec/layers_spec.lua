--- The layers: who may include, require and call what. Read from the tree itself.
local fs = require("os2.fs")
local lfs = require("lfs")
local lua_functions = require("tests.lib.lua_functions")

local LONGEST_FILE <const> = 400 -- lines
local LONGEST_FUNCTION <const>, MEDIAN_FUNCTION <const> = 40, 8 -- lines

local function files_below(directory, ending, found)
  found = found or {}
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then
      files_below(path, ending, found)
    elseif name:match("%." .. ending .. "$") then
      found[#found + 1] = path
    end
  end
  return found
end

local function fits(name, patterns)
  for _, pattern in ipairs(patterns) do
    if name:match("^" .. pattern .. "$") then return true end
  end
  return false
end

-- The lines of a Lua file without comments.
local function code_of(path)
  return (fs.read(path):gsub("%-%-[^\n]*", ""))
end

local function includes_of(path)
  local list = {}
  for name in fs.read(path):gmatch('#include%s+[<"]([^>"]+)[>"]') do list[#list + 1] = name end
  return list
end

local function requires_of(path)
  local list = {}
  for name in code_of(path):gmatch('require%(?%s*"([^"]+)"') do list[#list + 1] = name end
  return list
end

-- What files use that is not allowed, as "file: what".
local function offences(files, uses_of, is_allowed)
  local list = {}
  for _, path in ipairs(files) do
    for _, used in ipairs(uses_of(path)) do
      if not is_allowed(used, path) then list[#list + 1] = path .. ": " .. used end
    end
  end
  return list
end

local function sources(directory)
  return files_below(directory, "c", files_below(directory, "h"))
end

-- The folders of host/core and their floors. A folder includes what stands on a floor below it.
local FLOOR <const> = {
  buildkit = 5, context = 4, git = 4, websocket = 4, edit = 3, http = 3, rest = 2, loop = 2, base = 1,
}

local function core_folder(path) return path:match("core/([^/]+)/") end

-- "folder/name" of each header of core that a file includes.
local function core_modules_of(path)
  local list = {}
  for _, name in ipairs(includes_of(path)) do list[#list + 1] = name:match("^core/(.+)%.h$") end
  return list
end

-- Which header of core includes which: {["git/git"] = {["base/err"] = true}}.
local function header_graph()
  local graph = {}
  for _, path in ipairs(files_below("host/core", "h")) do
    local used = {}
    for _, module in ipairs(core_modules_of(path)) do used[module] = true end
    graph[path:match("core/(.+)%.h$")] = used
  end
  return graph
end

local function c_code_of(path)
  return (fs.read(path):gsub("/%*.-%*/", ""):gsub("//[^\n]*", ""))
end

-- Where each function of core is defined that stands in a header.
local function definitions(code)
  local where = {}
  for path, text in pairs(code) do
    for line in text:gmatch("[^\n]+") do
      local name = line:match("^%l[%w_ *]*[ *](os2_[%w_]+)%(")
      if name and not line:find("^static") and not line:find(";$") then where[name] = path end
    end
  end
  return where
end

-- Which C file of core calls functions of which other.
local function call_graph()
  local code, graph = {}, {}
  for _, path in ipairs(files_below("host/core", "c")) do code[path] = c_code_of(path) end
  local where = definitions(code)
  for path, text in pairs(code) do
    graph[path] = {}
    for name in text:gmatch("%f[%w_]os2_[%w_]+") do
      local other = where[name]
      if other and other ~= path then graph[path][other] = true end
    end
  end
  return graph
end

-- A circle as "a -> b -> a", or nil.
local function circle_of(graph)
  local state = {}
  local function visit(module, trail)
    if state[module] == "left" then return nil end
    trail = trail .. module
    if state[module] == "entered" then return trail end
    state[module] = "entered"
    for used in pairs(graph[module] or {}) do
      local circle = visit(used, trail .. " -> ")
      if circle then return circle end
    end
    state[module] = "left"
  end
  for module in pairs(graph) do
    local circle = visit(module, "")
    if circle then return circle end
  end
end

describe("the layers of the tree", function()
  it("core knows neither Lua nor what stands above it", function()
    assert.same({}, offences(sources("host/core"), includes_of, function(name)
      return not fits(name, { "lua.*", "lauxlib.h", "lualib.h", "bind/.*", "host.h" })
    end))
  end)

  it("core's files stand in its folders, each of which is known", function()
    for _, path in ipairs(sources("host/core")) do
      assert.is_truthy(FLOOR[core_folder(path)], path)
    end
  end)

  it("a folder of core includes itself and what stands on a floor below", function()
    local function folders_of(path)
      local list = {}
      for _, module in ipairs(core_modules_of(path)) do list[#list + 1] = module:match("^[^/]+") end
      return list
    end
    assert.same({}, offences(sources("host/core"), folders_of, function(used, path)
      local own = core_folder(path)
      return used == own or FLOOR[used] < FLOOR[own]
    end))
  end)

  it("core has no circle, neither of headers that include nor of files that call", function()
    assert.is_nil(circle_of(header_graph()))
    assert.is_nil(circle_of(call_graph()))
  end)

  it("bind includes core and itself only", function()
    local allowed = { "bind/.*", "core/.*", "sys/.*", "openssl/.*" } -- libcrypto: host.crypto
    assert.same({}, offences(sources("host/bind"), includes_of, function(name)
      return not name:find("/", 1, true) or fits(name, allowed)
    end))
  end)

  it("what stands beside main stays out of core's and bind's insides", function()
    assert.same({}, offences({ "host/main.c", "host/host.c" }, includes_of, function(name)
      return not name:find("/", 1, true) or fits(name, { "core/.*", "sys/.*" })
    end))
  end)

  -- host.json gives nil, err, and os2.json raises: under one name a fault is passed over.
  it("a module of C is held under native_ and its name", function()
    local function locals_of(path)
      local list = {}
      for name, module in code_of(path):gmatch('local ([%w_]+) = require%("host%.(%w+)"%)\n') do
        if name ~= "native_" .. module then list[#list + 1] = name end
      end
      return list
    end
    assert.same({}, offences(files_below("lua", "lua"), locals_of, function() return false end))
  end)

  it("a module is held under its last name, or under one that has it as a word", function()
    local function locals_of(path)
      local list = {}
      for name, module in ("\n" .. code_of(path)):gmatch('\nlocal ([%w_]+) = require%("os2%.?([%w._]*)"%)') do
        local last = module == "" and "os2" or module:match("[^.]+$")
        if not ("_" .. name .. "_"):find("_" .. last .. "_", 1, true) then list[#list + 1] = name end
      end
      return list
    end
    local files = files_below("scripts", "lua", files_below("lua", "lua"))
    assert.same({}, offences(files, locals_of, function() return false end))
  end)

  it("scripts require os2.* only", function()
    assert.same({}, offences(files_below("scripts", "lua"), requires_of, function(name)
      return fits(name, { "os2", "os2%..*" })
    end))
  end)

  it("policies are pure: they require what does no I/O", function()
    local pure = {
      "os2%.policy", "os2%.base%.check", "os2%.text%.nearest", "os2%.err", "os2%.clock",
      "os2%.base%.arguments", "os2%.base%.rules", "os2%.base%.sorted", "os2%.base%.builds", "os2%.base%.lists",
      "os2%.policies%..*", "os2%.text%.names", "os2%.text%.images",
    }
    assert.same({}, offences(files_below("lua/os2/policies", "lua"), requires_of, function(name)
      return fits(name, pure)
    end))
  end)

  -- os2.machines and os2.snapshots are the flows' face for scripts: above the flows, under no module.
  local ABOVE_FLOWS <const> = { "lua/os2/machines%.lua", "lua/os2/snapshots%.lua", "lua/os2/flows/.*" }

  it("the library requires what the project has, and nothing below flows asks flows", function()
    local third_party = { "argparse", "lfs" }
    assert.same({}, offences(files_below("lua", "lua"), requires_of, function(name, path)
      if name == "os2.machines" or name == "os2.snapshots" then return false end
      if name:match("^os2%.flows%.") then return fits(path, ABOVE_FLOWS) end
      return fits(name, { "os2", "os2%..*", "host%..*" }) or fits(name, third_party)
    end))
  end)

  it("lua/os2 itself holds the verbs that a script may require, and nothing else", function()
    local public = { "cli.lua", "init.lua" } -- cli: for commands of one's own
    local listed = fs.read("lua/os2/init.lua"):match("MODULES <const> = (%b{})")
    for name in listed:gmatch("(%w+) = true") do public[#public + 1] = name .. ".lua" end
    table.sort(public)
    local found = {}
    for _, name in ipairs(fs.list("lua/os2")) do
      if name:find("%.lua$") then found[#found + 1] = name end
    end
    table.sort(found)
    assert.same(public, found)
  end)

  -- A module x.lua beside a folder x/ is the face of what stands in the folder.
  it("the parts of a face are required by the face and by each other", function()
    local function is_face(module) return fs.exists("lua/" .. module:gsub("%.", "/") .. ".lua") end
    local function face_of(module)
      local face = module:match("^(.+)%.[^.]+$")
      while face and face ~= "os2" do
        if is_face(face) then return face end
        face = face:match("^(.+)%.[^.]+$")
      end
    end
    local function module_of(path) return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/", ".")) end
    local files = files_below("scripts", "lua", files_below("lua/os2", "lua"))
    assert.same({}, offences(files, requires_of, function(name, path)
      local face, own = face_of(name), module_of(path)
      if not face or own == face or own:sub(1, #face + 1) == face .. "." then return true end
      -- A provider is built of the parts of the API that it speaks to.
      return own:match("^os2%.providers%.(%w+)") == face:match("^os2%.(%w+)$")
    end))
  end)

  it("nobody goes past the host for time, programs and the end", function()
    local forbidden = { "os%.execute", "io%.popen", "os%.time", "os%.date", "os%.clock", "os%.exit" }
    local function calls_of(path)
      local list, code = {}, code_of(path):gsub('"[^"\n]*"', '""')
      for _, pattern in ipairs(forbidden) do
        for _ in code:gmatch("%f[%w]" .. pattern .. "%f[%W]") do list[#list + 1] = pattern end
      end
      return list
    end
    local files = files_below("scripts", "lua", files_below("lua", "lua"))
    assert.same({}, offences(files, calls_of, function(name, path)
      -- boot puts its own os.exit there: one that cancels the root task.
      return name == "os%.exit" and path == "lua/os2/run/boot.lua"
    end))
  end)
end)

describe("the tree", function()
  it("has a spec for each group of policies", function()
    for _, name in ipairs(fs.list("lua/os2/policies")) do
      local spec = "tests/spec/policies/" .. name:gsub("%.lua$", "_spec.lua")
      assert.is_true(fs.exists(spec), spec .. " is missing")
    end
  end)

  it("tells in CONTRIBUTING what each folder of lua/os2 without a face holds", function()
    local contributing = fs.read("CONTRIBUTING.md")
    for _, name in ipairs(fs.list("lua/os2")) do
      local is_folder = lfs.attributes("lua/os2/" .. name, "mode") == "directory"
      local is_room = is_folder and not fs.exists(("lua/os2/%s.lua"):format(name))
      local line = contributing:find(("\n| `%s/` | %%u[^|]+ |\n"):format(name))
      assert.equal(is_room, line ~= nil, name)
    end
  end)

  it("has a file of the name for what a stranger looks for", function()
    local files = {
      ["the retry count"] = "lua/os2/policies/retry.lua", ["the TTL"] = "lua/os2/policies/cache.lua",
      ["the ignore matcher"] = "host/core/context/ignore.c",
      ["the BuildKit session"] = "host/core/buildkit/session.c",
      ["the exit codes"] = "lua/os2/base/exit_codes.lua",
      ["the environment variables"] = "lua/os2/help/variables.lua",
      ["the timeouts"] = "lua/os2/policies/timeouts.lua",
    }
    for what, path in pairs(files) do assert.is_true(fs.exists(path), what) end
  end)

  it("names each native module where it is built, and each source", function()
    local build = fs.read("CMakeLists.txt")
    local built_in = fs.read("host/host.c")
    for _, path in ipairs(files_below("host/bind", "c")) do
      local name = path:match("([^/]+)%.c$")
      if fs.read(path):find("int luaopen_host_" .. name .. "(", 1, true) then
        local is_named = built_in:find('"host.' .. name .. '"', 1, true)
          or build:find("os2_module(" .. name, 1, true)
        assert.is_truthy(is_named, path)
      end
    end
    for _, path in ipairs(files_below("host", "c")) do
      assert.is_truthy(build:find(path, 1, true), path .. " is not built")
    end
  end)

  it("keeps its files short, but for those a tool makes", function()
    local files = sources("host")
    for _, folder in ipairs{ "lua", "scripts", "tools", "tests" } do files_below(folder, "lua", files) end
    for _, ending in ipairs{ "c", "h", "js" } do files_below("tests", ending, files) end
    for _, path in ipairs(files) do
      local text = path:find("/node_modules/", 1, true) and "" or fs.read(path)
      local is_made = text:sub(1, 400):lower():find("made by tools/", 1, true) ~= nil
      local _, lines = text:gsub("\n", "")
      assert.is_true(is_made or lines <= LONGEST_FILE, ("%s has %d lines"):format(path, lines))
    end
  end)

  it("names a unit in the name of each constant that is a length", function()
    local lengths = {
      "^LONGEST", "^SHORTEST", "^WIDEST", "^LEAST", "^DEEPEST", "LIMIT$", "PAUSE$", "TIMEOUT$", "NAP$", "POLL$",
      "WINDOW$", "PATIENCE$", "LENGTH$", "WIDTH$",
    }
    local units = { BYTES = true, SECONDS = true, LINES = true, COLUMNS = true, CELLS = true, LEVELS = true,
      DIGITS = true, INSTRUCTIONS = true, PERCENT = true }
    for _, path in ipairs(files_below("lua/os2", "lua")) do
      for name, comment in ("\n" .. fs.read(path)):gmatch("\nlocal ([%u_]+) <const> = %d[%d%. %*]*([^\n]*)") do
        local is_length = fits(comment, { ".*%-%- bytes.*", ".*%-%- seconds.*" })
        for _, pattern in ipairs(lengths) do is_length = is_length or name:find(pattern) end
        local unit = name:match("_(%u+)$") or name
        assert.is_true(not is_length or units[unit] == true, ("%s: %s"):format(path, name))
      end
    end
  end)

  it("keeps the functions of Lua short", function()
    local counts = {}
    for _, path in ipairs(files_below("tools", "lua", files_below("lua", "lua", files_below("scripts", "lua")))) do
      for _, found in ipairs(lua_functions.of(fs.read(path))) do
        counts[#counts + 1] = found.count
        assert.is_true(found.count <= LONGEST_FUNCTION,
          ("%s:%d: the function has %d lines"):format(path, found.line, found.count))
      end
    end
    table.sort(counts)
    assert.is_true(counts[#counts // 2] <= MEDIAN_FUNCTION, "the median is " .. counts[#counts // 2])
  end)

  it("counts the lines of functions as they are written", function()
    local source = table.concat({
      "local f = function() return 'end' end -- end", "--[[ function end ]]",
      "function M.x()", "  for i = 1, 2 do if i then repeat until true end end",
      '  while false do local s = [=[ end ]] ]=] .. "\\"end" end', "end",
    }, "\n")
    assert.same({ { line = 1, count = 1 }, { line = 3, count = 4 } }, lua_functions.of(source))
  end)
end)
