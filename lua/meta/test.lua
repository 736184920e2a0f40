---@meta
--- Editor stubs of the global `test` in files of tests (`os2 test`).

---@class os2.test.ran
---@field code integer
---@field stdout string
---@field stderr string
---@field failure os2.Err?
---@field document table?  what --json printed

---@class os2.test.request
---@field op string  the operation
---@field api "daytona"|"toolbox"|"docker"
---@field params table
---@field status integer?

---@class os2.test.fault
---@field op string  the operation that fails
---@field status integer?
---@field message string?
---@field times integer?  by default always
---@field kind string?  an error without an answer: "network"

---@class os2.test.spec
---@field snapshots table[]?
---@field machines table[]?
---@field images table[]?
---@field containers table[]?
---@field faults os2.test.fault[]?
---@field handlers table<string, fun(world: os2.test.world, params: table): integer, any>?
---@field http? fun(request: table): table
---@field exec? fun(machine: table, command: string): {code: integer?, stdout: string?, stderr: string?}

---@class os2.test.world
---@field snapshots table[]
---@field machines table[]
---@field images table[]
---@field containers table[]
---@field requests os2.test.request[]
local World = {}

--- Returns how many requests called an operation.
---@param op string
---@return integer
function World:count_of(op) end

---@class os2.test
---@overload fun(name: string, fn: fun())
test = {}

--- Makes the Daytona and Docker to which the requests of this test go.
---@param spec? os2.test.spec
---@return os2.test.world
function test.world(spec) end

--- Runs a script beside the file of tests, or a command of os2's own.
---@param script string
---@param words? string[]
---@return os2.test.ran
function test.run(script, words) end

--- Sets variables of this test; false unsets one.
---@param variables table<string, string|false>
function test.env(variables) end

--- Fails unless two values are equal; tables are compared by what they hold.
---@param got any
---@param wanted any
function test.equal(got, wanted) end

--- Fails unless a text matches a Lua pattern.
---@param text string
---@param pattern string
function test.matches(text, pattern) end

--- Fails unless a function raises an error of that kind, or one whose message matches.
---@param wanted string?
---@param fn function
---@param ... any
---@return os2.Err
function test.raises(wanted, fn, ...) end
