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

--- Returns the seconds since 1970-01-01T00:00:00Z. Tests replace this function.
---@return number
function clock.now(...) end

--- Returns the seconds since an arbitrary fixed moment; for measuring durations.
---@return number
function clock.monotonic(...) end

--- Returns the UTC fields {year, month, day, hour, min, sec} of a moment, given in seconds since
--- 1970; nil when the year is out of range.
---@return table?
function clock.utc(...) end

--- Returns the moment, in seconds since 1970, of UTC fields {year, month, day, hour, min, sec}; nil
--- when no such time exists (31 February, hour 24).
---@return integer?
function clock.time(...) end

--- Returns a moment, given in seconds since 1970, as "2026-01-11T19:30:45Z"; fractions of a second
--- are dropped.
---@param seconds number
---@return string
function clock.iso(seconds) end

--- Returns the moment, in seconds since 1970, of an HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT");
--- nil when the text is not such a date. Source: RFC 9110, 5.6.7, IMF-fixdate.
---@param text string
---@return integer?
function clock.parse_http(text) end

--- Returns the moment, in seconds since 1970, of an ISO 8601 text in UTC
--- ("2026-11-23T08:59:10.191Z"); nil when the text is not such a time.
---@param text string
---@return number?
function clock.parse_iso(text) end

---@class os2.daytona
---@field api daytona.api
---@field each daytona.each
daytona = {}

--- Calls `fn` with the headers of every answer from now on. `fn` must not wait. nil ends it.
---@param fn? fun(headers: table<string, string>)
function daytona.observe(fn) end

--- Returns the names of all operations.
---@return string[]
function daytona.operations() end

--- Sends any request to a path below the API's base URL. Returns the decoded answer and the
--- response.
---@param method string
---@param path string  "/snapshots"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any, table
function daytona.request(method, path, options) end

--- Returns true when DAYTONA_API_KEY is set.
---@return boolean
function daytona.is_available() end

--- Returns an iterator over all snapshots, the organization's own and shared ones; pages are
--- requested as needed. `name` is the API's filter: a case-insensitive "contains" in which `%` and
--- `_` are wildcards.
---@param query? {name: string?, sort: string?, order: string?, limit: integer?}
---@return fun(): table?
---@see daytona.api.get_all_snapshots
function daytona.snapshots(query) end

--- Returns the snapshot with this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_snapshot
function daytona.snapshot(id_or_name) end

--- Registers a snapshot and returns its record, whose state is not yet `active`. Raises `exists`,
--- `quota`, `denied`, `invalid`.
---@param fields table  the API's own: name, imageName, entrypoint, cpu, memory, disk, regionId, …
---@return table
function daytona.create_snapshot(fields) end

--- Deletes a snapshot. Its name stays reserved for some seconds. Raises `not_found`, `denied`.
---@param id_or_name string
---@see daytona.api.remove_snapshot
function daytona.delete_snapshot(id_or_name) end

--- Activates an inactive snapshot and returns its record. Within ten minutes of the last change the
--- API refuses (`invalid`).
---@param id_or_name string
---@return table
function daytona.activate_snapshot(id_or_name) end

--- Deactivates a snapshot: it cannot be used, is not deleted, and no longer counts in the quota.
---@param id_or_name string
function daytona.deactivate_snapshot(id_or_name) end

--- Reads the log of a snapshot's build, line by line: `:chunks()` of what it returns iterates.
--- With `follow` it goes on until the image is built; a build that fails never ends it. Raises
--- `not_found` for what is no build, and while the builder has not begun.
---@param id string
---@param options? {follow: boolean?}
---@return os2.client.rest.Transfer
---@see daytona.api.get_snapshot_build_logs_url
function daytona.build_log(id, options) end

--- Returns the record of the API key in use, {name, permissions, expiresAt, …}, with the key's
--- value masked, and the response.
---@return table
---@return table response
---@see daytona.api.get_current_api_key
function daytona.key() end

--- Returns credentials for a push, valid for one hour: {username, secret, registryUrl, project, …}.
---@param options? {regionId: string?}
---@return table
---@see daytona.api.get_transient_push_access
function daytona.push_access(options) end

--- Returns an iterator over all machines (the API calls them sandboxes); pages are requested as
--- needed. A new machine may be missing for a moment.
---@param query? table  the API's own: labels (a table), name, states, sort, order, limit, …
---@return fun(): table?
---@see daytona.api.list_sandboxes
function daytona.machines(query) end

--- Returns the machine with this id or exact name. Raises `not_found`.
---@param id_or_name string
---@return table
---@see daytona.api.get_sandbox
function daytona.machine(id_or_name) end

--- Starts a stopped or archived machine and returns its record, whose state may still be the old
--- one. Raises `conflict` while another change is in progress, `invalid` when the machine is not
--- stopped.
---@param id_or_name string
---@return table
---@see daytona.api.start_sandbox
function daytona.start_machine(id_or_name) end

--- Stops a machine and returns its record, whose state may still be the old one. Raises `conflict`
--- while another change is in progress, `invalid` when the machine does not run.
---@param id_or_name string
---@return table
---@see daytona.api.stop_sandbox
function daytona.stop_machine(id_or_name) end

