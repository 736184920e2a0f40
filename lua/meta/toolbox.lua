---@meta
--- Editor stubs of the toolbox in a sandbox; made by tools/rows.lua, not by hand.

---@class toolbox.Chart
---@field elements? toolbox.ChartElement[]
---@field png? string
---@field title? string
---@field type? string
---@field x_label? string
---@field x_scale? string
---@field x_tick_labels? string[]
---@field x_ticks? number[]
---@field y_label? string
---@field y_scale? string
---@field y_tick_labels? string[]
---@field y_ticks? number[]

---@class toolbox.ChartElement
---@field angle? number
---@field first_quartile? number
---@field group? string
---@field label? string
---@field max? number
---@field median? number
---@field min? number
---@field outliers? number[]
---@field png? string
---@field points? number[][]
---@field radius? number
---@field third_quartile? number
---@field title? string
---@field type? string
---@field value? string
---@field x_label? string
---@field y_label? string

---@class toolbox.CodeRunArtifacts
---@field charts? toolbox.Chart[]

---@class toolbox.CodeRunRequest
---@field argv? string[]
---@field code string
---@field envs? table<string, string>
---@field language string
---@field timeout? integer  seconds

---@class toolbox.CodeRunResponse
---@field artifacts? toolbox.CodeRunArtifacts
---@field exitCode? integer
---@field result? string

---@class toolbox.Command
---@field command string
---@field exitCode? integer
---@field id string

---@class toolbox.CreateSessionRequest
---@field sessionId string

---@class toolbox.ExecuteRequest
---@field command string
---@field cwd? string
---@field envs? table<string, string>
---@field timeout? integer  seconds

---@class toolbox.ExecuteResponse
---@field exitCode? integer
---@field result string

---@class toolbox.FileInfo
---@field group string
---@field isDir boolean
---@field modTime string
---@field mode string
---@field modifiedAt string
---@field name string
---@field owner string
---@field path? string
---@field permissions string
---@field size integer  bytes

---@class toolbox.FileStatus
---@field extra string
---@field name string
---@field staging toolbox.Status
---@field worktree toolbox.Status

---@class toolbox.FilesDownloadRequest
---@field paths string[]

---@class toolbox.GitAddRemoteRequest
---@field fetch? boolean
---@field name string
---@field overwrite? boolean
---@field path string
---@field url string

---@class toolbox.GitAddRequest
---@field files string[]
---@field path string

---@class toolbox.GitAuthenticateRequest
---@field host? string
---@field password string
---@field protocol? string
---@field username string

---@class toolbox.GitBranchRequest
---@field name string
---@field path string

---@class toolbox.GitCheckoutRequest
---@field branch string
---@field path string

---@class toolbox.GitCloneRequest
---@field branch? string
---@field commit_id? string
---@field depth? integer
---@field insecure_skip_tls? boolean
---@field password? string
---@field path string
---@field url string
---@field username? string

---@class toolbox.GitCommitInfo
---@field author string
---@field email string
---@field hash string
---@field message string
---@field timestamp string

---@class toolbox.GitCommitRequest
---@field allow_empty? boolean
---@field author string
---@field email string
---@field message string
---@field path string

---@class toolbox.GitCommitResponse
---@field hash string

---@class toolbox.GitConfigResponse
---@field value? string

---@class toolbox.GitConfigureUserRequest
---@field email string
---@field name string
---@field path? string
---@field scope? string

---@class toolbox.GitDeleteBranchRequest
---@field name string
---@field path string

---@class toolbox.GitInitRequest
---@field bare? boolean
---@field initial_branch? string
---@field path string

---@class toolbox.GitPullRequest
---@field branch? string
---@field password? string
---@field path string
---@field remote? string
---@field username? string

---@class toolbox.GitPushRequest
---@field branch? string
---@field password? string
---@field path string
---@field remote? string
---@field set_upstream? boolean
---@field username? string

