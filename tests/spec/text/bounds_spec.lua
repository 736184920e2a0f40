--- A megabyte of anything in every place that reads what others write: no pattern sees more than a
--- bound, and the work grows with the text and no faster.
local complaint = require("os2.git.program.complaint")
local config = require("os2.docker.config")
local counted = require("tests.lib.counted")
local daytona_errors = require("os2.daytona.errors")
local document = require("os2.cli.document")
local docker_errors = require("os2.docker.errors")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local json = require("os2.json")
local marked = require("os2.providers.daytona.marked")
local pages = require("os2.client.pages")
local policy = require("os2.policy")
local program = require("tests.lib.program")
local build_events = require("os2.docker.build_events")
local secrets = require("os2.text.secrets")
local terminal = require("os2.text.terminal")
local tar = require("os2.tar.command")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")
local transfer = require("os2.docker.transfer")

local MEGABYTE <const> = 1024 * 1024
-- Bytes: what is printed in one line, and the longest thing that decides about a cut.
local BOUND <const> = 66 * 1024
-- A byte that has to be replaced takes some; what only stands there takes none.
local INSTRUCTIONS <const>, REPLACED <const> = 4 * MEGABYTE, 24 * MEGABYTE
local IS_REPLACED <const> = { bytes = true, URLs = true, escapes = true, zeros = true }
local LINE <const> = 600 -- instructions for a line of a log that says something

local FLOODS <const> = {
  blanks = " ", tabs = "\t", returns = "\r", newlines = "\n", brackets = "<", ["line ends"] = "\r\n",
  ["blank lines"] = " \n", escapes = "\27[", zeros = "\0", ["C1"] = "\u{9b}", marks = "\u{202e}",
  bytes = "\255", digits = "1", letters = "x", slashes = "/", URLs = "://a:", braces = "[",
  mixed = " \t\r\n<x",
}

local function response(body)
  return { status = 500, headers = {}, body = body }
end

local function trace(kind, item)
  return { trace = function(wanted)
    local is_given = wanted ~= kind
    return function()
      if is_given then return nil end
      is_given = true
      return item
    end
  end }
end

