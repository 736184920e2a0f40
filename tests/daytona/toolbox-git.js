// toolbox-git: the git operations, carried out by the git of this machine.
"use strict"

const { badRequest, notFound } = require("./errors")
const { empty } = require("./reply")
const { run } = require("./toolbox-process")

const STATES = {
  " ": "Unmodified",
  "?": "Untracked",
  A: "Added",
  C: "Copied",
  D: "Deleted",
  M: "Modified",
  R: "Renamed",
  U: "Updated but unmerged",
}

function directoryOf(call) {
  const name = call.query.path ?? call.body.path
  if (!name) throw badRequest("path is required")
  return name
}

/** The output of a git command in the repository of the call; throws a 400 when it fails. */
async function git(call, ...argv) {
  const cwd = directoryOf(call)
  const { exitCode, result } = await run(call.toolbox, ["git", ...argv], { cwd })
  if (exitCode !== 0) throw badRequest(result.trim() || `git ${argv[0]} failed`)
  return result
}

async function checkRepository(call) {
  try {
    await git(call, "rev-parse", "--git-dir")
  } catch {
    throw notFound("repository does not exist")
  }
}

function fileStatus(line) {
  const [staging, worktree] = [line[0], line[1]].map((letter) => STATES[letter])
  return { name: line.slice(3), extra: "", staging, worktree }
}

async function getStatus(call) {
  await checkRepository(call)
  const status = await git(call, "status", "--porcelain=v1")
  const currentBranch = (await git(call, "branch", "--show-current")).trim()
  const lines = status.split("\n").filter(Boolean)
  const upstream = { ahead: 0, behind: 0, branchPublished: false }
  return { currentBranch, ...upstream, fileStatus: lines.map(fileStatus) }
}

async function listBranches(call) {
  await checkRepository(call)
  const format = "--format=%(refname:short)"
  const branches = (await git(call, "branch", format)).split("\n").filter(Boolean)
  return { branches, current: (await git(call, "branch", "--show-current")).trim() }
}

function commitInfo(line) {
  const [hash, author, email, timestamp, message] = line.split("\t")
  return { hash, author, email, timestamp, message }
}

async function history(call) {
  await checkRepository(call)
  const log = await git(call, "log", "--format=%H\t%an\t%ae\t%aI\t%s")
  return log.split("\n").filter(Boolean).map(commitInfo)
}

async function commit(call) {
  const { author, email, message, allow_empty: allowEmpty } = call.body
  if (!author || !email || !message) throw badRequest("author, email and message are required")
  const identity = ["-c", `user.name=${author}`, "-c", `user.email=${email}`]
  const flags = allowEmpty ? ["--allow-empty"] : []
  await git(call, ...identity, "commit", "-q", "-m", message, ...flags)
  return { hash: (await git(call, "rev-parse", "HEAD")).trim() }
}

async function clone(call) {
  const { url, branch, depth } = call.body
  if (!url) throw badRequest("url is required")
  const flags = branch ? ["--branch", branch] : []
  if (depth) flags.push("--depth", String(depth))
  const argv = ["git", "clone", "-q", ...flags, "--", url, call.toolbox.resolve(directoryOf(call))]
  const { exitCode, result } = await run(call.toolbox, argv, {})
  if (exitCode !== 0) throw badRequest(result.trim() || "git clone failed")
  return undefined
}

async function init(call) {
  const argv = ["git", "init", "-q", call.toolbox.resolve(directoryOf(call))]
  const { exitCode, result } = await run(call.toolbox, argv, {})
  if (exitCode !== 0) throw badRequest(result.trim() || "git init failed")
  return empty(201)
}

async function listRemotes(call) {
  const lines = (await git(call, "remote", "-v"))
    .split("\n")
    .filter((line) => /\(fetch\)/.test(line))
  return { remotes: lines.map((line) => line.split(/\s/)).map(([name, url]) => ({ name, url })) }
}

/** A handler that runs one git command and answers with `status` and no body. */
function command(status, argvOf) {
  return async (call) => {
    await checkRepository(call)
    await git(call, ...argvOf(call.body))
    return empty(status)
  }
}

const handlers = {
  AddFiles: command(200, ({ files }) => ["add", "--", ...files]),
  AddRemote: command(201, ({ name, url }) => ["remote", "add", name, url]),
  CheckoutBranch: command(200, ({ branch }) => ["checkout", "-q", branch]),
  CloneRepository: clone,
  CommitChanges: commit,
  CreateBranch: command(201, ({ name }) => ["branch", name]),
  DeleteBranch: command(204, ({ name }) => ["branch", "-D", name]),
  GetCommitHistory: history,
  GetStatus: getStatus,
  InitRepository: init,
  ListBranches: listBranches,
  ListRemotes: listRemotes,
  PullChanges: command(200, () => ["pull", "-q"]),
  PushChanges: command(200, () => ["push", "-q"]),
}

module.exports = { handlers }