---@class toolbox.GitRemote
---@field name string
---@field url string

---@class toolbox.GitResetRequest
---@field files? string[]
---@field mode? string
---@field path string
---@field target? string

---@class toolbox.GitRestoreRequest
---@field files string[]
---@field path string
---@field source? string
---@field staged? boolean
---@field worktree? boolean

---@class toolbox.GitSetConfigRequest
---@field key string
---@field path? string
---@field scope? string
---@field value string

---@class toolbox.GitStatus
---@field ahead? integer
---@field behind? integer
---@field branchPublished? boolean
---@field currentBranch string
---@field detached? boolean
---@field fileStatus toolbox.FileStatus[]
---@field upstream? string

---@class toolbox.IsPortInUseResponse
---@field isInUse? boolean

---@class toolbox.ListBranchResponse
---@field branches string[]
---@field current? string

---@class toolbox.ListRemotesResponse
---@field remotes toolbox.GitRemote[]

---@class toolbox.Match
---@field content string
---@field file string
---@field line integer

---@class toolbox.PortList
---@field ports? integer[]

---@class toolbox.PtyCreateRequest
---@field cols? integer
---@field cwd? string
---@field envs? table<string, string>
---@field id? string
---@field lazyStart? boolean
---@field rows? integer

---@class toolbox.PtyCreateResponse
---@field sessionId string

---@class toolbox.PtyListResponse
---@field sessions toolbox.PtySessionInfo[]

---@class toolbox.PtyResizeRequest
---@field cols integer
---@field rows integer

---@class toolbox.PtySessionInfo
---@field active boolean
---@field cols integer
---@field createdAt string
---@field cwd string
---@field envs table<string, string>
---@field id string
---@field lazyStart boolean
---@field rows integer

---@class toolbox.ReplaceRequest
---@field files string[]
---@field newValue string
---@field pattern string

---@class toolbox.ReplaceResult
---@field error? string
---@field file? string
---@field success? boolean

---@class toolbox.SearchFilesResponse
---@field files string[]

---@class toolbox.Session
---@field commands toolbox.Command[]
---@field sessionId string

---@class toolbox.SessionCommandLogsResponse
---@field output string
---@field stderr string
---@field stdout string

---@class toolbox.SessionExecuteRequest
---@field async? boolean
---@field command string
---@field runAsync? boolean
---@field suppressInputEcho? boolean

---@class toolbox.SessionExecuteResponse
---@field cmdId string
---@field exitCode? integer
---@field output? string
---@field stderr? string
---@field stdout? string

---@class toolbox.SessionSendInputRequest
---@field data string

---@alias toolbox.Status "Unmodified"|"Untracked"|"Modified"|"Added"|"Deleted"|"Renamed"|"Copied"|"Updated but unmerged"

---@class toolbox.SystemMetrics
---@field cpuCount? integer
---@field cpuUsedPct? number
---@field diskFree? integer
---@field diskTotal? integer
---@field diskUsed? integer
---@field memCache? integer
---@field memTotal? integer
---@field memUsed? integer
---@field timestamp? string
---@field timestampUnix? integer

---@class toolbox.UpdateEnvRequest
---@field set? table<string, string>
---@field unset? string[]
---@field unsetValuePrefix? string

---@class toolbox.UploadedFile
---@field name string
---@field path string
---@field type string

---@class toolbox.UserHomeDirResponse
---@field dir string

---@class toolbox.WorkDirResponse
---@field dir string

---@alias toolbox.gin.H table

---@class toolbox.api
local toolbox_api = {}

---@class toolbox.each
local toolbox_each = {}

---@class toolbox.api.delete_file
---@field path string
---@field recursive? boolean

--- DELETE /files
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DeleteFile.
---@param params toolbox.api.delete_file
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.delete_file(params, options) end

---@class toolbox.api.list_files
---@field path? string
---@field depth? integer

