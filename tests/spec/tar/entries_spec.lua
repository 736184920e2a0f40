--- Archives as others send them: what is taken of them, and what is refused.
local entries = require("os2.tar.entries")
local failure_of = require("tests.lib.failure_of")
local fs = require("os2.fs")
local lfs = require("lfs")
local members = require("tests.lib.tar").members
local proc = require("os2.proc")
local stream = require("os2.tar.stream")
local temporary = require("tests.lib.temporary")

describe("os2.tar.entries", function()
  local directory

  before_each(function() directory = temporary.directory() end)
  after_each(function() temporary.remove(directory) end)

  local function pieces(text, size)
    local at = 1
    return function()
      if at > #text then return nil end
      local piece = text:sub(at, at + size - 1)
      at = at + size
      return piece
    end
  end

  local function read(archive, size)
    local out, left_out = {}, {}
    local function note(name, what) left_out[#left_out + 1] = name .. ": " .. what end
    for piece in entries.plain(pieces(archive, size or #archive), note) do out[#out + 1] = piece end
    return table.concat(out), left_out
  end

  local function with_sum(header)
    local sum = 0
    for index = 1, 512 do
      sum = sum + (index > 148 and index <= 156 and 32 or header:byte(index))
    end
    return header:sub(1, 148) .. ("%06o\0 "):format(sum) .. header:sub(157)
  end

  local function header(fields)
    local size = type(fields.size) == "string" and fields.size or ("%011o\0"):format(fields.size or 0)
    local name = fields.name or "name"
    return with_sum(table.concat{
      name, ("\0"):rep(100 - #name), "0000644\0", "0000000\0", "0000000\0", size, "00000000000\0",
      (" "):rep(8), fields.type or "0", ("\0"):rep(100), "ustar\000", "00", ("\0"):rep(512 - 265),
    })
  end

  local END <const> = ("\0"):rep(1024)

  local function padded(text) return text .. ("\0"):rep(-#text % 512) end

  local function record(key, value)
    local length = #key + #value + 3
    while #(tostring(length)) + #key + #value + 3 ~= length do length = length + 1 end
    return ("%d %s=%s\n"):format(length, key, value)
  end

  local function records(...)
    local text = table.concat{ ... }
    return header{ type = "x", size = #text } .. padded(text)
  end

  local function packed(format)
    local tree = directory .. "/tree"
    temporary.write(tree .. "/a b", "one\n")
    temporary.write(tree .. "/empty", "")
    temporary.write(tree .. "/" .. ("deep/"):rep(40) .. ("n"):rep(120), ("x"):rep(70000))
    lfs.link("a b", tree .. "/link", true)
    lfs.link(tree .. "/a b", tree .. "/same")
    local ran = proc.run({ "tar", "--format", format, "-C", tree, "-cf", "-", "." }, { timeout = 10 })
    return ran.stdout
  end

  for _, format in ipairs{ "gnu", "pax" } do
    it("passes on what tar writes as " .. format .. ", however it is cut", function()
      local archive = packed(format)
      local wanted = members(archive)
      for _, size in ipairs{ 1, 7, 512, 10240, #archive } do
        local out, left_out = read(archive, size)
        assert.same(wanted, members(out))
        assert.same({}, left_out)
      end
    end)
  end

  it("leaves out devices and fifos, with what stands before them about them", function()
    local archive = header{ name = "f", size = 3 } .. padded("one")
      .. header{ name = "c", type = "3" } .. records(record("path", "long")) .. header{ type = "4" }
      .. header{ type = "L", size = 5 } .. padded("gnu!\0") .. header{ type = "6" }
      .. header{ name = "last", type = "5" } .. END
    local out, left_out = read(archive, 700)
    assert.same({ "c: a character device", "long: a block device", "gnu!: a fifo" }, left_out)
    local found = members(out)
    assert.same({ "f", "last" }, { found[1].path, found[2].path })
    assert.equal("one", found[1].content)
    assert.is_nil(found[3])
  end)

  it("drops what holds for all entries, and what follows the end", function()
    local text = record("path", "all")
    local archive = header{ type = "g", size = #text } .. padded(text) .. header{ name = "f" } .. END
    local found = members((read(archive .. header{ name = "hidden" } .. END)))
    assert.equal("f", found[1].path)
    assert.is_nil(found[2])
  end)

  it("takes sizes of 8 GB and more, and the size of a record", function()
    local large = "\128" .. ("\0"):rep(3) .. (">i8"):pack(1 << 33)
    local content = entries.plain(pieces(header{ size = large } .. ("x"):rep(2000), 512), error)
    assert.equal(512, #content())
    for _ = 1, 3 do assert.equal(512, #content()) end
    local archive = records(record("size", "600")) .. header{ size = 0 } .. padded(("y"):rep(600))
    assert.equal(archive .. END, (read(archive .. END)))
  end)

  local REFUSED <const> = {
    ["a damaged header"] = { header{}:gsub("name", "nbme"), "damaged" },
    ["what is no archive"] = { ("<html>"):rep(200), "damaged" },
    ["one that breaks off in a header"] = { header{}:sub(1, 300), "is incomplete" },
    ["one that breaks off in a content"] = { header{ size = 600 } .. ("x"):rep(512), "is incomplete" },
    ["one that breaks off before its end"] = { header{}, "is incomplete" },
    ["an entry of a type that nobody knows"] = { header{ type = "S" } .. END, 'type "S"' },
    ["a link with a content"] = { header{ type = "2", size = 512 } .. END, "has content" },
    ["a size that is none"] = { header{ size = "99999999999\0" } .. END, "size is not a number" },
    ["a size below zero"] = { header{ size = ("\255"):rep(12) } .. END, "size is not a number" },
    ["a record's size that is none"] = { records(record("size", "-1")) .. header{} .. END,
      "size is not a number" },
    ["records that are none"] = { header{ type = "x", size = 3 } .. padded("9 a") .. END,
      "record of an entry is damaged" },
    ["records twice"] = { records(record("a", "b")) .. records(record("c", "d")) .. END, "twice" },
    ["a name of 2 MB"] = { header{ type = "L", size = 2 << 20 } .. END, "too long" },
  }
  for what, case in pairs(REFUSED) do
    it("refuses " .. what, function()
      local failure = failure_of(read, case[1])
      assert.equal("protocol", failure.kind)
      assert.truthy(failure.message:find(case[2], 1, true), failure.message)
    end)
  end

  describe("and what unpacks them", function()
    local said

    before_each(function() said = {} end)

    local function unpack(archive, name, path)
      stream.unpack(pieces(archive, 4096), name, {
        directory = path:match("^(.*)/"), path = path,
      }, { timeout = 10, warn = function(words) said[#said + 1] = words end })
    end

    it("keeps of a mode the bits for reading, writing and running, whatever the umask", function()
      local archive = with_sum((header{ name = "f", size = 1 }:gsub("0000644", "0006757"))) .. padded("x")
      unpack(archive .. END, "f", directory .. "/out")
      local ran = proc.run({ "stat", "-c", "%a %u", directory .. "/out" }, { timeout = 10 })
      assert.equal(("757 %d\n"):format(lfs.attributes(directory, "uid")), ran.stdout)
    end)

    it("makes no device and no fifo, and says so", function()
      local archive = header{ name = "d", type = "5" } .. header{ name = "d/b", type = "4" }
        .. header{ name = "d/p", type = "6" } .. header{ name = "d/f" } .. END
      unpack(archive, "d", directory .. "/out")
      assert.same({ "f" }, fs.list(directory .. "/out"))
      assert.matches("left out.*d/b %(a block device%), d/p %(a fifo%)", said[1])
    end)

    it("writes nothing outside of the place", function()
      for _, name in ipairs{ "../outside", "d/../../outside", directory .. "/outside" } do
        local archive = header{ name = "d", type = "5" } .. header{ name = name } .. END
        pcall(unpack, archive, "d", directory .. "/in/out")
        assert.is_nil(lfs.symlinkattributes(directory .. "/outside"), name)
      end
      fs.mkdir_p(directory .. "/in")
      lfs.link(directory, directory .. "/tree-link", true)
      local through = proc.run({ "sh", "-c", [[cd "$0" && mkdir -p d other && ln -s ../.. d/up &&
        echo x >other/outside && tar --transform 's,^other,d/up,' -cf - d other/outside]],
        directory }, { timeout = 10 }).stdout
      pcall(unpack, through, "d", directory .. "/in/out")
      assert.is_nil(lfs.symlinkattributes(directory .. "/outside"))
      assert.is_nil(lfs.symlinkattributes(directory .. "/in/outside"))
    end)

    -- A user who is not root: for root no directory is closed.
    local CLOSED <const> = [[
      local place, stream, proc = require("os2.tar.place"), require("os2.tar.stream"), os2.proc
      local function chunks()
        local packed = require("os2.fs").read(arg[1] .. "/closed.tar")
        return function()
          local piece = packed
          packed = nil
          return piece
        end
      end
      local function run(name)
        return os2.try(stream.unpack, chunks(), "d", { directory = arg[1] .. "/to", path = arg[1] .. "/to/" .. name },
          { timeout = 10, warn = print })
      end
      local _, failure = run("new")
      print(failure or "done")
      os.execute("cd '" .. arg[1] .. "/to' && find . -printf '%m %p\n' | sort -k 2; chmod -R u+rwx new")
      _, failure = run("file")
      print(failure.kind)
      _, failure = run("into")
      print(failure.kind)
    ]]

    it("moves directories that are closed to us, and leaves nothing where it cannot", function()
      local made = proc.run({ "sh", "-c", [[cd "$0" && mkdir -p d/ro/deep d/none/in to/into/ro &&
        echo x >d/ro/deep/f && echo y >d/none/in/g && echo z >to/file &&
        tar --mode=u=rwx -cf ok.tar d && chmod 555 d/ro d/ro/deep && chmod 0 d/none &&
        if [ "$(id -u)" = 0 ]; then tar -cf closed.tar d; else tar --mode=555 -cf closed.tar d; fi
        chmod -R u+rwx d && chmod 555 to/into/ro &&
        if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 to; chmod 755 "$0"; fi]], directory },
        { timeout = 10 })
      assert.equal(0, made.code, made.stderr)
      local argv = { require("tests.lib.program").path, "--isolated", "-e", CLOSED, directory }
      if lfs.attributes("/proc/self", "uid") == 0 then
        argv = { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", table.unpack(argv) }
      end
      local ran = proc.run(argv, { timeout = 30, env = { HOME = directory } })
      assert.equal(0, ran.code, ran.stderr)
      assert.matches("^done\n", ran.stdout)
      if lfs.attributes("/proc/self", "uid") == 0 then
        assert.matches("\n0 %./new/none\n555 %./new/ro\n555 %./new/ro/deep\n", ran.stdout)
      end
      assert.not_matches("os2%-", ran.stdout)
      assert.matches("\nexists\ndenied\n$", ran.stdout)
      assert.same({ "file", "into", "new" }, fs.list(directory .. "/to"))
      assert.same({}, fs.list(directory .. "/to/into/ro"))
      assert.equal("y\n", fs.read(directory .. "/to/new/none/in/g"))
    end)
  end)
end)