--- Deletes a machine, also a running one. Raises `not_found`, and `conflict` while another change
--- is in progress.
---@param id_or_name string
---@see daytona.api.delete_sandbox
function daytona.delete_machine(id_or_name) end

--- Returns a stream of what changes in the organization, as Daytona's notification gateway tells:
---
---     local events <close> = daytona.events{ types = { "snapshot.*" } }
---     for event in events do print(event.type, event.snapshot.name, event.old, event.new) end
---
--- An event is {type, snapshot | sandbox, old, new, at}: the record, the state before and after,
--- and when it came. The stream connects at its first event and again after each loss. Nothing is
--- replayed: `on_connect(number)` is called after each connect, for one look by request, and
--- `on_lost(failure, seconds)` before each pause. The values of environment variables are hidden
--- unless `has_env` is set. Raises `denied`, and `not_found` or `invalid` where no gateway is.
---@param options? table  types, snapshots, machines: lists of names, in which "*" stands for any
---  text; has_env; fields: as of `daytona.api`, of what the gateway sends; on_connect; on_lost
---@return os2.daytona.events.Stream
function daytona.events(options) end

--- Returns the toolbox of a sandbox, which acts inside the sandbox: processes, sessions, files,
--- git, ports. `api.<operation>{…}` calls an operation, and `request(method, path, options)` any
--- other path, both as in `daytona`. `begin(operation, params, options)` starts an operation whose
--- answer or body is streamed; logs are then raw. `socket(operation, params, options)` opens its
--- WebSocket, with the options of `http.websocket`; logs are raw there, too. Each call restarts the
--- sandbox's auto-stop interval.
---@param sandbox table|string  its record; or its id or name, with which the record is requested
---@return {api: toolbox.api, request: fun(method: string, path: string, options: table?): any,
---  begin: fun(operation: string, params: table?, options: table): os2.client.rest.Transfer,
---  socket: fun(operation: string, params: table?, options: table): userdata}
function daytona.toolbox(sandbox) end

---@class os2.docker
---@field api docker.api
docker = {}

--- Sends any request to the engine; the path is below the API version. Returns the decoded body and
--- the response. Raises for a status other than 2xx. Waits.
---@param method string
---@param path string  "/containers/json"
---@param options? {query: table?, body: any, headers: table?, timeout: number?}
---@return any body
---@return table response
function docker.request(method, path, options) end

--- Returns the engine's versions and platform. Raises `unavailable` when no engine answers. Waits.
---@return os2.docker.engine
---@see docker.api.system_ping
function docker.ping() end

--- Lists a build context: what would be sent, without sending it. Waits. With `only`, nothing else
--- is sent but these files, and of them not what the ignore rules leave out.
---@param options {path: string, dockerfile: string?, only: string[]?, args: table?,
---  platform: string?, target: string?}  the Dockerfile as seen from here, the files from `path`;
---  args, platform and target: those of the build, for what it takes of them
---@return os2.docker.context
function docker.context(options) end

--- Builds an image, with BuildKit where the engine has it. Returns a stream of events; its result
--- is {id = "sha256:…", bytes_sent, files_sent}: of the context, files_sent where the engine asks
--- for files (policy `docker.context_transport`) and not for a tar. Events:
---   {type="step", id, name, index?, total?, stage?, seconds?,
---    state="started"|"done"|"cached"|"error"}
---   {type="log", step, text}
---   {type="warning", text, url?}
---   {type="bytes", id, step?, current, total?}: id is "context" while the context is sent, with
---     a total where it is a tar
--- A failing step's last lines are in the error's `detail`. Closing the stream stops the build.
---@param options os2.docker.build_options
---@return os2.docker.stream
---@see docker.api.image_build
function docker.build(options) end

--- Opens what a build elsewhere takes of a directory: see `os2.docker.nested_context`.
---@param options {path: string, dockerfile: string, only: string[]?, platform: string?}
---@return os2.docker.nested_context
function docker.nested_context(options) end

--- Returns the error of a build that another engine made and whose log was read.
---@param message string  the engine's
---@param step table?  {name, index, total}: the one that failed
---@param tail string?  the last lines of the log
---@return os2.Err
function docker.build_failure(message, step, tail) end

--- Returns what keeps the last lines of a log (policy `limits.step_output`).
---@return os2.docker.step_output
function docker.kept_output() end