--- GET /files
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ListFiles.
---@param params? toolbox.api.list_files
---@param options? os2.client.rest.call_options
---@return toolbox.FileInfo[]
---@return os2.http.response
function toolbox_api.list_files(params, options) end

---@class toolbox.api.download_files
---@field paths string[]

--- POST /files/bulk-download
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DownloadFiles.
---@param params toolbox.api.download_files
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function toolbox_api.download_files(params, options) end

--- POST /files/bulk-upload
--- The body, multipart/form-data, is `options.body`.
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), UploadFiles.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.upload_files(params, options) end

---@class toolbox.api.download_file
---@field path string

--- GET /files/download
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DownloadFile.
---@param params toolbox.api.download_file
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function toolbox_api.download_file(params, options) end

---@class toolbox.api.find_in_files
---@field path string
---@field pattern string

--- GET /files/find
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), FindInFiles.
---@param params toolbox.api.find_in_files
---@param options? os2.client.rest.call_options
---@return toolbox.Match[]
---@return os2.http.response
function toolbox_api.find_in_files(params, options) end

---@class toolbox.api.create_folder
---@field path string
---@field mode string

--- POST /files/folder
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CreateFolder.
---@param params toolbox.api.create_folder
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.create_folder(params, options) end

---@class toolbox.api.get_file_info
---@field path string

--- GET /files/info
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetFileInfo.
---@param params toolbox.api.get_file_info
---@param options? os2.client.rest.call_options
---@return toolbox.FileInfo
---@return os2.http.response
function toolbox_api.get_file_info(params, options) end

---@class toolbox.api.move_file
---@field source string
---@field destination string

--- POST /files/move
--- Raises conflict, denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), MoveFile.
---@param params toolbox.api.move_file
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.move_file(params, options) end

---@class toolbox.api.set_file_permissions
---@field path string
---@field owner? string
---@field group? string
---@field mode? string

--- POST /files/permissions
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), SetFilePermissions.
---@param params toolbox.api.set_file_permissions
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.set_file_permissions(params, options) end

---@class toolbox.api.replace_in_files
---@field files string[]
---@field newValue string
---@field pattern string

--- POST /files/replace
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ReplaceInFiles.
---@param params toolbox.api.replace_in_files
---@param options? os2.client.rest.call_options
---@return toolbox.ReplaceResult[]
---@return os2.http.response
function toolbox_api.replace_in_files(params, options) end

---@class toolbox.api.search_files
---@field path string
---@field pattern string

--- GET /files/search
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), SearchFiles.
---@param params toolbox.api.search_files
---@param options? os2.client.rest.call_options
---@return toolbox.SearchFilesResponse
---@return os2.http.response
function toolbox_api.search_files(params, options) end

---@class toolbox.api.upload_file
---@field path string

--- POST /files/upload-v2
--- The body, multipart/form-data, is `options.body`.
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), UploadFile.
---@param params toolbox.api.upload_file
---@param options? os2.client.rest.call_options
---@return toolbox.UploadedFile
---@return os2.http.response
function toolbox_api.upload_file(params, options) end

---@class toolbox.api.add_files
---@field files string[]
---@field path string

--- POST /git/add
--- Raises conflict, denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), AddFiles.
---@param params toolbox.api.add_files
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.add_files(params, options) end

---@class toolbox.api.delete_branch
---@field name string
---@field path string

--- DELETE /git/branches
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DeleteBranch.
---@param params toolbox.api.delete_branch
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.delete_branch(params, options) end

---@class toolbox.api.list_branches
---@field path string

--- GET /git/branches
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ListBranches.
---@param params toolbox.api.list_branches
---@param options? os2.client.rest.call_options
---@return toolbox.ListBranchResponse
---@return os2.http.response
function toolbox_api.list_branches(params, options) end

---@class toolbox.api.create_branch
---@field name string
---@field path string

--- POST /git/branches
--- Raises conflict, denied, exists, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CreateBranch.
---@param params toolbox.api.create_branch
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.create_branch(params, options) end

