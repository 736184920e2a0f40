--- os2.http.websocket against a peer that sends bytes: what is a message, what breaks the protocol.
--- The cases are those of the Autobahn test suite that concern a client without extensions.
local http = require("os2.http")
local server_of = require("tests.lib.websocket_server")

local function hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

-- A frame as a server sends it: not masked. `first` is FIN, the reserved bits and the opcode.
local function frame(first, payload, length)
  payload = payload or ""
  if length then return string.char(first) .. length .. payload end
  local size = #payload
  if size < 126 then return string.char(first, size) .. payload end
  if size < 65536 then return string.char(first, 126) .. string.pack(">I2", size) .. payload end
  return string.char(first, 127) .. string.pack(">I8", size) .. payload
end

local function close(code, reason)
  return frame(0x88, string.pack(">I2", code) .. (reason or ""))
end

local TEXT <const>, BINARY <const>, MORE_TEXT <const>, PING <const>, PONG <const> = 0x81, 0x82, 0x01, 0x89, 0x8a
local BYE <const> = close(1000)

-- Bytes of the server, and what is taken of them before it is refused.
local VIOLATIONS <const> = {
  ["a masked frame"] = { "\x81\x85\0\0\0\0hello" },
  ["a masked frame with a long head"] = { "\x81\xfe\0\x80\0\0\0\0" .. ("x"):rep(128) },
  ["reserved bit 1"] = { frame(0xc1, "x") },
  ["reserved bit 2 of a ping"] = { frame(0xa9, "x") },
  ["reserved bit 3 after a message"] = { frame(TEXT, "one") .. frame(0x91, "x"), { "one" } },
  ["opcode 3"] = { frame(0x83, "x") },
  ["opcode 7, empty"] = { frame(0x87) },
  ["opcode 11"] = { frame(0x8b) },
  ["opcode 15"] = { frame(0x8f, "x") },
  ["a ping of 126 bytes"] = { frame(PING, ("x"):rep(126)) },
  ["a close of 126 bytes"] = { frame(0x88, "\x03\xe8" .. ("x"):rep(124)) },
  ["a fragmented ping"] = { frame(0x09, "x") },
  ["a fragmented close"] = { frame(0x08, "\x03\xe8") },
  ["a continuation without a start"] = { frame(0x80, "x") },
  ["a continuation without a start, not the last"] = { frame(0x00, "x") },
  ["a continuation after a whole message"] = { frame(TEXT, "one") .. frame(0x80, "x"), { "one" } },
  ["a text inside a fragmented text"] = { frame(MORE_TEXT, "a") .. frame(TEXT, "b") },
  ["a binary inside a fragmented text"] = { frame(MORE_TEXT, "a") .. frame(0x02, "b") },
  ["a length that is too long for its value, 16 bits"] = { frame(TEXT, "x", "\x7e\0\1") },
  ["a length that is too long for its value, 64 bits"] = { frame(TEXT, "x", "\x7f\0\0\0\0\0\0\0\1") },
  ["a length with the top bit"] = { frame(TEXT, "x", "\x7f\x80\0\0\0\0\0\0\0") },
  ["a close of one byte"] = { frame(0x88, "\x03") },
}
for _, code in ipairs{ 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 } do
  VIOLATIONS["close code " .. code] = { close(code) }
end

local NO_TEXTS <const> = {
  ["an invalid byte"] = "\xff", ["an overlong form"] = "\xc0\xaf", ["a surrogate"] = "\xed\xa0\x80",
  ["too high a code point"] = "\xf4\x90\x80\x80", ["half a character"] = "\xce\xba\xe1\xbd",
  ["a lone continuation"] = "\x80",
}