--- Pushes an image to the registry of its reference. Returns a stream of {type="bytes", layer,
--- current, total} and {type="layer", layer, state="preparing"|"waiting"|"done"|"exists"}; its
--- result is {digest, size, tag}. Without `auth` the credentials are those of Docker's
--- configuration. `timeout` in seconds.
---@param options {ref: string, auth: table?, timeout: number?, on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_push
function docker.push(options) end

--- Pulls an image. Returns a stream of {type="bytes", layer, current, total}; its result is {ref}.
--- `auth` and `timeout` as in `docker.push`.
---@param options {ref: string, auth: table?, platform: string?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.image_create
function docker.pull(options) end

--- Returns the description of an image (ImageInspect). Raises `not_found`. Waits.
---@param ref string  a reference or an id
---@return table
---@see docker.api.image_inspect
function docker.image(ref) end

--- Returns the engine's images (ImageList) that match: `reference` may have globs inside its path
--- segments, `labels` is a list of "key" and "key=value", or a map. Waits.
---@param options? {reference: string?, labels: table?}
---@return table[]
---@see docker.api.image_list
function docker.images(options) end

--- Adds a reference to an image. Waits.
---@param image string  a reference or an id
---@param ref string  "registry/name:tag"
---@see docker.api.image_tag
function docker.tag(image, ref) end

--- Removes a reference. When it was the last one, the image is deleted. Raises `not_found`. Waits.
---@param ref string
---@see docker.api.image_delete
function docker.untag(ref) end

--- Returns a registry's description of an image, which the engine requests without pulling the
--- image (DistributionInspect): {Descriptor = {mediaType, digest, size}, Platforms}. Raises
--- `not_found`, `denied`. Waits.
---@param ref string
---@param options? {auth: table?}
---@return table
---@see docker.api.distribution_inspect
function docker.distribution(ref, options) end

--- Runs a command in a container. Returns a stream of {stream = "stdout"|"stderr", data}; its
--- result is {code}. `timeout` in seconds. Raises `not_found`, and `conflict` when the container
--- does not run.
---@param name string  the container's name or id
---@param argv string[]
---@param options? {cwd: string?, env: table<string, string>?, timeout: number?,
---  on_progress: function?}
---@return os2.docker.stream
---@see docker.api.container_exec
function docker.exec(name, argv, options) end

--- Returns the output of a container as a stream of {stream, data}: what it has written so far, and
--- with `follow` also what it writes until it ends. `tail` limits it to the last lines. `timeout`
--- in seconds. Raises `not_found`.
---@param name string  the container's name or id
---@param options? {follow: boolean?, tail: integer?, since: number?, timeout: number?, on_progress:
---  function?}  since: seconds since the epoch
---@return os2.docker.stream
---@see docker.api.container_logs
function docker.logs(name, options) end

---@class os2.env
env = {}

--- Returns the value of a variable; nil when it is unset or empty.
---@param name string
---@return string?
function env.get(name) end

--- Returns the home directory; nil when HOME is unset or empty. Raises `invalid` (exit "config")
--- when HOME is relative, because it would name another place in each directory.
---@return string?
function env.home() end

--- Returns a copy of the environment without the variables whose name marks them as secret (policy
--- `secrets.names`).
---@return table<string, string>
function env.all() end

--- Sets a variable of os2's own environment, which the programs that it starts later inherit.
---@param name string
---@param value string  without zero bytes
function env.set(name, value) end

--- Masks a value from now on if its name marks it as secret (policy `secrets.names`), and the
--- passwords of URLs in it. For values that do not come from the environment.
---@param name string
---@param value string
function env.conceal(name, value) end

--- Returns the text with the values of secret variables, and the passwords of URLs, replaced by
--- "***". Servers repeat what they were sent, and builds print what they run.
---@param text string
---@return string
function env.masked(text) end

---@class os2.err
err = {}

--- Makes an error object. Raises for an unknown field or kind.
---@param fields os2.Err
---@return os2.Err
function err.new(fields) end

--- Returns true when a value is an error object, and of this kind when one is given.
---@param value any
---@param kind? os2.ErrKind
---@return boolean
function err.is(value, kind) end

--- Raises an error object. A second argument (the level of `error`) is ignored: the object says
--- where the error belongs.
---@param e os2.Err
function err.raise(e) end

--- Returns the error object for a value that was raised: an error object unchanged, any other value
--- as a bug (`internal`). A table is written with its fields.
---@param value any
---@return os2.Err
function err.from(value) end

--- Returns the exit code of an error object.
---@param e os2.Err
---@return integer
function err.exit_code(e) end

--- Returns the name of the exit code of an error object.
---@param e os2.Err
---@return string
function err.exit_name(e) end

--- Returns its arguments, or raises the second one when the first one is nil and the second one is
--- not: it turns the library's `nil, err` into what scripts see.
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

--- Writes a file atomically: a reader sees the old content or the new content, never a part. Raises
--- `not_found` (no such directory), `denied`.
---@param path string
---@param data string
---@param options? {mode: integer?}  the file's permissions, by default 0644
function fs.write_atomic(path, data, options) end

--- Takes the exclusive advisory lock of a file, which is created when it does not exist. Waits
--- while another process or task holds the lock. `close`, `<close>` and the end of the process
--- release it. Raises `timeout`.
---@param path string
---@param options {timeout: number}  seconds
---@return {close: fun(self)}
function fs.lock(path, options) end

--- Returns the attributes of a file (LuaFileSystem's: mode, size, modification, permissions, …);
--- nil when there is no such file.
---@param path string
---@return table?
function fs.stat(path) end

--- Returns true when there is a file or directory at the path.
---@param path string
---@return boolean
function fs.exists(path) end

--- Removes a file. It is no error when the file does not exist. Raises `denied`.
---@param path string
function fs.remove(path) end

--- Returns the sorted names in a directory. Raises `not_found`, `denied`, and `invalid` when the
--- path is not a directory.
---@param path string
---@return string[]
function fs.list(path) end

--- Returns the absolute path without symbolic links and dots. Raises `not_found`.
---@param path string
---@return string
function fs.realpath(path) end

--- Makes a directory and its missing parents. It is no error when the directory exists. Raises
--- `exists` when something else is at the path.
---@param path string
---@param mode? integer  permissions of the directories that are made, by default 0755
function fs.mkdir_p(path, mode) end

--- Returns the mode that the permissions of an attribute table mean: 0755 for "rwxr-xr-x".
---@param permissions string
---@return integer
function fs.mode_of(permissions) end

--- Changes the permissions of a file; for a symbolic link, those of its target. Raises `not_found`,
--- `denied`.
---@param path string
---@param mode integer
function fs.chmod(path, mode) end

--- Returns true when this user may create and remove files in a directory.
---@param path string
---@return boolean
function fs.takes_entries(path) end

--- Returns true when a standard stream (0, 1, 2) is a terminal.
---@param fd integer
---@return boolean
function fs.is_terminal(fd) end

--- Returns true when a standard stream (0) that is a pipe, a socket or a file has bytes to read.
--- Reads nothing. Returns false for an open pipe without data, and for terminals and devices.
---@param fd integer
---@return boolean
function fs.has_input(fd) end

--- Returns the number of columns of the terminal at a standard stream; nil when it is not a
--- terminal.
---@param fd integer
---@return integer?
function fs.terminal_columns(fd) end

---@class os2.git
git = {}

--- Clones one branch of a repository, by default the server's default branch, into a directory that
--- does not exist or is empty. The directory appears when the clone is complete, or not at all.
--- Returns a stream of {type = "progress", phase = "receive"|"resolve"|"checkout", done, total,
--- bytes}; its result is {commit, branch, root}. With `on_progress` it waits and returns the
--- result. With `depth` the history has that many commits; such a clone cannot be fetched into.
--- `timeout` in seconds. Raises `not_found`, `exists`, `denied`, `quota`, `protocol`, and the
--- errors of `http.request`.
---@param options {url: string, path: string, branch: string?, depth: integer?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|os2.git.head
function git.clone(options) end

--- Fetches from a remote, by default "origin": its configured branches, or the branch that is
--- named. Changes no file of the working tree; `git.reset` does. Returns a stream as `git.clone`
--- does; its result is {commit, has_changed, moved_to}, where `commit` is the tip of the named
--- branch, or of the upstream of the current branch.
---@param options {path: string, remote: string?, branch: string?, credentials: table?,
---  timeout: number?, on_progress: function?}
---@return os2.git.stream|{commit: string?, has_changed: boolean, moved_to: string?}
function git.fetch(options) end

--- Sets the current branch and all tracked files to a commit ("origin/main" or another revision).
--- Changes in tracked files are lost. With `branch` it switches to that local branch first: it is
--- created when it does not exist, moved when it does, and follows the remote's branch of the same
--- name. Untracked files stay. When the commit has a file at the path of an untracked one, it
--- raises `conflict` and changes nothing; with `overwrite` the untracked file is replaced. Waits.
---@param options {path: string, to: string, branch: string?, overwrite: boolean?,
---  timeout: number?, on_progress: function?}
---@return os2.git.head
function git.reset(options) end

--- Returns the head of the repository that contains a directory. Waits, as all verbs below do.
--- Raises `not_found` when there is no repository, `denied` when it belongs to another user.
---@param path string
---@return os2.git.look
function git.head(path) end

--- Returns the commit of a local branch; nil when there is no such branch. `is_elsewhere` is true
--- when another worktree has the branch checked out, so that this one cannot switch to it.
---@param path string
---@param name string
---@return {commit: string, is_elsewhere: boolean}?
function git.branch(path, name) end

--- Returns true when `commit` is an ancestor of `of`, or the same commit: a move from `commit` to
--- `of` then loses no commit. Raises `not_found` when one of them does not exist.
---@param options {path: string, commit: string, of: string, timeout: number?}
---@return boolean
function git.is_ancestor(options) end

--- Returns the sorted paths that are in no commit and that a reset to a commit would overwrite or
--- remove: untracked files, and directories with untracked files where the commit has a file.
--- Ignored files are left out, because git overwrites them, too.
---@param options {path: string, to: string, timeout: number?}
---@return string[]
function git.overwritten(options) end

--- Returns the differences between the working tree and the commit, in the repository that contains
--- a directory. A submodule at another commit than the recorded one is "modified"; with
--- `without_submodules` no submodule is looked at.
---@param path string
---@param options? {without_submodules: boolean?}
---@return os2.git.status
function git.status(path, options) end

--- Returns true when somebody has changed a tracked file or the index, that is, when a reset would
--- lose changes. Unlike `git.status` it ignores submodules, and files that git reports as modified
--- although their content is what a checkout writes (the commit does not follow its own line ends
--- or filters).
---@param path string
---@return boolean
function git.is_changed(path) end

--- Returns the files below a directory that are tracked, or untracked and not ignored; the paths
--- are relative to the directory. A tracked file in the list may have been deleted. For submodules
--- and other repositories inside, their files are listed; for a submodule that was not checked out,
--- its directory.
---@param path string
---@return string[]
function git.files(path) end

--- Returns the remotes of the repository that contains a directory; their URLs have no user and
--- password.
---@param path string
---@return {name: string, url: string}[]
function git.remotes(path) end

--- Returns the references of a repository on a server. `timeout` in seconds.
---@param options {url: string, credentials: table?, timeout: number?}
---@return {name: string, commit: string}[]
function git.ls_remote(options) end

--- Returns an entry of the repository's own configuration; nil when it is not set.
---@param path string
---@param key string  "user.name"
---@return string?
function git.config_get(path, key) end

--- Sets an entry of the repository's own configuration; nil removes the entry.
---@param path string
---@param key string
---@param value string?
function git.config_set(path, key, value) end

---@class os2.hash
hash = {}

--- Returns the SHA-256 digest of a string as 64 hexadecimal digits.
---@param data string
---@return string
function hash.sha256(data) end

---@class os2.http
http = {}

--- Sends a request and returns {status, headers (with lower-case names), body, elapsed (seconds)}.
--- Raises `network`, `timeout`, `unavailable`, `denied` (certificate), `protocol`.
---@param options os2.http.options
---@return {status: integer, headers: table<string, string>, body: string, elapsed: number}
function http.request(options) end

--- Starts a request whose answer is a stream: `for chunk in stream do … end`, then
--- `stream:result()`. With `mode = "lines"` each event is a whole line. `stream:head()` returns
--- status and headers as soon as they have arrived. The body of an answer other than 2xx is in the
--- result. With `send = true` the request's body is given in pieces: `stream:send(data)` for each,
--- then `stream:send_end()`.
---@param options table  as for `http.request`, and idle_timeout (seconds), mode ("chunks"|"lines"),
---  send, send_size (bytes)
---@return userdata
function http.stream(options) end

--- Opens a WebSocket, waits until it is open, and returns it:
---
---     local socket <close> = http.websocket{ url = "wss://example.com/feed", timeout = 60 }
---     assert(socket:send("hello"))               -- a text; send(data, "binary") for bytes
---     for data, kind in socket do print(kind, data) end    -- kind: "text" or "binary"
---     local ending = assert(socket:result())     -- {code, reason, is_clean}
---
--- The loop ends when the connection does; `result()` then returns how, or nil and an error:
--- `network` (it ended without a close), `protocol` (the server breaks the protocol, or a message
--- is larger than max_message), `timeout`. `send(data, kind)` and `ping()` return true, or nil and
--- an error; send waits while the server is slow, ping until its pong comes. `close(code, reason)`
--- closes, waits for the server's close (policy `timeouts.websocket_close`) and returns the result;
--- `close()` drops the connection at once. `head()` returns {status, headers, protocol}. A refusal
--- raises with `status` and `response`.
---@param options table  url (ws, wss, http or https), headers, subprotocols (a list),
---  connect_timeout (seconds until it is open), timeout (seconds for the whole connection, by
---  default policy `timeouts.websocket` unless idle_timeout is given), idle_timeout (seconds
---  without a byte from the server), max_message (bytes, by default policy `http.max_message`),
---  response_limit (bytes of a refusal's body), unix_socket, proxy (false: none)
---@return userdata
function http.websocket(options) end

---@class os2.json
json = {}

--- Marks a list so that it is encoded as an array even when it is empty, and returns it.
---@param list? any[]
---@return any[]
function json.array(...) end

--- Returns the JSON text of a value. Raises for a value that JSON cannot represent (functions,
--- cycles, lists with gaps, strings that are not UTF-8).
---@param value any
---@return string
function json.encode(...) end

--- Returns the value of a JSON text; nil for null. Raises `protocol` when the text is not JSON.
---@param text string
---@param options? os2.json.decode_options
---@return any
function json.decode(text, options) end

---@class os2.machines
machines = {}

--- Makes a machine from a snapshot, by default from the newest usable one of the prefix. Returns
--- its record once it has started. With `wait_healthy` its port 3000 answers then, and the record
--- has `url`. With `count` it makes so many, and returns the list of all of them besides. After a
--- failure it deletes what it has made, and raises. `auto_stop` and `auto_delete` are minutes,
--- `timeout` is seconds; `yes` allows more machines than `machine.ask_above`.
---@param options? {provider: string?, prefix: string?, snapshot: string?, name: string?,
---  env: table<string, string>?, env_files: string[]?, labels: table<string, string>?,
---  public: boolean?, auto_stop: integer?, auto_delete: integer?, region: string?,
---  count: integer?, limit: integer?, wait_healthy: boolean?, timeout: number?, yes: boolean?}
---@return os2.machine
---@return os2.machine[]
function machines.create(options) end

--- Returns the record of a machine. Raises `not_found`.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function machines.get(machine, options) end

--- Iterates over the machines that are selected, in any number: a page is requested when it is
--- reached. A page that fails raises, so a list that ends is complete. `not_latest` selects those
--- whose snapshot is older than the newest of its prefix, `older_than` those that were made so many
--- seconds ago; `all` adds those that are deleted and not gone yet.
---@param options? {provider: string?, labels: table<string, string>?, snapshot: string?,
---  not_latest: boolean?, older_than: number?, all: boolean?}
---@return fun(): os2.machine?
function machines.list(options) end

--- Starts a machine and waits until it has started. One that has started is left alone.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function machines.start(machine, options) end

--- Stops a machine and waits until it has stopped. One that has stopped is left alone.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function machines.stop(machine, options) end

--- Stops a machine and moves it to object storage, where it does not count in the quota. The local
--- engine has no such thing, and refuses.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine
function machines.archive(machine, options) end

--- Deletes a machine and waits until it is gone. Raises `not_found` when there is none.
---@param machine string|os2.machine
---@param options? {provider: string?}
---@return os2.machine  its last record, with the state "deleted"
function machines.delete(machine, options) end

--- Runs a command in a machine, without a shell, and returns {code, stdout, stderr, is_cut} when it
--- has ended. A code other than 0 is an answer, not an error. Of each stream the first
--- `machine.output_limit` bytes are kept; with `on_output(stream, data)` they are passed on as they
--- come, and the result has the code only. `input` is what the command reads on stdin, by default
--- nothing. `timeout` in seconds. Raises `conflict` for a machine that is not started.
---@param machine string|os2.machine
---@param argv string[]
---@param options? {provider: string?, cwd: string?, timeout: number?, input: string?,
---  on_output: fun(stream: "stdout"|"stderr", data: string)?}
---@return {code: integer, stdout: string?, stderr: string?, is_cut: boolean?}
function machines.exec(machine, argv, options) end

--- Returns what a machine's own program has written, as {stdout, stderr, is_cut}: the last `tail`
--- lines, what is younger than `since` seconds, or all. With `on_output(stream, data)` it is passed
--- on as it comes, with `follow` until the program ends.
---@param machine string|os2.machine
---@param options? {provider: string?, follow: boolean?, tail: integer?, since: number?,
---  on_output: fun(stream: "stdout"|"stderr", data: string)?}
---@return {stdout: string?, stderr: string?, is_cut: boolean?}
function machines.logs(machine, options) end

--- Copies a file or directory between this machine and a machine, as `os2 machine cp` does: one of
--- both places is "NAME:PATH". A file replaces only a file, and a directory is merged into a
--- directory; `exists` is raised otherwise.
---@param source string
---@param target string
---@param options? {provider: string?}
function machines.cp(source, target, options) end

--- Returns the address of a machine's port, by default 3000: `url`, and `headers` that a private
--- port wants. With `signed` the address works for anybody for so many seconds, without a header.
---@param machine string|os2.machine
---@param options? {provider: string?, port: integer?, signed: integer?}
---@return {url: string, port: integer, token: string?, headers: table<string, string>}
function machines.url(machine, options) end

--- Waits until a machine's port answers its health path with 200, and returns the URL. Raises
--- `timeout` after `timeout` seconds (by default `timeouts.machine_healthy`).
---@param machine string|os2.machine
---@param options? {provider: string?, timeout: number?}
---@return string url
function machines.wait_healthy(machine, options) end

---@class os2.policy
policy = {}

--- Declares the policy api version for which a file was written. Must be the first call in a policy
--- file. Raises for any version but the current one.
---@param version integer
function policy.api(version) end

--- Registers a decision. Raises when the name is taken, or when the default breaks the entry's own
--- rule.
---@param name string  "group.word"
---@param spec os2.policy.spec
function policy.define(name, spec) end

--- Keeps a deprecated name of an entry working in policy files, which warn where they use it.
---@param old string
---@param name string  the entry's current name
function policy.alias(old, name) end

--- Sets the value of an entry. Raises when the value breaks the entry's rule.
---@param name string
---@param value any
---@param options? {why: string?}
function policy.set(name, value, options) end

--- Overrides an entry with a function, which gets `base` and the facts. `base` calls the previous
--- decision; without an argument it passes the same facts on. A value instead of a function acts as
--- with `set`.
---@param name string
---@param value any|fun(base: fun(facts: table?): any, facts: table): any
---@param options? {why: string?}
function policy.override(name, value, options) end

--- Inserts a step before another one. Raises for an unknown list or step, and when the new name is
--- taken.
---@param name string  the list, such as "snapshot.steps"
---@param anchor string  the name of an existing step
---@param step os2.policy.step  {name = …, run = function(ctx) … end}
---@param options? {why: string?}
function policy.insert_before(name, anchor, step, options) end

--- Inserts a step after another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function policy.insert_after(name, anchor, step, options) end

--- Replaces a step by another one; otherwise as `insert_before`.
---@param name string
---@param anchor string
---@param step os2.policy.step
---@param options? {why: string?}
function policy.replace(name, anchor, step, options) end

--- Removes a step from a list. Raises for an unknown list or step.
---@param name string
---@param anchor string
---@param options? {why: string?}
function policy.drop(name, anchor, options) end

--- Sets facts that every later decision gets: environment, prefix, git. Facts that are passed to
--- `ask` take precedence.
---@param facts table
function policy.set_facts(facts) end

--- Sets the facts that every later decision gets, and forgets all others; for decisions about
--- another run than this one. Without `env` the variables of this run are taken.
---@param facts table
function policy.replace_facts(facts) end

--- Returns where the answer of a decision comes from: "file:line" of the last change, or of the
--- shipped default.
---@param name string
---@return string
function policy.place_of(name) end

--- Returns the answer of a decision. Raises for an unknown name, and raises `invalid` (exit
--- "config") when a changed policy waits, fails, or gives an answer that breaks the entry's rule.
---@param name string
---@param facts? table
---@return any answer  nil when the entry allows it, or when `extra` is an error
---@return any extra  the policy's second value: a reason, details, or an error
function policy.ask(name, facts) end

--- Raises an `invalid` error (exit "config") about an answer, or a list of steps, that a flow
--- cannot use. The error names the policy and the file that set it.
---@param name string
---@param message string  the answer, the rule it breaks, and what to do
function policy.refuse(name, message) end

--- Returns the steps of a flow in order. A step without `run` is one of os2's own: its flow finds
--- the function by the name.
---@param name string
---@return os2.policy.step[] steps
---@return os2.base.shape? ctx  what the steps get, when the list declares it
function policy.steps(name) end

--- Loads every shipped policy. `ask` loads what it needs by itself; a list needs all of them.
function policy.load_shipped() end

--- Loads the policy files in order: /etc/os2/policy.lua, the user's, then --policy FILE or
--- OS2_POLICY. Raises `invalid` (exit "config") with file and line, unless `faults` receives the
--- errors.
---@param options? os2.policy.sources_options
---@return string[] files  the files that exist
function policy.load_sources(options) end

--- Runs a file of tests of policies, in the environment of policy files: they have no I/O and
--- cannot wait. `take` gets each test's name, and why it failed, with file and line.
---@param path string
---@param take fun(name: string, why: string?)
function policy.run_tests(path, take) end

--- Returns all changes in the order in which they were made: {name, action, value?, run?, anchor?,
--- step?, file, line?, why?, source?}. `source` is the policy file; nil for a script.
---@return table[]
function policy.changes() end

--- Returns a record of every entry, sorted by name; the fields are in `os2.policy.report`.
---@return table[]
function policy.list() end

--- Returns the record of one entry with its changes, oldest first. Raises `not_found` for an
--- unknown name, because a person has typed it.
---@param name string
---@param is_whole? boolean  also its example, and the text of a shipped function
---@return table
function policy.explain(name, is_whole) end

--- Returns a text that changes when an entry of these groups decides differently: its value or its
--- edits. When an entry was overridden with a function, the text also contains everything that the
--- function may use: all other changes, the text of all policy files, os2's own variables and those
--- of policy `cache.variables`. The text may be long and private, so hash it.
---@param ... string  groups, such as "resolution"
---@return string
function policy.fingerprint(...) end

--- Restores every entry to its shipped state and forgets all facts; for tests.
function policy.reset() end

---@class os2.proc
proc = {}

--- Starts a program and returns a stream of {stream = "stdout"|"stderr", data = bytes}; its result
--- is {code, signal?}. Its methods are write, close_stdin, kill(signal) and pid. Closing it kills
--- the program. Raises `not_found` when there is no such program.
--- stdin, stdout and stderr are "pipe" (the default), "null" or "inherit". `env` changes the
--- environment; the value false removes a variable. With `group` the program leads a process group,
--- and signals go to the group. `timeout` in seconds.
---@param argv string[]
---@param options? {env: table?, cwd: string?, stdin: string?, stdout: string?, stderr: string?,
---  group: boolean?, timeout: number?}
---@return userdata
function proc.spawn(argv, options) end

--- Runs a program to its end and returns {code, signal?, stdout, stderr}. A code other than 0 is an
--- answer, not an error. `timeout` in seconds, `limit` in bytes of output. Raises `not_found` (no
--- such program), `timeout`, and `protocol` when the output exceeds `limit`.
---@param argv string[]
---@param options {timeout: number, input: string?, env: table?, cwd: string?, stderr: string?,
---  limit: integer?}
---@return {code: integer, signal: integer?, stdout: string, stderr: string}
function proc.run(argv, options) end

---@class os2.snapshots
snapshots = {}

--- Iterates over the snapshots of a prefix, the newest first, or of all with `all_prefixes`; a page
--- is requested when it is reached. A page that fails raises, so a list that ends is complete. With
--- `machines` each record says how many machines name it, for which their list is read first.
---@param options? {provider: string?, prefix: string?, all_prefixes: boolean?, machines: boolean?}
---@return fun(): os2.snapshot?
function snapshots.list(options) end

--- Returns all about a snapshot: the fields of a list, and `image`, `ref`, `cpu`, `memory`, `disk`,
--- `machines`, `marks`. Raises `not_found`.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return os2.snapshot
function snapshots.get(snapshot, options) end

--- Returns what `os2 resolve` answers: the newest usable snapshot of the prefix, {name, id, state,
--- prefix, created_at, cached, age, stale, pinned}. The answer may come from the cache; `refresh`
--- asks anew, and `fresh` also refuses an old answer while the API is unavailable. Raises
--- `not_found` when there is none.
---@param options? {provider: string?, prefix: string?, region: string?, fresh: boolean?,
---  refresh: boolean?}
---@return {name: string, id: string, state: string, prefix: string, created_at: string,
---  cached: boolean, age: number, stale: boolean, pinned: boolean}
function snapshots.newest(options) end

--- Makes a snapshot as `os2 snapshot` does, by default from sandbox/Dockerfile, and returns its
--- document: {name, id, state, image, digest, content, commit, reused, skipped, …}. The options are
--- those of the command, with underscores; `build_args` and `labels` are tables.
---@param options? {provider: string?, prefix: string?, name: string?, dockerfile: string?,
---  context: string?, context_from: string?, build_args: table<string, string>?,
---  labels: table<string, string>?, target: string?, platform: string?, no_cache: boolean?,
---  pull: boolean?, remote: boolean?, cpu: integer?, memory: integer?, disk: integer?,
---  gpu: integer?, entrypoint: string[]?, regions: string[]?, image: string?, push: boolean?,
---  also: string[]?, verify: boolean?, timeout: number?, on_newer: string?, on_timeout: string?,
---  if_changed: boolean?, allow_dirty: boolean?, run_key: string?, dry_run: boolean?}
---@return {name: string, id: string?, state: string?, [string]: any}
function snapshots.make(options) end

--- Registers a snapshot's image under the prefix of another environment, as `os2 snapshot promote`
--- does, and returns its document: {name, id, state, source, reused, skipped, …}. `to` is an
--- environment, such as "stg", or a prefix.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options {to: string, provider: string?, on_newer: string?, verify: boolean?,
---  allow_dirty: boolean?, cpu: integer?, memory: integer?, disk: integer?, region: string?,
---  timeout: number?, also: string[]?, dry_run: boolean?}
---@return {name: string, id: string?, state: string?, source: string, [string]: any}
function snapshots.promote(snapshot, options) end

--- Goes back to an image that was good, as `os2 snapshot rollback` does, and returns its document:
--- {name, good, bad, deactivated, already, …}. `to` names the good snapshot.
---@param options? {to: string?, prefix: string?, provider: string?, allow_unhealthy: boolean?,
---  cpu: integer?, memory: integer?, disk: integer?, region: string?, timeout: number?,
---  also: string[]?, dry_run: boolean?}
---@return {name: string, good: string, bad: string?, [string]: any}
function snapshots.rollback(options) end

--- Makes an inactive snapshot usable again, and waits until it is active.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return os2.snapshot
function snapshots.activate(snapshot, options) end

--- Keeps a snapshot, and lets nothing be made from it. Raises `conflict` for one that is protected
--- (the newest usable one, a pin, one in use, …), unless `force` is given.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?, force: boolean?}
---@return os2.snapshot
function snapshots.deactivate(snapshot, options) end

--- Deletes a snapshot and waits until it is gone. Raises `conflict` for one that is protected,
--- unless `force` is given.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?, force: boolean?}
---@return os2.snapshot  its last record, with the state "deleted"
function snapshots.delete(snapshot, options) end

--- Returns the log of a snapshot that Daytona has built, up to `machine.output_limit` bytes of its
--- end. Raises `not_found` for one that was built elsewhere.
---@param snapshot string|os2.snapshot  its name or id, or its record
---@param options? {provider: string?}
---@return string
function snapshots.logs(snapshot, options) end

---@class os2.task
task = {}

--- Waits for a time.
---@param seconds number
function task.sleep(seconds) end

--- Returns a to-be-closed value that runs `fn` when its block ends, for whatever reason: `local _
--- <close> = task.defer(function() … end)`. `fn` gets the error with which the block ended, or nil.
--- It may wait, also in a cancelled task: then for at most the seconds of policy
--- `timeouts.cleanup`, or `timeout` when that is more.
---@param fn fun(failure: any)
---@param options? {timeout: number?}  seconds
---@return any
function task.defer(fn, options) end

--- Runs `fn(group)`, waits for all tasks that it spawned, and returns what `fn` returned. The first
--- failure cancels the other tasks and is raised.
---@param fn fun(group: os2.Group): any
---@return any
function task.group(fn) end

--- Runs `fn(...)` for at most this time; then it is cancelled and `timeout` is raised.
---@param seconds number
---@param fn function
---@return any
function task.timeout(seconds, fn, ...) end

--- Runs `fn(item, index)` for each item and returns every result and failure, in the order of the
--- list.
---@param list any[]
---@param fn fun(item: any, index: integer): any
---@param options? {limit: integer?}  how many run at the same time, by default all
---@return os2.Outcome[]
function task.map(list, fn, options) end

--- Calls `fn(...)`. Returns its first value, nil, and its further values; or nil and the error
--- object that it raised. A bug (`internal`) and the cancellation of the calling task are raised
--- on.
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
---@field machines os2.machines
---@field policy os2.policy
---@field proc os2.proc
---@field snapshots os2.snapshots
---@field task os2.task
os2 = {}