---@class toolbox.api.checkout_branch
---@field branch string
---@field path string

--- POST /git/checkout
--- Raises conflict, denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CheckoutBranch.
---@param params toolbox.api.checkout_branch
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.checkout_branch(params, options) end

---@class toolbox.api.clone_repository
---@field branch? string
---@field commit_id? string
---@field depth? integer
---@field insecure_skip_tls? boolean
---@field password? string
---@field path string
---@field url string
---@field username? string

--- POST /git/clone
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CloneRepository.
---@param params toolbox.api.clone_repository
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.clone_repository(params, options) end

---@class toolbox.api.commit_changes
---@field allow_empty? boolean
---@field author string
---@field email string
---@field message string
---@field path string

--- POST /git/commit
--- Raises conflict, denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CommitChanges.
---@param params toolbox.api.commit_changes
---@param options? os2.client.rest.call_options
---@return toolbox.GitCommitResponse
---@return os2.http.response
function toolbox_api.commit_changes(params, options) end

---@class toolbox.api.get_git_config
---@field key string
---@field path? string
---@field scope? string

--- GET /git/config
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetGitConfig.
---@param params toolbox.api.get_git_config
---@param options? os2.client.rest.call_options
---@return toolbox.GitConfigResponse
---@return os2.http.response
function toolbox_api.get_git_config(params, options) end

---@class toolbox.api.set_git_config
---@field key string
---@field path? string
---@field scope? string
---@field value string

--- POST /git/config
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), SetGitConfig.
---@param params toolbox.api.set_git_config
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.set_git_config(params, options) end

---@class toolbox.api.configure_user
---@field email string
---@field name string
---@field path? string
---@field scope? string

--- POST /git/config/user
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ConfigureUser.
---@param params toolbox.api.configure_user
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.configure_user(params, options) end

---@class toolbox.api.authenticate
---@field host? string
---@field password string
---@field protocol? string
---@field username string

--- POST /git/credentials
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), Authenticate.
---@param params toolbox.api.authenticate
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.authenticate(params, options) end

---@class toolbox.api.get_commit_history
---@field path string

--- GET /git/history
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetCommitHistory.
---@param params toolbox.api.get_commit_history
---@param options? os2.client.rest.call_options
---@return toolbox.GitCommitInfo[]
---@return os2.http.response
function toolbox_api.get_commit_history(params, options) end

---@class toolbox.api.init_repository
---@field bare? boolean
---@field initial_branch? string
---@field path string

--- POST /git/init
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), InitRepository.
---@param params toolbox.api.init_repository
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.init_repository(params, options) end

---@class toolbox.api.pull_changes
---@field branch? string
---@field password? string
---@field path string
---@field remote? string
---@field username? string

--- POST /git/pull
--- Raises conflict, denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), PullChanges.
---@param params toolbox.api.pull_changes
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.pull_changes(params, options) end

---@class toolbox.api.push_changes
---@field branch? string
---@field password? string
---@field path string
---@field remote? string
---@field set_upstream? boolean
---@field username? string

--- POST /git/push
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), PushChanges.
---@param params toolbox.api.push_changes
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.push_changes(params, options) end

---@class toolbox.api.list_remotes
---@field path string

--- GET /git/remotes
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ListRemotes.
---@param params toolbox.api.list_remotes
---@param options? os2.client.rest.call_options
---@return toolbox.ListRemotesResponse
---@return os2.http.response
function toolbox_api.list_remotes(params, options) end

---@class toolbox.api.add_remote
---@field fetch? boolean
---@field name string
---@field overwrite? boolean
---@field path string
---@field url string

--- POST /git/remotes
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), AddRemote.
---@param params toolbox.api.add_remote
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.add_remote(params, options) end

---@class toolbox.api.reset_changes
---@field files? string[]
---@field mode? string
---@field path string
---@field target? string

