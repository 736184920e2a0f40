---@meta
--- Editor stubs of the verbs that scripts have at hand; made by tools/rows.lua, not by hand.

---@alias os2.null userdata  JSON's null, to be sent: os2.json.null

---@class os2.http.response
---@field status integer
---@field headers table<string, string>  names in lower case
---@field body string
---@field elapsed number  seconds

---@class os2.clock
clock = {}

--- Seconds since 1970-01-01T00:00:00Z. Tests put their own function here.
---@return number
function clock.now(...) end

--- Seconds since some fixed moment; for lengths of time.
---@return number
function clock.monotonic(...) end

--- The UTC fields {year, month, day, hour, min, sec} of a moment; nil beyond what a calendar holds.
---@return table?
function clock.utc(...) end

--- The moment of UTC fields; nil when there is no such time (31 February, hour 24).
---@return integer?
function clock.time(...) end

--- A moment as "2026-01-11T19:30:45Z"; a part of a second is left out.
---@param seconds number
---@return string
function clock.iso(seconds) end

--- The moment of an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT"); nil when it is none.
--- Source: RFC 9110, 5.6.7, IMF-fixdate.
---@param text string
---@return integer?
function clock.parse_http(text) end

--- The moment of an ISO 8601 text in UTC ("2026-11-23T08:59:10.191Z"); nil when it is none.
---@param text string
---@return number?
function clock.parse_iso(text) end

---@class os2.daytona
---@field api daytona.api
---@field each daytona.each
daytona = {}

--- Gives the headers of every answer from now on to a function, which must not wait; nil ends it.
---@param fn? fun(headers: table<string, string>)
function daytona.observe(fn) end

--- Returns the names of all operations.
---@return string[]
function daytona.operations() end

--- The hatch: any request below the API's base. Returns the answer's value and the response.
---@param method string
---@param path string  "/snapshots"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any, table
function daytona.request(method, path, options) end

--- Whether there is a key to ask with.
---@return boolean
function daytona.is_available() end

--- Returns an iterator over all snapshots, own and shared, asking for pages as it goes.
--- `name` is the API's filter: a case-insensitive "contains" in which `%` and `_` are wildcards.
---@param query? {name: string?, sort: string?, order: string?, limit: integer?}
---@return fun(): table?
---@see daytona.api.get_all_snapshots
function daytona.snapshots(query) end

--- Returns the snapshot of this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_snapshot
function daytona.snapshot(id_or_name) end

--- Registers a snapshot and returns its record, whose state is not `active` yet. Raises `exists`,
--- `quota`, `denied`, `invalid`.
---@param fields table  the API's own: name, imageName, entrypoint, cpu, memory, disk, regionId, …
---@return table
function daytona.create_snapshot(fields) end

--- Deletes a snapshot; its name stays taken for some seconds more. Raises `not_found`, `denied`.
---@param id_or_name string
---@see daytona.api.remove_snapshot
function daytona.delete_snapshot(id_or_name) end

--- Makes an inactive snapshot usable again and returns its record. The API refuses within ten
--- minutes of the last change (`invalid`).
---@param id_or_name string
---@return table
function daytona.activate_snapshot(id_or_name) end

--- Makes a snapshot unusable without deleting it; frees its place in the quota.
---@param id_or_name string
function daytona.deactivate_snapshot(id_or_name) end

--- Returns the record of the key in use, {name, permissions, expiresAt, …}, whose value is masked,
--- and the response.
---@return table
---@return table response
---@see daytona.api.get_current_api_key
function daytona.key() end

--- Returns credentials for a push, good for one hour: {username, secret, registryUrl, project, …}.
---@param options? {regionId: string?}
---@return table
---@see daytona.api.get_transient_push_access
function daytona.push_access(options) end

--- Returns an iterator over all machines (the API calls them sandboxes), asking for pages as it
--- goes. A new one may be missing for a moment.
---@param query? table  the API's own: labels (a table), name, states, sort, order, limit, …
---@return fun(): table?
---@see daytona.api.list_sandboxes
function daytona.machines(query) end

--- Returns the machine of this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_sandbox
function daytona.machine(id_or_name) end

--- Asks a stopped or archived machine to start and returns its record; its state may be from
--- before. Raises `conflict` while another change is under way, `invalid` where it is not stopped.
---@param id_or_name string
---@return table
---@see daytona.api.start_sandbox
function daytona.start_machine(id_or_name) end