describe("the frames of http.websocket", function()
  local server

  setup(function() server = server_of.start() end)
  teardown(function() server:stop() end)

  -- Opens a connection to a server that sends these bytes, `step` at a time.
  local function open(bytes, step, more)
    local path = "/bytes?hex=" .. hex(bytes) .. (step and "&step=" .. step or "") .. (more or "")
    return http.websocket{ url = server:url(path, "raw"), timeout = 20, max_message = 100000 }
  end

  local function messages_of(socket)
    local list = {}
    for data, kind in socket do list[#list + 1] = kind == "text" and data or kind .. ":" .. data end
    return list
  end

  -- The payload of the last frame that the client sent, without its mask.
  local function farewell()
    local sent = server:ended().hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end)
    local at, last = 1, nil
    while at <= #sent do
      local size = sent:byte(at + 1) & 127
      local key, masked = sent:sub(at + 2, at + 5), sent:sub(at + 6, at + 5 + size)
      assert.equal(128, sent:byte(at + 1) & 128, "the client must mask")
      last = masked:gsub("()(.)", function(i, c)
        return string.char(c:byte() ~ key:byte((i - 1) % 4 + 1))
      end)
      at = at + 6 + size
    end
    return #last >= 2 and string.unpack(">I2", last) or nil, last and last:sub(3)
  end

  local function refused_with(bytes, step, taken)
    local socket <close> = open(bytes, step, "&bye=1")
    assert.same(taken or {}, messages_of(socket))
    local ending, failure = socket:result()
    assert.is_nil(ending)
    assert.equal("protocol", failure.kind)
    return farewell()
  end

  for name, case in pairs(VIOLATIONS) do
    it("break the protocol: " .. name, function()
      assert.equal(1002, refused_with(case[1], nil, case[2]))
      assert.equal(1002, refused_with(case[1], 1, case[2]))
    end)
  end

  for name, text in pairs(NO_TEXTS) do
    it("hold no text: " .. name, function()
      assert.equal(1007, refused_with(frame(TEXT, "before" .. text)))
      assert.equal(1007, refused_with(frame(MORE_TEXT, text) .. frame(0x80, ""), 3))
      assert.equal(1007, refused_with(close(1000, text)))
      local socket <close> = open(frame(BINARY, text) .. BYE)
      assert.same({ "binary:" .. text }, messages_of(socket))
    end)
  end

  it("hold more than max_message, announced or in fragments", function()
    assert.equal(1009, refused_with(frame(TEXT, "x", "\x7f\0\0\0\0\x7f\xff\xff\xff")))
    local socket <close> = http.websocket{ url = server:url("/bytes?bye=1&hex="
      .. hex(frame(MORE_TEXT, "abc") .. frame(0x00, "def") .. frame(0x80, "ghi")), "raw"),
      timeout = 20, max_message = 8 }
    assert.same({}, messages_of(socket))
    assert.equal(1009, (farewell()))
  end)

  local FINE <const> = {
    ["empty messages"] = { frame(TEXT) .. frame(BINARY) .. BYE, { "", "binary:" } },
    ["pings, pongs unasked, each of 125 bytes"] = {
      frame(PING, ("x"):rep(125)) .. frame(PONG, ("x"):rep(125)) .. frame(PONG) .. frame(TEXT, "a") .. BYE, { "a" },
    },
    ["empty fragments"] = { frame(MORE_TEXT) .. frame(0x00) .. frame(0x80, "a") .. BYE, { "a" } },
    ["a character cut between fragments"] = {
      frame(MORE_TEXT, "\xce") .. frame(PING, "p") .. frame(0x80, "\xba") .. BYE, { "\u{3ba}" },
    },
    ["fragments of one byte"] = {
      frame(0x02, "a") .. frame(0x00, "b") .. frame(0x00, "c") .. frame(0x80, "d") .. BYE, { "binary:abcd" },
    },
    ["what comes after a close"] = { BYE .. frame(TEXT, "late") .. "\xff\xff", {} },
    ["lengths of two heads"] = {
      frame(TEXT, ("x"):rep(125)) .. frame(TEXT, ("x"):rep(126)) .. BYE, { ("x"):rep(125), ("x"):rep(126) },
    },
  }
  for name, case in pairs(FINE) do
    it("are fine: " .. name, function()
      for _, step in ipairs{ 1000, 1, 2, 5 } do
        local socket <close> = open(case[1], step)
        assert.same(case[2], messages_of(socket))
        assert.equal(1000, assert(socket:result()).code)
        assert.equal(1000, (farewell()))
      end
    end)
  end

  it("close with each code that may be sent, which is sent back", function()
    for _, code in ipairs{ 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
      3000, 3999, 4000, 4999 } do
      local socket <close> = open(close(code, "bye \u{3ba}"), 3)
      assert.same({}, messages_of(socket))
      local ending = assert(socket:result())
      assert.same({ code, "bye \u{3ba}", true }, { ending.code, ending.reason, ending.is_clean })
      assert.equal(code, (farewell()))
    end
    local socket <close> = open(frame(0x88))
    assert.same({}, messages_of(socket))
    assert.equal(1005, assert(socket:result()).code)
  end)

  it("end in the middle: that is no close", function()
    for _, bytes in ipairs{ "", "\x81", frame(TEXT, "abc"):sub(1, 3), frame(MORE_TEXT, "abc") } do
      local socket <close> = open(bytes, nil, "&end=1")
      assert.same({}, messages_of(socket))
      local _, failure = socket:result()
      assert.equal("network", failure.kind)
    end
  end)

  it("come after a handshake that is held to", function()
    local function refusal(query)
      return select(2, pcall(http.websocket, { url = server:url("/bytes?end=1&" .. query, "raw"), timeout = 20 }))
    end
    for query, words in pairs{
      ["accept=x"] = "Sec%-WebSocket%-Accept", ["upgrade=h2c"] = "does not upgrade",
      ["header=Sec-WebSocket-Protocol:%20x"] = "subprotocol", ["header=Sec-WebSocket-Extensions:%20x"] = "extension",
      ["line=SSH-2.0"] = "HTTP/1.1", ["line=HTTP/1.1%20two"] = "HTTP/1.1",
      ["header=X:%20" .. ("x"):rep(200000)] = "more than",
    } do
      local failure = refusal(query)
      assert.equal("table", type(failure), query:sub(1, 50))
      assert.equal("protocol", failure.kind)
      assert.matches(words, failure.message)
    end
    local interim = "line=HTTP/1.1%20103%20Early%0D%0AX:%20y%0D%0A%0D%0AHTTP/1.1%20101%20x"
    local socket <close> = http.websocket{
      url = server:url("/bytes?" .. interim .. "&hex=" .. hex(BYE), "raw"), timeout = 20 }
    assert.equal(101, socket:head().status)
  end)
end)