--- POST /git/reset
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ResetChanges.
---@param params toolbox.api.reset_changes
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.reset_changes(params, options) end

---@class toolbox.api.restore_files
---@field files string[]
---@field path string
---@field source? string
---@field staged? boolean
---@field worktree? boolean

--- POST /git/restore
--- Raises conflict, denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), RestoreFiles.
---@param params toolbox.api.restore_files
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.restore_files(params, options) end

---@class toolbox.api.get_status
---@field path string

--- GET /git/status
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetStatus.
---@param params toolbox.api.get_status
---@param options? os2.client.rest.call_options
---@return toolbox.GitStatus
---@return os2.http.response
function toolbox_api.get_status(params, options) end

--- GET /user-home-dir
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetUserHomeDir.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.UserHomeDirResponse
---@return os2.http.response
function toolbox_api.get_user_home_dir(params, options) end

--- GET /version
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetVersion.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return table<string, string>
---@return os2.http.response
function toolbox_api.get_version(params, options) end

--- GET /work-dir
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetWorkDir.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.WorkDirResponse
---@return os2.http.response
function toolbox_api.get_work_dir(params, options) end

--- GET /port
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetPorts.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.PortList
---@return os2.http.response
function toolbox_api.get_ports(params, options) end

---@class toolbox.api.is_port_in_use
---@field port integer

--- GET /port/{port}/in-use
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), IsPortInUse.
---@param params toolbox.api.is_port_in_use
---@param options? os2.client.rest.call_options
---@return toolbox.IsPortInUseResponse
---@return os2.http.response
function toolbox_api.is_port_in_use(params, options) end

---@class toolbox.api.code_run
---@field argv? string[]
---@field code string
---@field envs? table<string, string>
---@field language string
---@field timeout? integer  seconds

--- POST /process/code-run
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CodeRun.
---@param params toolbox.api.code_run
---@param options? os2.client.rest.call_options
---@return toolbox.CodeRunResponse
---@return os2.http.response
function toolbox_api.code_run(params, options) end

---@class toolbox.api.execute_command
---@field command string
---@field cwd? string
---@field envs? table<string, string>
---@field timeout? integer  seconds

--- POST /process/execute
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ExecuteCommand.
---@param params toolbox.api.execute_command
---@param options? os2.client.rest.call_options
---@return toolbox.ExecuteResponse
---@return os2.http.response
function toolbox_api.execute_command(params, options) end

--- GET /process/pty
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ListPtySessions.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.PtyListResponse
---@return os2.http.response
function toolbox_api.list_pty_sessions(params, options) end

---@class toolbox.api.create_pty_session
---@field cols? integer
---@field cwd? string
---@field envs? table<string, string>
---@field id? string
---@field lazyStart? boolean
---@field rows? integer

--- POST /process/pty
--- Raises conflict, denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CreatePtySession.
---@param params? toolbox.api.create_pty_session
---@param options? os2.client.rest.call_options
---@return toolbox.PtyCreateResponse
---@return os2.http.response
function toolbox_api.create_pty_session(params, options) end

---@class toolbox.api.delete_pty_session
---@field sessionId string

--- DELETE /process/pty/{sessionId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DeletePtySession.
---@param params toolbox.api.delete_pty_session
---@param options? os2.client.rest.call_options
---@return toolbox.gin.H
---@return os2.http.response
function toolbox_api.delete_pty_session(params, options) end

---@class toolbox.api.get_pty_session
---@field sessionId string

--- GET /process/pty/{sessionId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetPtySession.
---@param params toolbox.api.get_pty_session
---@param options? os2.client.rest.call_options
---@return toolbox.PtySessionInfo
---@return os2.http.response
function toolbox_api.get_pty_session(params, options) end

---@class toolbox.api.connect_pty_session
---@field sessionId string

--- GET /process/pty/{sessionId}/connect
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ConnectPtySession.
---@param params toolbox.api.connect_pty_session
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.connect_pty_session(params, options) end

---@class toolbox.api.resize_pty_session
---@field sessionId string
---@field cols integer
---@field rows integer

--- POST /process/pty/{sessionId}/resize
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ResizePtySession.
---@param params toolbox.api.resize_pty_session
---@param options? os2.client.rest.call_options
---@return toolbox.PtySessionInfo
---@return os2.http.response
function toolbox_api.resize_pty_session(params, options) end

--- GET /process/session
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), ListSessions.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.Session[]
---@return os2.http.response
function toolbox_api.list_sessions(params, options) end

---@class toolbox.api.create_session
---@field sessionId string

--- POST /process/session
--- Raises conflict, denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), CreateSession.
---@param params toolbox.api.create_session
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.create_session(params, options) end

