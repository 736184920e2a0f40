--- The C files: rules that no compiler and no linter checks.
local c_functions = require("tests.lib.c_functions")
local fs = require("os2.fs")
local lfs = require("lfs")

local LONGEST_FUNCTION <const>, MEDIAN_FUNCTION <const> = 40, 8 -- lines

-- What gets memory has its place in core/base/mem.c, and nothing ends without a word.
local UNCALLED <const> = {
  "malloc", "calloc", "realloc", "strdup", "strndup", "asprintf", "vasprintf", "abort",
}

local function files_below(directory, found)
  found = found or {}
  for _, name in ipairs(fs.list(directory)) do
    local path = directory .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then files_below(path, found) end
    if name:match("%.[ch]$") then found[#found + 1] = path end
  end
  return found
end

local function code_of(text)
  return (text:gsub('"[^"\n]*"', '""'):gsub("/%*.-%*/", ""):gsub("//[^\n]*", ""))
end

-- The lines of a file that a check finds fault with, as "file:line: text".
local function faults(directory, is_fault)
  local list = {}
  for _, path in ipairs(files_below(directory)) do
    local lines = {}
    for line in fs.read(path):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
    for number, line in ipairs(lines) do
      if is_fault(line, lines, number, path) then
        list[#list + 1] = ("%s:%d: %s"):format(path, number, line)
      end
    end
  end
  return list
end

-- The first line below a comment of `//` lines.
local function below(lines, number)
  while lines[number] and lines[number]:find("^//") do number = number + 1 end
  return lines[number] or ""
end

-- The name that a file's static functions begin with: core/git/git_int.h has git_int.
local function prefix_of(path)
  return path:match("([^/]+)%.[ch]$") .. "_"
end

describe("the C files", function()
  it("keep their functions short", function()
    local counts = {}
    for _, path in ipairs(files_below("host")) do
      for _, found in ipairs(c_functions.of(fs.read(path))) do
        counts[#counts + 1] = found.count
        assert.is_true(found.count <= LONGEST_FUNCTION,
          ("%s:%d: %s has %d lines"):format(path, found.line, found.name, found.count))
      end
    end
    table.sort(counts)
    assert.is_true(#counts > 500)
    assert.is_true(counts[#counts // 2] <= MEDIAN_FUNCTION, "the median is " .. counts[#counts // 2])
  end)

  it("name static functions after their file", function()
    for _, path in ipairs(files_below("host")) do
      for _, found in ipairs(c_functions.of(fs.read(path))) do
        local is_named = found.name:find(prefix_of(path), 1, true) == 1
        local is_public = found.name:find("^os2_") or found.name:find("^bind_")
        assert.is_true(not found.is_static or is_named or is_public ~= nil,
          ("%s:%d: %s"):format(path, found.line, found.name))
      end
    end
  end)

  it("get memory from core/base/mem.c alone, and never abort", function()
    for _, path in ipairs(files_below("host")) do
      local code = code_of(fs.read(path))
      for _, name in ipairs(UNCALLED) do
        local is_called = path ~= "host/core/base/mem.c" and code:find("%f[%w_]" .. name .. "%s*%(")
        assert.is_nil(is_called or nil, path .. " calls " .. name)
      end
    end
  end)

  it("mark sections in one way", function()
    for _, directory in ipairs{ "host", "tests" } do
      assert.same({}, faults(directory, function(line)
        return line:find("^/[*/] *[-=*][-=*]") and not line:find("^/%* %-%-%-%- .* %-%-%-%- %*/$")
      end))
    end
  end)

  it("keep // for the signature that Lua sees", function()
    assert.same({}, faults("host", function(line, lines, number)
      if not line:find("^//") then return code_of(line .. "\n"):find("//") ~= nil end
      local head = below(lines, number)
      return not head:find("^static int [%w_]+_l_[%w_]+%(") and not head:find("^int bind_[%w_]+%(")
    end))
  end)

  it("say the signature of each function that Lua calls", function()
    assert.same({}, faults("host", function(line, lines, number)
      return line:find("^static int [%w_]+_l_[%w_]+%(lua_State %*L%) {") and not lines[number - 1]:find("^//")
    end))
  end)
end)

describe("c_functions", function()
  it("counts the lines of functions with their heads", function()
    local source = table.concat({
      "/* f( { */", "#define X(a) {a}", "static const int list[] = {", "    g(1),", "};", "typedef struct s {",
      "  int (*call)(void);", "} s;", "int os2_f(int a);", "static char *x_one(void) { return 0; }",
      "__attribute__((format(printf, 1, 2))) static int x_two(const char *format,",
      "                                                      ...) {", "  if (1) {", "  }", "}",
      "void os2_three(void) {", "}",
    }, "\n")
    assert.same({
      { name = "x_one", line = 10, count = 1, is_static = true },
      { name = "x_two", line = 11, count = 5, is_static = true },
      { name = "os2_three", line = 16, count = 2, is_static = false },
    }, c_functions.of(source))
  end)
end)