--- Asks a machine to stop and returns its record; its state may be from before. Raises `conflict`
--- while another change is under way, `invalid` where it does not run.
---@param id_or_name string
---@return table
---@see daytona.api.stop_sandbox
function daytona.stop_machine(id_or_name) end

--- Deletes a machine, also one that runs. Raises `not_found`, `conflict` while another change is
--- under way.
---@param id_or_name string
---@see daytona.api.delete_sandbox
function daytona.delete_machine(id_or_name) end

--- Returns the toolbox of a sandbox, which works inside of it: processes, sessions, files, git,
--- ports. `api.<operation>{…}` calls an operation, `request(method, path, options)` any other path;
--- both as in `daytona`. `begin(operation, params, options)` starts one whose answer or body comes
--- in pieces: logs are raw then. Each call puts the sandbox's auto-stop off.
---@param sandbox table|string  its record, or its id or name to ask for it
---@return {api: toolbox.api, request: fun(method: string, path: string, options: table?): any,
---  begin: fun(operation: string, params: table?, options: table): os2.client.rest.Transfer}
function daytona.toolbox(sandbox) end

---@class os2.docker
---@field api docker.api
docker = {}

--- Sends any request to the engine, below its API version; returns the decoded body and the answer,
--- raises for a status that is no success. Waits.
---@param method string
---@param path string  "/containers/json"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any body
---@return table response
function docker.request(method, path, options) end

--- Asks the engine who it is. Raises `unavailable` when none answers. Waits.
---@return os2.docker.engine
---@see docker.api.system_ping
function docker.ping() end

--- Lists a build context: what would be sent, without sending it. Waits. With `only`, nothing else
--- is sent but these files, and of them not what the ignore rules leave out.
---@param options {path: string, dockerfile: string?, only: string[]?}  the Dockerfile as seen from
---  here, the files from `path`
---@return os2.docker.context
function docker.context(options) end

--- Builds an image, with BuildKit where the engine has it. Returns a stream of events; its result
--- is {id = "sha256:…"}. Events:
---   {type="step", id, name, index?, total?, stage?, seconds?,
---    state="started"|"done"|"cached"|"error"}
---   {type="log", step, text}
---   {type="warning", text, url?}
---   {type="bytes", id, step?, current, total}: id is "context" while the context is sent
--- A failing step's last lines are in the error's `detail`. Closing the stream stops the build.
---@param options os2.docker.build_options
---@return os2.docker.stream
---@see docker.api.image_build
function docker.build(options) end

