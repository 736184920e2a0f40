--- os2.git held to git itself: status, list and what would be overwritten, for trees of all kinds.
---
--- A tree is a name and a shell script (its words: tests/lib/git_trees.sh) that makes the repository
--- r, with a branch "target" to go to. It is asked with the git program and without one. With
--- `untrusted`, libgit2 may refuse to answer, and says what would help. `reset_takes`: what a reset
--- would overwrite, too, and git's merge does not name. `without_git`: what libgit2 would remove.
local git_trees = require("tests.lib.git_trees")
local temporary = require("tests.lib.temporary")

local GROUPS <const> = { "ignore", "index", "names", "repositories", "filters", "places" }

-- Without a git program: the right answer, or none and the way to it.
local function assert_right_or_refused(expected, answers)
  for verb, answer in pairs(answers) do
    if not answer.failed then
      assert.same(expected[verb], answer, verb)
    else
      assert.equal("invalid", answer.kind, answer.failed)
      assert.matches("install git", answer.hint or "", 1, true)
    end
  end
end

local function with(names, further)
  local all = table.move(names, 1, #names, 1, {})
  table.move(further or {}, 1, #(further or {}), #all + 1, all)
  table.sort(all)
  return all
end

for _, group in ipairs(GROUPS) do
  describe("git trees, " .. group .. ":", function()
    local directory

    before_each(function() directory = temporary.directory() end)
    after_each(function() temporary.remove(directory) end)

    for _, tree in ipairs(require("tests.lib.git_trees." .. group)) do
      it(tree[1], function()
        git_trees.make(directory, tree[2])
        local expected = git_trees.expected(directory)
        expected.overwritten = with(expected.overwritten, tree.reset_takes)
        assert.same(expected, git_trees.answers(directory), "with the git program")
        expected.overwritten = with(expected.overwritten, tree.without_git)
        local without = git_trees.answers(directory, { PATH = "/nonexistent" })
        if tree.untrusted then return assert_right_or_refused(expected, without) end
        assert.same(expected, without, "without a git program")
      end)
    end
  end)
end