-- What a build says to whoever takes its events, and what its error shows.
local function build(...)
  local merger = build_events.new()
  for _, line in ipairs{ ... } do merger:feed(line) end
  local longest = 0
  for event in function() return merger:take() end do
    longest = math.max(longest, #(event.text or event.name or ""))
  end
  local step, tail = merger:failed()
  return ("x"):rep(longest) .. tostring(docker_errors.of_build(merger.failure or { message = "" }, step, tail))
end

local function vertex(fields)
  local made = { digest = "a", name = "RUN x", error = "", cached = false, started = 1, completed = 0 }
  for key, value in pairs(fields) do made[key] = value end
  return trace("vertexes", made)
end

local function push(line)
  local merger = transfer.push()
  merger:feed(line)
  local failure = merger.failure
  return failure and tostring(docker_errors.of_registry("docker.push", failure.message, "push x", true)) or ""
end

local function raised(run, ...)
  local _, failure = task.try(run, ...)
  return failure and tostring(failure) or ""
end

-- Each takes a text and returns what is shown of it.
local PLACES <const> = {
  ["an API error"] = function(text) return tostring(daytona_errors.of_response("x", response(text))) end,
  ["an API error in JSON"] = function(text)
    return tostring(daytona_errors.of_response("x", response(text)))
  end,
  ["a page's title"] = function(text)
    return tostring(daytona_errors.of_response("x", response("<html><title>" .. text .. "</title>")))
  end,
  ["a page's tag"] = function(text)
    return tostring(daytona_errors.of_response("x", response("<html><title " .. text)))
  end,
  ["an engine error"] = function(text) return tostring(docker_errors.of_answer("x", response(text))) end,
  ["an engine error about versions"] = function(text)
    return tostring(docker_errors.of_answer("x", {
      status = 400, body = "client version " .. text .. " is too old. Minimum supported API version is ",
    }))
  end,
  ["a registry error"] = function(text) return push{ error = text } end,
  ["a registry error's detail"] = function(text) return push{ errorDetail = { message = text } } end,
  ["a layer's state"] = function(text) return push{ id = "a", status = text } end,
  ["a build's log"] = function(text)
    return build(trace("logs", { vertex = "a", message = text .. "end" }),
      vertex{ error = "failed", completed = 2 }, { error = "failed" })
  end,
  ["a step's name"] = function(text) return build(vertex{ name = text }) end,
  ["a step's count"] = function(text) return build(vertex{ name = "[" .. text .. " 1/2] RUN x" }) end,
  ["a build's warning"] = function(text)
    return build(trace("warnings", { vertex = "a", summary = text, url = "" }))
  end,
  ["a build's error"] = function(text)
    return build(vertex{ error = text, completed = 2 }, { error = "failed to solve: " .. text })
  end,
  ["the classic builder's text"] = function(text)
    return build({ stream = "Step 1/2 : RUN x" }, { stream = text }, { error = "failed" })
  end,
  ["the classic builder's step"] = function(text)
    return build({ stream = "Step 1/2 : " .. text }, { error = "failed" })
  end,
  ["a warning of the classic builder"] = function(text) return build{ stream = "[Warning] " .. text } end,
  ["what git says"] = function(text)
    local options = { verb = "git.status", what = "cannot look" }
    return tostring(complaint.of("/", { code = 128 }, "fatal: " .. text, options))
  end,
  ["what git says of an owner"] = function(text)
    local options = { verb = "git.status", what = "cannot look" }
    return tostring(complaint.of("/", { code = 128 }, "fatal: detected dubious ownership" .. text, options))
  end,
  ["what tar says"] = function(text) return raised(tar.check, 1, text) end,
  ["a command's last words"] = foreign.last_line,
  ["a helper's first words"] = foreign.first_line,
  ["a reason"] = foreign.message,
  ["a line of the terminal"] = function(text) return terminal.clean(text):sub(1, 100) end,
  ["a document's error"] = function(text)
    local failure = docker_errors.of_answer("x", response(text))
    return document.encode(document.failure(failure))
  end,
  ["a page of a list"] = function(text)
    return raised(function()
      for _ in pages.items("x", { paging = "page" }, {}, function() return text end) do end
    end)
  end,
  ["a log of a machine"] = function(text)
    local reader = marked.new(function() end)
    local given
    reader:read(function()
      if given then return nil end
      given = true
      return text
    end)
    return ""
  end,
}

describe("foreign text", function()
  before_each(function()
    policy.reset()
    secrets.forget()
    secrets.conceal("dtn_0123456789abcdef")
  end)
  after_each(secrets.forget)

  for place, read in pairs(PLACES) do
    it("is bounded: " .. place, function()
      for name, flood in pairs(FLOODS) do
        local text = flood:rep(MEGABYTE // #flood)
        if place == "an API error in JSON" then text = json.encode{ message = foreign.valid(text) } end
        local found, said = counted.run(read, text)
        local words = ("%s: %d bytes of a pattern, %d in all, %d instructions, %d shown"):format(name,
          found.longest, found.bytes, found.instructions, #said)
        assert.is_true(found.longest <= BOUND, words)
        local lines = flood == " \t\r\n<x" and MEGABYTE // #flood or 0
        local allowed = IS_REPLACED[name] and REPLACED or INSTRUCTIONS
        assert.is_true(found.instructions <= allowed + LINE * lines, words)
        assert.is_true(found.bytes <= 16 * MEGABYTE, words)
        assert.is_true(#said <= 16 * 1024, words)
      end
    end)
  end

  it("is bounded where a credential helper says it", function()
    local home = temporary.directory()
    temporary.write(home .. "/docker-credential-flood", "")
    fs.write_atomic(home .. "/docker-credential-flood",
      "#!/bin/sh\nhead -c 1000000 /dev/zero | tr '\\0' ' '\necho no >&2\nexit 1\n", { mode = tonumber("755", 8) })
    local ran = program.eval([[
      require("os2.docker.config").credentials({ credsStore = "flood" }, "ghcr.io")]],
      { env = { PATH = home .. ":/usr/bin:/bin" } })
    temporary.remove(home)
    assert.equal(7, ran.code, ran.stderr)
    assert.is_true(#ran.stderr < 1000)
  end)

  it("costs a log's line the same, however many lines one message holds", function()
    local function work(count)
      local lines = {}
      for index = 1, count do lines[index] = ("line %d of the log\n"):format(index) end
      local merger = build_events.new()
      merger:feed(trace("logs", { vertex = "a", message = table.concat(lines) }))
      local events = 0
      local found = counted.run(function()
        while merger:take() do events = events + 1 end
      end)
      assert.equal(count, events)
      return found.instructions / count
    end
    assert.is_true(work(20000) <= work(1000) * 1.2)
  end)

  it("is read as it is taken: a million events are not held", function()
    local count, most = 0, 0
    local merger = build_events.new()
    merger:feed{ trace = function(kind)
      return function()
        if kind ~= "statuses" or count == 100000 then return nil end
        count = count + 1
        return { id = "a", vertex = "a", name = "", current = count, total = 100000 }
      end
    end }
    local taken = 0
    while merger:take() do
      taken = taken + 1
      most = math.max(most, count - taken)
    end
    assert.same({ 100000, 0 }, { taken, most })
  end)

  it("has no pattern in the sources that goes back over blanks", function()
    local function check(directory)
      for _, name in ipairs(fs.list(directory)) do
        local path = directory .. "/" .. name
        local stat = fs.stat(path)
        if stat.mode == "directory" then
          check(path)
        elseif name:match("%.lua$") then
          local code = ("\n" .. fs.read(path)):gsub("\n%s*%-%-[^\n]*", "")
          for _, pattern in ipairs{ "%s+$\"", "%s*$\"", "(.-)%s", "%s*\\n%s*" } do
            local at = code:find(pattern, 1, true)
            assert.is_nil(at, ("%s has the pattern %s"):format(path, pattern))
          end
        end
      end
    end
    check("lua/os2")
  end)

  it("ends with the policy that bounds it: pages", function()
    policy.set("limits.pages", 3)
    local asked = 0
    local _, failure = task.try(function()
      for _ in pages.items("daytona.get_all_snapshots", { paging = "page" }, {}, function()
        asked = asked + 1
        return { items = { asked }, totalPages = asked + 1 }
      end) do end
    end)
    assert.equal(3, asked)
    assert.is_true(err.is(failure, "protocol"))
    assert.matches("limits.pages", failure.message)
  end)

  it("masks credentials that Docker's config gave", function()
    config.credentials({ auths = { ["ghcr.io"] = { username = "me", password = "registry-pass" } } }, "ghcr.io")
    assert.equal("denied for ***", secrets.masked("denied for registry-pass"))
  end)
end)