--- Pushes an image under its reference. Returns a stream of {type="bytes", layer, current, total}
--- and {type="layer", layer, state="preparing"|"waiting"|"done"|"exists"}; its result is
--- {digest, size, tag}. Without `auth` the credentials are those of Docker's config.
---@param options {ref: string, auth: table?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_push
function docker.push(options) end

--- Pulls an image. Returns a stream of {type="bytes", layer, current, total}; its result is {ref}.
---@param options {ref: string, auth: table?, platform: string?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_create
function docker.pull(options) end

--- Returns an image's description (ImageInspect). Raises `not_found`. Waits.
---@param ref string  reference or id
---@return table
---@see docker.api.image_inspect
function docker.image(ref) end

--- Returns the images here (ImageList) that fit: a reference with globs within its path segments,
--- and labels as a list of "key" and "key=value" or as a map. Waits.
---@param options? {reference: string?, labels: table?}
---@return table[]
---@see docker.api.image_list
function docker.images(options) end

--- Gives an image one more reference. Waits.
---@param image string  reference or id
---@param ref string  "registry/name:tag"
---@see docker.api.image_tag
function docker.tag(image, ref) end

--- Takes a reference away; an image without another one goes with it. Raises `not_found`. Waits.
---@param ref string
---@see docker.api.image_delete
function docker.untag(ref) end

--- Asks a registry, through the engine, about an image without pulling it (DistributionInspect):
--- {Descriptor = {mediaType, digest, size}, Platforms}. Raises `not_found`, `denied`. Waits.
---@param ref string
---@param options? {auth: table?}
---@return table
---@see docker.api.distribution_inspect
function docker.distribution(ref, options) end

--- Runs a command in a container: a stream of {stream = "stdout"|"stderr", data} whose result is
--- {code}. Raises `not_found`, `conflict` when the container does not run.
---@param name string  or id
---@param argv string[]
---@param options? {cwd: string?, env: table<string, string>?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_exec
function docker.exec(name, argv, options) end

--- Returns what a container has written so far, with `follow` also what it writes until it ends: a
--- stream of {stream, data}; `tail` gives the last lines only. Raises `not_found`.
---@param name string  or id
---@param options? {follow: boolean?, tail: integer?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_logs
function docker.logs(name, options) end

---@class os2.env
env = {}

--- Returns a variable, or nil when it is unset or empty.
---@param name string
---@return string?
function env.get(name) end

--- Returns the home directory, or nil when HOME is unset or empty. Raises an `invalid` error (exit
--- "config") for a relative one: what is kept there would be elsewhere in each directory.
---@return string?
function env.home() end

--- Returns a copy of the environment without what its name calls a secret.
---@return table<string, string>
function env.all() end

--- Conceals a value from now on, where its name calls it a secret (policy `secrets.names`): one
--- that was given otherwise than by the environment. So are the passwords of URLs in it.
---@param name string
---@param value string
function env.conceal(name, value) end

--- Returns text in which the values of those secret variables are "***": servers send back what
--- they were sent, and builds say what they run. So are the passwords of URLs.
---@param text string
---@return string
function env.masked(text) end

---@class os2.err
err = {}

--- Makes an error object.
---@param fields os2.Err
---@return os2.Err
function err.new(fields) end

--- Whether a value is an error object, of that kind where one is given.
---@param value any
---@param kind? os2.ErrKind
---@return boolean
function err.is(value, kind) end

--- Raises an error object; a second argument, as of `error`, is taken and ignored: the object says
--- where it belongs.
---@param e os2.Err
function err.raise(e) end

--- Turns what was raised into an error object: an object as it is, anything else as a bug.
---@param value any
---@return os2.Err
function err.from(value) end

--- Returns the exit code of an error object.
---@param e os2.Err
---@return integer
function err.exit_code(e) end

--- Returns the name of its exit code.
---@param e os2.Err
---@return string
function err.exit_name(e) end

--- Passes values on; raises the second where the first is nil and there is one: `nil, err` of the
--- library becomes what scripts see.
---@generic T
---@param value T
---@param e? os2.Err
---@return T
function err.check(value, e, ...) end

---@class os2.fs
fs = {}

--- Returns the whole content of a file. Raises `not_found`, `denied`.
---@param path string
---@return string
function fs.read(path) end

--- Writes a file so that a reader sees the old content or the new one, never a part.
---@param path string
---@param data string
---@param options? {mode: integer?}  permissions, by default 0644
function fs.write_atomic(path, data, options) end

--- Takes the exclusive advisory lock of a file (made when it is not there); waits while another
--- process or task holds it. The lock is freed by close, `<close>`, or the end of the process.
---@param path string
---@param options {timeout: number}  seconds; raises `timeout`
---@return {close: fun(self)}
function fs.lock(path, options) end

--- Returns a file's attributes (LuaFileSystem's: mode, size, modification, permissions, …), or nil
--- when there is no such file.
---@param path string
---@return table?
function fs.stat(path) end

--- Whether there is such a file or directory.
---@param path string
---@return boolean
function fs.exists(path) end

--- Removes a file; none there is well too.
---@param path string
function fs.remove(path) end

--- Returns the sorted names in a directory. Raises `not_found`, `invalid` (no directory), `denied`.
---@param path string
---@return string[]
function fs.list(path) end

--- Returns the absolute path without links and dots. Raises `not_found`.
---@param path string
---@return string
function fs.realpath(path) end

--- Makes a directory and what is missing above it; one that is there is well too.
--- Raises `exists` where something else is.
---@param path string
---@param mode? integer  permissions of what is made, by default 0755
function fs.mkdir_p(path, mode) end

--- Returns the mode of an attribute table's permissions: 0755 for "rwxr-xr-x".
---@param permissions string
---@return integer
function fs.mode_of(permissions) end

--- Changes the permissions of a file; of a link, those of what it leads to. Raises `not_found`,
--- `denied`.
---@param path string
---@param mode integer
function fs.chmod(path, mode) end

--- Whether we may make and remove files in a directory.
---@param path string
---@return boolean
function fs.takes_entries(path) end

--- Whether a standard stream (0, 1, 2) is a terminal.
---@param fd integer
---@return boolean
function fs.is_terminal(fd) end

--- Whether bytes wait on a standard stream (0) that is a pipe, a socket or a file. Reads nothing;
--- false for an open pipe without data yet, and for terminals and devices.
---@param fd integer
---@return boolean
function fs.has_input(fd) end

--- How many columns the terminal at a standard stream has; nil where it is no terminal.
---@param fd integer
---@return integer?
function fs.terminal_columns(fd) end

---@class os2.git
git = {}

--- Clones one branch of a repository, by default the server's default branch, into a directory
--- that is not there yet or empty. It appears when the clone is complete, or not at all.
--- Returns a stream of {type = "progress", phase = "receive"|"resolve"|"checkout", done, total,
--- bytes}; the result is {commit, branch, root}. With `on_progress` it waits and returns that.
--- With `depth` only that many commits come; such a clone cannot be fetched into.
--- Raises `not_found`, `exists`, `denied`, `quota`, `protocol`, and as `http.request` does.
---@param options {url: string, path: string, branch: string?, depth: integer?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|os2.git.head
function git.clone(options) end

--- Brings what a remote has, by default "origin": its configured branches, or the one named.
--- Changes no file; `git.reset` does. A stream as of `git.clone`; the result is {commit,
--- has_changed, moved_to}: the tip of the branch named, else of what the current branch follows.
---@param options {path: string, remote: string?, branch: string?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|{commit: string?, has_changed: boolean, moved_to: string?}
function git.fetch(options) end

--- Sets the current branch and all tracked files to a commit, "origin/main" or another revision;
--- what was changed in them is lost. With `branch` it goes to that local branch first, made where
--- it is missing and set where it is not, following the remote's of that name. Waits.
--- Untracked files stay. Where one stands in the way it raises `conflict` and nothing is changed;
--- with `overwrite` it goes.
---@param options {path: string, to: string, branch: string?, overwrite: boolean?,
---  timeout: number?, on_progress: function?}
---@return os2.git.head
function git.reset(options) end

--- Returns where the repository around a directory stands. Waits, as all below.
--- Raises `not_found` where there is none, `denied` where it is another user's.
---@param path string
---@return os2.git.look
function git.head(path) end

--- Returns where a local branch is, or nil where there is none of that name. `is_elsewhere` says
--- that another worktree is on it, so that this one cannot go there.
---@param path string
---@param name string
---@return {commit: string, is_elsewhere: boolean}?
function git.branch(path, name) end

--- Says whether a commit is among those that lead to another one, or is that one: what is at the
--- first loses nothing by going to the second. Raises `not_found` where one of them is not there.
---@param options {path: string, commit: string, of: string, timeout: number?}
---@return boolean
function git.is_ancestor(options) end

--- Returns what is in no commit and a reset to one would overwrite or remove, sorted: untracked
--- files, and directories that hold some where the commit has a file. What git ignores is left out,
--- as git overwrites it, too.
---@param options {path: string, to: string, timeout: number?}
---@return string[]
function git.overwritten(options) end

--- Returns what differs from the commit in the repository around a directory. A submodule at
--- another commit than the recorded one is modified; `without_submodules` looks at none.
---@param path string
---@param options? {without_submodules: boolean?}
---@return os2.git.status
function git.status(path, options) end

--- Says whether somebody has changed a tracked file, or what is to be committed: what a reset would
--- take away. Unlike `git.status` it passes over files that git calls modified though they are as a
--- checkout writes them (line ends or a filter that the commit itself does not follow), and over
--- submodules.
---@param path string
---@return boolean
function git.is_changed(path) end

--- Returns the files below a directory that git knows or would add: tracked, and untracked without
--- the ignored ones; relative to the directory. A tracked file may have been deleted. Of submodules
--- and other repositories in it their files are listed; of a submodule that was not brought, its
--- directory.
---@param path string
---@return string[]
function git.files(path) end

--- Returns the remotes of the repository around a directory, URLs without user and password.
---@param path string
---@return {name: string, url: string}[]
function git.remotes(path) end

--- Returns the references of a server's repository.
---@param options {url: string, credentials: table?, timeout: number?}
---@return {name: string, commit: string}[]
function git.ls_remote(options) end

--- Returns an entry of the repository's own configuration, or nil.
---@param path string
---@param key string  "user.name"
---@return string?
function git.config_get(path, key) end

--- Sets an entry of the repository's own configuration; nil takes it away.
---@param path string
---@param key string
---@param value string?
function git.config_set(path, key, value) end

---@class os2.hash
hash = {}

--- Returns the SHA-256 of bytes as 64 hex digits.
---@param data string
---@return string
function hash.sha256(data) end

---@class os2.http
http = {}

--- Sends a request and returns {status, headers (lower-case names), body, elapsed}. Raises
--- `network`,
--- `timeout`, `unavailable`, `denied` (certificate), `protocol`.
---@param options os2.http.options
---@return {status: integer, headers: table<string, string>, body: string, elapsed: number}
function http.request(options) end

--- Starts a request whose answer streams: `for chunk in stream do … end`, then `stream:result()`;
--- with
--- `mode = "lines"` an event is a whole line. `stream:head()` gives status and headers as soon as
--- they are there; the body of a failed answer is in the result. With `send = true` the body is
--- given in pieces: `stream:send(data)`, at the end `stream:send_end()`.
---@param options table  as for request, and idle_timeout, mode ("chunks"|"lines"), send, send_size
---@return userdata
function http.stream(options) end

---@class os2.json
json = {}

--- Marks a list as an array also when it is empty, and returns it.
---@param list? any[]
---@return any[]
function json.array(...) end

--- Returns the JSON text of a value; raises for what JSON cannot hold (functions, cycles, lists
--- with gaps, texts that are not UTF-8).
---@param value any
---@return string
function json.encode(...) end

--- Returns the value of a JSON text, nil for null; raises `protocol` when it is none.
---@param text string
---@param options? os2.json.decode_options
---@return any
function json.decode(text, options) end

---@class os2.policy
policy = {}

--- Says for which policy api a file was written. Comes first in a policy file.
---@param version integer
function policy.api(version) end

--- Registers a decision. Raises when the name is taken or the default breaks the entry's own rule.
---@param name string  group.word
---@param spec os2.policy.spec
function policy.define(name, spec) end

--- Keeps an older name of an entry working in policy files.
---@param old string
---@param name string  the entry's name
function policy.alias(old, name) end

--- Makes a value the answer of an entry. Raises when the value breaks the entry's rule.
---@param name string
---@param value any
---@param options? {why: string?}
function policy.set(name, value, options) end

--- Wraps an entry: the function gets `base` (asks what was in force before; called without facts it
--- gets the same ones) and the facts. A value instead of a function is the answer, as with `set`.
---@param name string
---@param value any|fun(base: fun(facts: table?): any, facts: table): any
---@param options? {why: string?}
function policy.override(name, value, options) end

--- Puts a step before another one. Raises on an unknown list or step, and on a name taken.
---@param name string  the list, such as "snapshot.steps"
---@param anchor string  the step that is there
---@param step os2.policy.step  {name = …, run = function(ctx) … end}
---@param options? {why: string?}
function policy.insert_before(name, anchor, step, options) end

--- Puts a step after another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function policy.insert_after(name, anchor, step, options) end

--- Puts a step in the place of another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function policy.replace(name, anchor, step, options) end

--- Takes a step out of a list. Raises on an unknown list or step.
---@param name string
---@param anchor string
---@param options? {why: string?}
function policy.drop(name, anchor, options) end

--- Says what is known to every later question: environment, prefix, git. Facts given with a
--- question win over these.
---@param facts table
function policy.set_facts(facts) end

--- Asks for a decision. Raises on an unknown name, and an `invalid` error (exit "config") when a
--- changed policy waits, fails or gives an answer that breaks the entry's rule.
---@param name string
---@param facts? table
---@return any answer  nil where the entry allows it, or with an error as `extra`
---@return any extra  what the policy says besides: why, details, an error
function policy.ask(name, facts) end

--- Raises the error of an answer, or of a list of steps, that a flow cannot go on with: it names
--- the policy and the file that set it, and is an `invalid` one (exit "config").
---@param name string
---@param message string  what was answered, the rule, and the way on
function policy.refuse(name, message) end

--- Returns the steps of a flow in order. A step without `run` is os2's own: its flow knows it by
--- name.
---@param name string
---@return os2.policy.step[] steps
---@return os2.base.shape? ctx  what they are given, where the list says it
function policy.steps(name) end

--- Loads every shipped policy. Asking loads what it needs by itself; listing needs all.
function policy.load_shipped() end

--- Loads the policy files in order: /etc/os2/policy.lua, the user's, then --policy FILE or
--- OS2_POLICY. Raises an `invalid` error (exit "config") that names file and line, unless there is
--- a list that takes the faults.
---@param options? os2.policy.sources_options
---@return string[] files  those that were there
function policy.load_sources(options) end

--- Returns every change in the order they were made: {name, action, value?, run?, anchor?, step?,
--- file, line?, why?, source?}. `source` is the policy file, nil for a script.
---@return table[]
function policy.changes() end

--- Returns a record of every entry, sorted by name; see `os2.policy.report`.
---@return table[]
function policy.list() end

--- Returns the record of one entry with its chain of changes, oldest first. The name is a person's:
--- an unknown one raises a `not_found` error.
---@param name string
---@return table
function policy.explain(name) end

--- Returns a text that changes when an entry of these groups decides differently: values and edits.
--- Where one was given a function, also all that this may look at: every other change, the text of
--- all policy files, and os2's own variables and those that `cache.variables` names. It may be long
--- and private: hash it.
---@param ... string  groups, such as "resolution"
---@return string
function policy.fingerprint(...) end

--- Returns every entry to what it ships with and forgets all else, for tests.
function policy.reset() end

---@class os2.proc
proc = {}

--- Starts a program as a stream: events are {stream = "stdout"|"stderr", data = bytes}, the result
--- is {code, signal?}; methods write, close_stdin, kill(signal), pid. Closing it kills the program.
---@param argv string[]
--- Streams are "pipe" (by default), "null" or "inherit"; `env` changes our environment, false takes
--- a variable away; with `group` it leads a process group, and signals go to the group.
---@param options? {env: table?, cwd: string?, stdin: string?, stdout: string?, stderr: string?,
---  group: boolean?, timeout: number?}
---@return userdata
function proc.spawn(argv, options) end

--- Runs a program to its end and returns {code, signal?, stdout, stderr}. A code other than 0 is an
--- answer, not an error. With `limit` it may write as many bytes at the most. Raises `not_found`
--- (no such program), `timeout`, `protocol` (more than that).
---@param argv string[]
---@param options {timeout: number, input: string?, env: table?, cwd: string?, stderr: string?,
---  limit: integer?}
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function proc.run(argv, options) end

---@class os2.task
task = {}

--- Waits.
---@param seconds number
function task.sleep(seconds) end

--- Returns a to-be-closed value that runs `fn` when its block ends, however it ends:
--- `local _ <close> = task.defer(function() … end)`. `fn` may wait, also when the task was
--- cancelled, and gets the error the block ended with, or nil. In a cancelled task it has as long
--- as `timeouts.cleanup` says, or the seconds given here where those are more.
---@param fn fun(failure: any)
---@param options? {timeout: number?}
---@return any
function task.defer(fn, options) end

--- Runs `fn(group)` and waits for all that it spawned. The first failure cancels the rest and is
--- raised. Returns what `fn` returned.
---@param fn fun(group: os2.Group): any
---@return any
function task.group(fn) end

--- Runs `fn(...)` for at most that time; afterwards it is cancelled and `timeout` is raised.
---@param seconds number
---@param fn function
---@return any
function task.timeout(seconds, fn, ...) end

--- Runs `fn(item, index)` for each item and keeps every result and failure, in the list's order.
---@param list any[]
---@param fn fun(item: any, index: integer): any
---@param options? {limit: integer?}  how many at once, by default all
---@return os2.Outcome[]
function task.map(list, fn, options) end

--- Calls `fn(...)` and returns its first value, nil, and its further values; or nil and the error
--- object that it raised. What is a bug, and the cancellation of this very task, is raised on.
---@param fn function
---@return any value
---@return os2.Err? failure
---@return any ...
function task.try(fn, ...) end

---@class os2
---@field version string
---@field clock os2.clock
---@field daytona os2.daytona
---@field docker os2.docker
---@field env os2.env
---@field err os2.err
---@field fs os2.fs
---@field git os2.git
---@field hash os2.hash
---@field http os2.http
---@field json os2.json
---@field policy os2.policy
---@field proc os2.proc
---@field task os2.task
os2 = {}
