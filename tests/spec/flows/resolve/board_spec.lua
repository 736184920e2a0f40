--- What members are told: over a provider that answers when the test says so.
local bell = require("os2.run.bell")
local json = require("os2.json")
local resolve_board = require("os2.flows.resolve.board")
local task = require("os2.task")

describe("os2.flows.resolve.board", function()
  local told, members, asked, answered

  local FIRST <const>, SECOND <const> = { op = "page", page = 1 }, { op = "page", page = 2 }

  before_each(function() told, members, asked, answered = {}, {}, {}, {} end)

  -- Each answer has the number that the test gives it.
  local provider = {}
  function provider.page(_, page)
    asked[page] = asked[page] or bell.new()
    asked[page]:wait()
    return { { answer = answered[page] } }, page == 2
  end

  local relay = { sweep = function() end, members = function() return members end }
  function relay.answer(_, _, answers)
    local numbers = {}
    for _, answer in pairs(answers) do
      local page = json.decode(answer.text)
      numbers[page.is_last and 2 or 1] = page.items[1].answer
    end
    told[#told + 1] = table.concat(numbers, " ")
    return true
  end

  -- Answers a page, and returns once that was told of.
  local function answer(board, page, number)
    while not asked[page] do task.sleep(0) end
    answered[page] = number
    asked[page]:ring()
    board.published:wait()
  end

  local function with_board(fn)
    task.timeout(60, function()
      task.group(function(group) fn(resolve_board.new(provider, relay, group)) end)
    end)
  end

  it("tells of news for a part of the calls, when the other was asked later", function()
    with_board(function(board)
      members = { one = { FIRST } }
      board:serve()
      answer(board, 1, 1)
      asked = {}
      board:renew()
      board.published:wait()
      members = { one = { FIRST, SECOND } }
      board:serve()
      answer(board, 2, 7)
      answer(board, 1, 2)
    end)
    assert.same({ "1", "1 7", "2 7" }, told)
  end)

  it("tells of no news that is half of the old", function()
    with_board(function(board)
      members = { one = { FIRST, SECOND } }
      board:serve()
      answer(board, 1, 1)
      answer(board, 2, 1)
      asked = {}
      board:renew()
      board.published:wait()
      answer(board, 2, 2)
      answer(board, 1, 2)
    end)
    assert.same({ "1 1", "2 2" }, told)
  end)
end)