--- GET /process/session/entrypoint
--- Raises denied, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetEntrypointSession.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.Session
---@return os2.http.response
function toolbox_api.get_entrypoint_session(params, options) end

---@class toolbox.api.get_entrypoint_logs
---@field follow? boolean

--- GET /process/session/entrypoint/logs
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetEntrypointLogs.
---@param params? toolbox.api.get_entrypoint_logs
---@param options? os2.client.rest.call_options
---@return toolbox.SessionCommandLogsResponse
---@return os2.http.response
function toolbox_api.get_entrypoint_logs(params, options) end

---@class toolbox.api.delete_session
---@field sessionId string

--- DELETE /process/session/{sessionId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), DeleteSession.
---@param params toolbox.api.delete_session
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.delete_session(params, options) end

---@class toolbox.api.get_session
---@field sessionId string

--- GET /process/session/{sessionId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetSession.
---@param params toolbox.api.get_session
---@param options? os2.client.rest.call_options
---@return toolbox.Session
---@return os2.http.response
function toolbox_api.get_session(params, options) end

---@class toolbox.api.get_session_command
---@field sessionId string
---@field commandId string

--- GET /process/session/{sessionId}/command/{commandId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetSessionCommand.
---@param params toolbox.api.get_session_command
---@param options? os2.client.rest.call_options
---@return toolbox.Command
---@return os2.http.response
function toolbox_api.get_session_command(params, options) end

---@class toolbox.api.send_input
---@field sessionId string
---@field commandId string
---@field data string

--- POST /process/session/{sessionId}/command/{commandId}/input
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), SendInput.
---@param params toolbox.api.send_input
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function toolbox_api.send_input(params, options) end

---@class toolbox.api.get_session_command_logs
---@field sessionId string
---@field commandId string
---@field follow? boolean

--- GET /process/session/{sessionId}/command/{commandId}/logs
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetSessionCommandLogs.
---@param params toolbox.api.get_session_command_logs
---@param options? os2.client.rest.call_options
---@return toolbox.SessionCommandLogsResponse
---@return os2.http.response
function toolbox_api.get_session_command_logs(params, options) end

---@class toolbox.api.session_execute_command
---@field sessionId string
---@field async? boolean
---@field command string
---@field runAsync? boolean
---@field suppressInputEcho? boolean

--- POST /process/session/{sessionId}/exec
--- Raises conflict, denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), SessionExecuteCommand.
---@param params toolbox.api.session_execute_command
---@param options? os2.client.rest.call_options
---@return toolbox.SessionExecuteResponse
---@return os2.http.response
function toolbox_api.session_execute_command(params, options) end

---@class toolbox.api.update_env
---@field set? table<string, string>
---@field unset? string[]
---@field unsetValuePrefix? string

--- POST /env
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), UpdateEnv.
---@param params? toolbox.api.update_env
---@param options? os2.client.rest.call_options
---@return table<string, string>
---@return os2.http.response
function toolbox_api.update_env(params, options) end

--- GET /system/metrics
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the toolbox API (client 0.218.0), GetSystemMetrics.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return toolbox.SystemMetrics
---@return os2.http.response
function toolbox_api.get_system_metrics(params, options) end
